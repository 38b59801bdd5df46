//! `cargo xtask check`: what must hold of every commit, apart from the tests.

use std::fs;
use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::package::{self, Mode, NAME};
use crate::process;
use crate::project::Project;
use crate::step::step;
use crate::{docs as pages, npm, release, requirements, sizes, snippet, test, toolchain};

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    ensure!(arguments.is_empty(), "`check` takes no options");
    toolchain::ensure_subcommand(project, "fmt", "rustfmt")?;
    toolchain::ensure_subcommand(project, "clippy", "clippy")?;
    toolchain::ensure(project)?;
    npm::ensure(project)?;

    // All of them, so that one run tells everything; the quick ones first.
    let mut failed = Vec::new();
    for (what, check) in CHECKS {
        if let Err(error) = step(what, || check(project)) {
            eprintln!("  {error:#}");
            failed.push(what);
        }
        if process::interrupted() {
            break;
        }
    }
    match failed.as_slice() {
        [] => println!("\nall {} checks hold", CHECKS.len()),
        failed => bail!("this does not hold: {}", failed.join(" · ")),
    }
    Ok(())
}

type Check = fn(&Project) -> Result<()>;

const CHECKS: [(&str, Check); 17] = [
    ("format", format),
    ("lock files name no registry", lock_files),
    ("the core names no browser", purity),
    ("every rule has a test or a reason", requirements::check),
    ("JavaScript syntax", javascript),
    ("links on pages lead somewhere", pages::links),
    ("code on pages keeps to the types", pages::snippets),
    ("pages are what their data gives", pages::check),
    (
        "the Rust client is what its JavaScript gives",
        snippet::check,
    ),
    ("one version everywhere", release::one_version),
    ("types", types),
    ("lints, on this machine", lints_host),
    ("lints, on wasm32", lints_wasm),
    ("docs, on this machine", docs_host),
    ("docs, on wasm32", docs_wasm),
    ("size budget", budget),
    ("entries and their types resolve", resolution),
];

fn format(project: &Project) -> Result<()> {
    process::run(project.cargo().args(["fmt", "--all", "--check"]))?;
    for manifest in [FUZZ, EXAMPLE] {
        process::run(project.cargo().args(["fmt", manifest, "--check"]))?;
    }
    Ok(())
}

/// A lock file that names the registry it was made with works only where that one is reached.
fn lock_files(project: &Project) -> Result<()> {
    let names = [
        "Cargo.lock",
        "npm-shrinkwrap.json",
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
    ];
    for file in project.files("", &names) {
        let text = fs::read_to_string(&file)?;
        let foreign = text.lines().find(|line| names_a_registry(line));
        if let Some(line) = foreign {
            bail!("{} has {}", file.display(), line.trim());
        }
    }
    Ok(())
}

fn names_a_registry(line: &str) -> bool {
    let line = line.trim();
    match line.strip_prefix("source = ") {
        // Cargo's own name for crates.io, whatever mirror stands in for it.
        Some(source) => source != "\"registry+https://github.com/rust-lang/crates.io-index\"",
        None => line.trim_start_matches('"').starts_with("resolved") && line.contains("://"),
    }
}

/// The compiler holds the core to this on the host; here nothing is let in for wasm32 alone either.
fn purity(project: &Project) -> Result<()> {
    let foreign = [
        "gloo",
        "js_sys",
        "serde_wasm_bindgen",
        "target_arch",
        "wasm_bindgen",
        "web_sys",
    ];
    for directory in ["src/protocol", "src/session"] {
        for file in project.files(directory, &[".rs"]) {
            let text = fs::read_to_string(&file)?;
            for (number, line) in (1..).zip(text.lines()) {
                // A comment may say what the browser does.
                let code = line.split("//").next().unwrap_or_default();
                if let Some(name) = foreign.iter().find(|name| code.contains(**name)) {
                    bail!("{}:{number} names {name}", file.display());
                }
            }
        }
    }
    Ok(())
}

/// Parses every module without running any; esbuild, because it also warns of what can never work.
fn javascript(project: &Project) -> Result<()> {
    let directories = ["pkg", "www", "tests", "examples", "fuzz", "xtask", "bench"];
    let files = directories
        .into_iter()
        .flat_map(|directory| project.files(directory, &[".js", ".mjs"]));
    process::run(
        project
            .command("node")
            .arg("xtask/scripts/parse.mjs")
            .args(files),
    )
}

