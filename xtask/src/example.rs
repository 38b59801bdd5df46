//! `cargo xtask example`: an app in Rust, built as its users build theirs, against the crate as it is published.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::project::Project;
use crate::release::package_crate;
use crate::step::step;
use crate::{process, toolchain};

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "`example` takes no options");
    toolchain::ensure(project)?;
    let built = build(project)?;
    println!("{} can be served as it is", built.folder.display());
    Ok(())
}

/// What a server serves, and the crate that it was built against.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) folder: PathBuf,
    pub(crate) packed: PathBuf,
}

/// Builds `examples/yew`.
pub(crate) fn build(project: &Project) -> Result<Built> {
    let room = project.target.join("rust");
    let app = room.join("app");
    let packed = step("unpack the packed crate, and an app that uses it", || {
        let packed = package_crate(project, &room)?;
        for old in [&app, &room.join(&packed.name)] {
            let _ = fs::remove_dir_all(old);
        }
        copy(project, &app)?;
        process::run(
            project
                .command("tar")
                // What cargo packs is from 2006, and it would take a changed file for one that it has compiled.
                .arg("-xzmf")
                .arg(&packed.file)
                .arg("-C")
                .arg(&room),
        )?;
        use_the_packed(&app.join("Cargo.toml"), &packed.name)?;
        Ok(packed.file)
    })?;
    let compiled = room.join("target");
    step("compile the app", || {
        process::run(
            project
                .cargo()
                .current_dir(&app)
                .args(["build", "--locked", "--target", toolchain::TARGET])
                .arg("--target-dir")
                .arg(&compiled)
                .env_remove("CARGO_ENCODED_RUSTFLAGS")
                .env_remove("RUSTFLAGS"),
        )
    })?;
    let folder = room.join("dist");
    let _ = fs::remove_dir_all(&folder);
    Bindgen::new()
        .input_path(
            compiled
                .join(toolchain::TARGET)
                .join("debug/nightlatch-example-yew.wasm"),
        )
        .out_name("app")
        .web(true)?
        .typescript(false)
        // As its command line does.
        .omit_default_module_path(false)
        .generate(&folder)?;
    for file in ["index.html", "main.js"] {
        fs::copy(app.join(file), folder.join(file))?;
    }
    Ok(Built { folder, packed })
}

fn copy(project: &Project, app: &Path) -> Result<()> {
    let files = project.files(
        EXAMPLE,
        &["Cargo.lock", "Cargo.toml", ".html", ".js", ".rs"],
    );
    for file in files {
        let to = app.join(file.strip_prefix(project.root.join(EXAMPLE))?);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::copy(&file, to)?;
    }
    Ok(())
}

/// Beside the app, since what lies in its folder is a member of its workspace.
fn use_the_packed(manifest: &Path, name: &str) -> Result<()> {
    let text = fs::read_to_string(manifest)?;
    let there = "path = \"../..\"";
    ensure!(
        text.contains(there),
        "the example does not use the crate by {there}"
    );
    fs::write(
        manifest,
        text.replace(there, &format!("path = \"../{name}\"")),
    )?;
    Ok(())
}

const EXAMPLE: &str = "examples/yew";
