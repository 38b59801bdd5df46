//! The JavaScript side of what a build needs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::Project;
use crate::step::step;

/// Installs the root's packages where they are missing or older than the lock file.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    require_node(project)?;
    // npm writes this file last, so it also tells an installation that was cut short.
    let installed = modified(&project.root.join("node_modules/.package-lock.json"));
    let wanted = modified(&project.root.join("package-lock.json"));
    if installed.is_some() && installed >= wanted {
        return Ok(());
    }
    let result = step("install the npm packages", || {
        process::run(project.command("npm").args(["ci", "--no-progress"]))
    });
    match result {
        Ok(()) => Ok(()),
        Err(error) => bail!(
            "the npm packages could not be installed ({error:#})\n\
             run this at the root, then try again:\n\n    npm ci\n"
        ),
    }
}

fn require_node(project: &Project) -> Result<()> {
    let version = process::read(project.command("node").arg("--version")).unwrap_or_default();
    match supported(version.trim()) {
        true => Ok(()),
        false => bail!(
            "Node 20.19 or newer is needed, with npm; found: {}\n\
             install the package `nodejs` of your system or of nodejs.org, then try again",
            match version.trim() {
                "" => "none",
                version => version,
            }
        ),
    }
}

fn supported(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(20), Some(19))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

/// Packs `pkg/` into `directory` and returns the tarball's path.
pub(crate) fn pack(project: &Project, directory: &Path) -> Result<std::path::PathBuf> {
    // An older version's tarball must not be taken for this one's.
    let _ = fs::remove_dir_all(directory);
    fs::create_dir_all(directory)?;
    let mut command: Command = project.command("npm");
    command.args(["pack", "./pkg", "--json", "--pack-destination"]);
    let listing = process::read(command.arg(directory))?;
    let listing: serde_json::Value = serde_json::from_str(&listing)?;
    let name = listing
        .pointer("/0/filename")
        .and_then(|name| name.as_str())
        .context("npm pack names no file")?;
    Ok(directory.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(supported("v20.19.0"));
        assert!(supported("v22.1.0"));
        assert!(!supported("v20.9.1"));
        assert!(!supported("v18.20.0"));
        assert!(!supported(""));
    }
}
