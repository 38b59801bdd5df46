//! The JavaScript of the Rust client, which is committed: who takes the crate from the repository runs no Node.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::process;
use crate::project::Project;

/// Makes it what its sources give.
pub(crate) fn write(project: &Project) -> Result<()> {
    let made = make(project)?;
    // Written anew, it would have the crate compiled anew.
    if fs::read_to_string(path(project)).ok().as_ref() != Some(&made) {
        fs::write(path(project), made)?;
    }
    Ok(())
}

/// Fails where it is not what its sources give.
pub(crate) fn check(project: &Project) -> Result<()> {
    let found = fs::read_to_string(path(project)).unwrap_or_default();
    ensure!(
        found == make(project)?,
        "src/surface/client.js is not what pkg/ gives: `cargo xtask build` makes it"
    );
    Ok(())
}

fn make(project: &Project) -> Result<String> {
    process::read(project.command("node").arg("xtask/scripts/snippet.mjs"))
}

fn path(project: &Project) -> PathBuf {
    project.root.join("src/surface/client.js")
}
