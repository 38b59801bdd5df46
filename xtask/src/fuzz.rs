//! `cargo xtask fuzz`: whatever comes from outside, for as long as one likes. `cargo xtask test fuzz` is its short form, and
//! needs neither nightly nor libFuzzer.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use crate::process;
use crate::project::Project;
use crate::step::step;

/// What is fuzzed in JavaScript, where it is at home.
const IN_NODE: &str = "challenge";

pub(crate) fn verb(project: &Project, arguments: &[String]) -> Result<()> {
    let plan = Plan::parse(arguments, targets(project)?)?;
    if plan.targets.iter().any(|target| target != IN_NODE) {
        ensure_installed(project)?;
    }
    for target in &plan.targets {
        let what = format!("fuzz {target} for {} min", plan.minutes);
        step(&what, || run(project, target, plan.minutes * 60))?;
        if process::interrupted() {
            break;
        }
    }
    Ok(())
}

/// The targets: each has a corpus.
fn targets(project: &Project) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(project.root.join("fuzz/corpus"))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[derive(Debug)]
struct Plan {
    targets: Vec<String>,
    minutes: u64,
}

impl Plan {
    fn parse(arguments: &[String], all: Vec<String>) -> Result<Self> {
        let mut plan = Self {
            targets: Vec::new(),
            minutes: 10,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--minutes" {
                let minutes = arguments.next().context("--minutes has no number")?;
                plan.minutes = minutes.parse().context("--minutes is no number")?;
                // To libFuzzer that is for ever.
                ensure!(plan.minutes > 0, "--minutes is one or more");
            } else {
                ensure!(
                    all.contains(argument),
                    "no target `{argument}`: {}",
                    all.join(", ")
                );
                plan.targets.push(argument.clone());
            }
        }
        if plan.targets.is_empty() {
            plan.targets = all;
        }
        Ok(plan)
    }
}

fn run(project: &Project, target: &str, seconds: u64) -> Result<()> {
    if target == IN_NODE {
        let mut node = project.command("node");
        node.args(["--test", "fuzz/challenge.test.mjs"]);
        return process::serve(node.env("NIGHTLATCH_SECONDS", seconds.to_string()));
    }
    // What is found grows beside the committed corpus: that one stays small.
    let grown = project.target.join("fuzz/corpus").join(target);
    let findings = project.target.join("fuzz/findings").join(target);
    fs::create_dir_all(&grown)?;
    fs::create_dir_all(&findings)?;
    let mut command = nightly(project);
    command
        .args(["run", "--sanitizer=none", "--features=libfuzzer"])
        .arg("--target-dir")
        .arg(project.target.join("fuzz/long"))
        .arg("fuzz")
        .arg(grown)
        .arg(project.root.join("fuzz/corpus").join(target))
        .args(["--", "-dict=fuzz/dictionary.txt", "-max_len=4096"])
        .args(["-timeout=60", "-print_final_stats=1"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", findings.display()))
        .env("NIGHTLATCH_TARGET", target);
    process::serve(&mut command).with_context(|| format!("a finding is in {}", findings.display()))
}

fn nightly(project: &Project) -> std::process::Command {
    let mut command = project.command("rustup");
    command.args(["run", "nightly", "cargo", "fuzz"]);
    command
}

fn ensure_installed(project: &Project) -> Result<()> {
    if process::read(nightly(project).arg("--version")).is_ok() {
        return Ok(());
    }
    bail!(
        "nightly Rust or cargo-fuzz is missing\nrun this, then try again:\n\n    \
         rustup toolchain install nightly --profile minimal && cargo install cargo-fuzz --locked\n\n\
         (`cargo xtask test fuzz` needs neither)\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_all_for_ten_minutes() {
        let all = vec!["a".to_owned(), "b".to_owned()];
        let plan = |line: &str| {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            Plan::parse(&words, all.clone())
        };
        let whole = plan("").unwrap();
        assert_eq!((whole.targets, whole.minutes), (all.clone(), 10));
        let one = plan("b --minutes 3").unwrap();
        assert_eq!((one.targets, one.minutes), (vec!["b".to_owned()], 3));
        assert!(plan("c").is_err() && plan("--minutes").is_err() && plan("--minutes 0").is_err());
    }
}
