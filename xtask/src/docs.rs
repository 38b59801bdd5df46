//! `cargo xtask docs`: the pages that are made of data, and the site that all pages make.

use std::fs;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::{npm, process, requirements};

type Make = fn(&Project) -> Result<String>;

const PAGES: [(&str, Make); 2] = [
    ("docs/providers.md", providers),
    ("docs/requirements.md", requirements::page),
];

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "`docs` takes no options");
    for (page, make) in PAGES {
        fs::write(project.root.join(page), make(project)?)?;
        println!("{page} is what its data gives");
    }
    npm::ensure(project)?;
    process::run(site(project).arg(project.target.join("docs")))
}

/// Fails where a page is not what its data gives.
pub(crate) fn check(project: &Project) -> Result<()> {
    for (page, make) in PAGES {
        let found = fs::read_to_string(project.root.join(page)).unwrap_or_default();
        ensure!(
            found == make(project)?,
            "{page} is not what its data gives: `cargo xtask docs` makes it"
        );
    }
    Ok(())
}

/// Fails where a link of a page, or of the site, leads nowhere.
pub(crate) fn links(project: &Project) -> Result<()> {
    process::run(site(project).arg("--check"))
}

/// Fails where the code on a page is not what the package's declarations allow.
pub(crate) fn snippets(project: &Project) -> Result<()> {
    process::run(project.command("node").arg("xtask/scripts/snippets.mjs"))
}

fn site(project: &Project) -> Command {
    let mut command = project.command("node");
    command.arg("xtask/scripts/site.mjs");
    command
}

fn providers(project: &Project) -> Result<String> {
    process::read(project.command("node").arg("xtask/scripts/providers.mjs"))
}
