//! Where things are.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The repository and the places in it that xtask reads and writes.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    /// Cargo's target directory; everything that xtask itself leaves behind is in here too.
    pub(crate) target: PathBuf,
}

impl Project {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask stands alone: it belongs into the repository's root")?
            .to_owned();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(directory) => env::current_dir()?.join(directory),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The npm package as it is published.
    pub(crate) fn package(&self) -> PathBuf {
        self.root.join("pkg")
    }

    /// The wasm build's own target directory: its flags must not evict what the host has cached.
    pub(crate) fn wasm(&self) -> PathBuf {
        self.target.join("wasm")
    }

    /// A command that starts at the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The cargo that runs this very program.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// A Node script of one of the root's npm packages.
    pub(crate) fn tool(&self, script: &str) -> Command {
        let mut command = self.command("node");
        command.arg(self.root.join("node_modules").join(script));
        command
    }

    /// Files under `directory` with one of these endings, sorted, without dependencies and hidden ones.
    pub(crate) fn files(&self, directory: &str, endings: &[&str]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&self.root.join(directory), endings, &mut found);
        found.sort();
        found
    }
}

/// The program's path, if it is installed.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(program))
        .find(|path| path.is_file())
}

fn collect(directory: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    // A directory that is not there holds no files: parts of the project may be absent.
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') || NOT_OURS.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, endings, found);
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
}

/// Directories whose content is made or fetched.
const NOT_OURS: [&str; 3] = ["generated", "node_modules", "target"];
