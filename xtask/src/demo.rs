//! `cargo xtask demo`: the demo with its real provider.

use anyhow::Result;

use crate::project::Project;
use crate::{package, process};

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    package::build(project, package::Mode::Release)?;
    println!();
    process::serve(project.command("node").arg("www/demo.mjs").args(arguments))
}
