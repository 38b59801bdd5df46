//! `cargo xtask docs`: the pages that are made of data.

use std::fs;

use anyhow::{Result, ensure};

use crate::project::Project;
use crate::{process, requirements};

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
    Ok(())
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

fn providers(project: &Project) -> Result<String> {
    process::read(project.command("node").arg("xtask/scripts/providers.mjs"))
}
