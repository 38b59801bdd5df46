//! The Rust side of what a build needs.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::process;
use crate::project::Project;
use crate::step::step;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Adds the wasm32 target and the sources of std where they are missing.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let sysroot = process::read(project.command("rustc").args(["--print", "sysroot"]))?;
    let rustlib = PathBuf::from(sysroot.trim()).join("lib/rustlib");
    // Looked up in the file system, because the toolchain need not come from rustup.
    add(project, &rustlib.join(TARGET).join("lib"), "target", TARGET)?;
    let sources = rustlib.join("src/rust/library/Cargo.lock");
    add(project, &sources, "component", "rust-src")
}

/// Adds a cargo subcommand's component where it is missing.
pub(crate) fn ensure_subcommand(project: &Project, verb: &str, component: &str) -> Result<()> {
    match process::read(project.cargo().args([verb, "--version"])) {
        Ok(_) => Ok(()),
        Err(_) => rustup(project, "component", component),
    }
}

fn add(project: &Project, evidence: &Path, kind: &str, name: &str) -> Result<()> {
    match evidence.exists() {
        true => Ok(()),
        false => rustup(project, kind, name),
    }
}

fn rustup(project: &Project, kind: &str, name: &str) -> Result<()> {
    let added = step(&format!("add the Rust {kind} {name}"), || {
        process::run(project.command("rustup").args([kind, "add", name]))
    });
    match added {
        Ok(()) => Ok(()),
        Err(error) => bail!(
            "the Rust {kind} {name} is missing and could not be added ({error:#})\n\
             run this, then try again:\n\n    rustup {kind} add {name}\n"
        ),
    }
}