fn types(project: &Project) -> Result<()> {
    process::run(
        project
            .tool("typescript/bin/tsc")
            .args(["--project", "tsconfig.json"]),
    )
}

fn lints_host(project: &Project) -> Result<()> {
    // One after the other: together, cargo would unite their features and build everything that they share again.
    for package in ["xtask", NAME] {
        lint(
            project
                .cargo()
                .args(["clippy", "--all-targets", "--package", package]),
        )?;
    }
    lint(
        project
            .cargo()
            .args(["clippy", "--all-targets", "--package", NAME, CLIENT]),
    )?;
    let mut fuzz = project.cargo();
    fuzz.args(["clippy", "--all-targets", FUZZ, "--target-dir"]);
    lint(fuzz.arg(project.target.join("fuzz")))
}

// They are workspaces of their own.
const EXAMPLE: &str = "--manifest-path=examples/yew/Cargo.toml";
const FUZZ: &str = "--manifest-path=fuzz/Cargo.toml";

/// What apps in Rust have beyond the npm package's module.
const CLIENT: &str = "--features=client";

fn lints_wasm(project: &Project) -> Result<()> {
    let on_wasm = || {
        let mut command = project.cargo();
        command.args(["clippy", "--target", toolchain::TARGET, "--package", NAME]);
        command.arg("--lib");
        command
    };
    lint(on_wasm().arg(CLIENT))?;
    // The other tests are for this machine, and may use what does not compile for wasm32.
    let tests = test::browser_tests(project)?;
    lint(on_wasm().args(tests.iter().flat_map(|name| ["--test", name])))
}

fn lint(command: &mut Command) -> Result<()> {
    process::run(command.args(["--", "--deny", "warnings"]))
}

fn docs_host(project: &Project) -> Result<()> {
    process::run(&mut docs(project))?;
    process::run(docs(project).arg(CLIENT))
}

fn docs_wasm(project: &Project) -> Result<()> {
    let target = ["--target", toolchain::TARGET];
    process::run(docs(project).args(target))?;
    process::run(docs(project).args(target).arg(CLIENT))
}

fn docs(project: &Project) -> Command {
    let mut command = project.cargo();
    command.args(["doc", "--no-deps", "--package", NAME]);
    // The crate's readers are those who work on it, for what it exports goes to JavaScript: private items are shown,
    // and may be linked to.
    command.arg("--document-private-items");
    command.env(
        "RUSTDOCFLAGS",
        "--deny warnings --allow rustdoc::private_intra_doc_links",
    );
    command
}

fn budget(project: &Project) -> Result<()> {
    package::build(project, Mode::Release)?;
    sizes::keep_to_budget(project, sizes::measure(project)?)
}

/// What bundlers, Node and TypeScript make of the tarball. (CommonJS is left out: there `require` of ES modules is Node's.)
fn resolution(project: &Project) -> Result<()> {
    package::build(project, Mode::Release)?;
    let tarball = npm::pack(project, &project.target.join("tarball"))?;
    let mut publint = project.tool("publint/src/cli.js");
    process::run(publint.arg("run").arg(&tarball).arg("--strict"))?;
    let attw = |how| {
        let mut attw = project.tool("@arethetypeswrong/cli/dist/index.js");
        attw.arg(&tarball).args(["--profile=esm-only", how]);
        // The module itself has no types, and types of other packages are not ours.
        process::run(attw.args([
            "--no-definitely-typed",
            "--exclude-entrypoints",
            "nightlatch.wasm",
        ]))
    };
    // The table is long, and has what is right too.
    attw("--quiet").or_else(|_| attw("--format=table-flipped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_is_told_from_a_home_page() {
        assert!(names_a_registry(
            "  \"resolved\": \"https://mirror.example/a.tgz\","
        ));
        assert!(names_a_registry(
            "source = \"registry+https://mirror.example/index\""
        ));
        assert!(!names_a_registry(
            "  \"url\": \"https://opencollective.com/express\""
        ));
        assert!(!names_a_registry(
            "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        ));
    }
}
