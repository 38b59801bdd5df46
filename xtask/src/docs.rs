//! `cargo xtask docs`: the pages that are made of data.

use std::fs;

use anyhow::{Result, ensure};

use crate::process;
use crate::project::Project;

const PAGE: &str = "docs/providers.md";

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "`docs` takes no options");
    fs::write(project.root.join(PAGE), providers(project)?)?;
    println!("{PAGE} is what the rows give");
    Ok(())
}

/// Fails where a page is not what its data gives.
pub(crate) fn check(project: &Project) -> Result<()> {
    let given = providers(project)?;
    let found = fs::read_to_string(project.root.join(PAGE)).unwrap_or_default();
    ensure!(
        found == given,
        "{PAGE} is not what pkg/providers.js gives: `cargo xtask docs` makes it"
    );
    Ok(())
}

fn providers(project: &Project) -> Result<String> {
    process::read(project.command("node").arg("xtask/scripts/providers.mjs"))
}
