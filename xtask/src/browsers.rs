//! The browsers that tests are driven in: found, or installed where apt and root allow.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::project::{Project, on_path};
use crate::step::step;
use crate::{geckodriver, process};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    Chromium,
    Firefox,
    Webkit,
}

/// Where a browser's programs are, as the tests are told: variable and absolute path.
pub(crate) type Programs = Vec<(&'static str, PathBuf)>;

impl Browser {
    pub(crate) fn named(name: &str) -> Result<Self> {
        [Self::Chromium, Self::Firefox, Self::Webkit]
            .into_iter()
            .find(|browser| browser.name() == name)
            .ok_or_else(|| anyhow::anyhow!("no browser `{name}`: chromium, firefox or webkit"))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    fn programs(self) -> &'static [Program] {
        match self {
            Self::Chromium => &CHROMIUM,
            Self::Firefox => &FIREFOX,
            Self::Webkit => &WEBKIT,
        }
    }
}

/// Finds everything that these browsers need, and installs what is missing.
pub(crate) fn ensure_installed(project: &Project, browsers: &[Browser]) -> Result<Programs> {
    let programs = || browsers.iter().flat_map(|browser| browser.programs());
    let mut missing: Vec<&str> = Vec::new();
    for program in programs() {
        if program.find()?.is_none() {
            missing.extend(program.packages);
        }
    }
    missing.sort_unstable();
    missing.dedup();
    if !missing.is_empty() {
        install(project, &missing)?;
    }
    let mut found = Vec::new();
    for program in programs() {
        match program.find()? {
            Some(path) => found.push((program.variable, path)),
            None => bail!(
                "{} is not found\ninstall it, or set {} to its path",
                program.names.join(" or "),
                program.variable
            ),
        }
    }
    if browsers.contains(&Browser::Firefox) {
        found.push(("GECKODRIVER", geckodriver::ensure(project)?));
    }
    Ok(found)
}

/// A program that a browser needs.
struct Program {
    /// Names its path, here and to the tests.
    variable: &'static str,
    names: &'static [&'static str],
    /// Debian's packages that bring it.
    packages: &'static [&'static str],
}

impl Program {
    fn find(&self) -> Result<Option<PathBuf>> {
        if let Some(path) = env::var_os(self.variable) {
            let path = PathBuf::from(path);
            let variable = self.variable;
            ensure!(
                path.is_file(),
                "{variable} names {path:?}, which is no file"
            );
            return Ok(Some(path));
        }
        Ok(self
            .names
            .iter()
            .find_map(|name| on_path(name).or_else(|| beside_its_library(name))))
    }
}

fn install(project: &Project, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    let command = "apt-get install -y --no-install-recommends";
    let able = rustix::process::geteuid().is_root() && on_path("apt-get").is_some();
    let installed = match able {
        true => step(&format!("install {list}"), || {
            process::run(&mut apt(project, &["update"]))?;
            let arguments = ["install", "-y", "--no-install-recommends"];
            process::run(apt(project, &arguments).args(packages))
        }),
        false => Err(anyhow::anyhow!("this takes root and apt")),
    };
    match installed {
        Ok(()) => Ok(()),
        Err(error) => bail!(
            "{list} could not be installed ({error:#})\nrun this, then try again:\n\n    \
             sudo sh -c 'apt-get update && {command} {list}'\n"
        ),
    }
}

fn apt(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command.arg("-qq").args(arguments);
    command
}

/// WebKitGTK keeps its own browser out of the path.
fn beside_its_library(name: &str) -> Option<PathBuf> {
    let entries = |directory: &Path| fs::read_dir(directory).into_iter().flatten().flatten();
    entries(Path::new("/usr/lib"))
        .map(|entry| entry.path().join("webkit2gtk-4.1").join(name))
        .find(|path| path.is_file())
}

const CHROMIUM: [Program; 2] = [
    Program {
        variable: "CHROMIUM",
        names: &["chromium", "chromium-browser", "google-chrome"],
        packages: &["chromium"],
    },
    Program {
        variable: "CHROMEDRIVER",
        names: &["chromedriver"],
        packages: &["chromium-driver"],
    },
];

const FIREFOX: [Program; 1] = [Program {
    variable: "FIREFOX",
    names: &["firefox-esr", "firefox"],
    packages: &["firefox-esr"],
}];

const WEBKIT: [Program; 3] = [
    Program {
        variable: "WEBKITDRIVER",
        names: &["WebKitWebDriver"],
        packages: &["webkit2gtk-driver", "libgtk-3-0"],
    },
    Program {
        variable: "MINIBROWSER",
        names: &["MiniBrowser"],
        packages: &["webkit2gtk-driver"],
    },
    Program {
        variable: "XVFB",
        names: &["Xvfb"],
        packages: &["xvfb", "xauth"],
    },
];
