//! Every rule of the protocol, taken away: the search has to find out.
//!
//! The crate is copied, the mutations are patched into the copy (each text must stand there exactly
//! once), and it is compiled once. Each mutation is a switch in it that a process of its own turns on;
//! a name with a plus turns on several.
//! What is not found is redundant: it says what else does its work, and stays for defence.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::budgets::Run;
use crate::mutations::MUTATIONS;
use crate::say;

/// Names the mutation that a process is to search with.
pub(crate) const SWITCH: &str = "NIGHTLATCH_MUTATION";

/// How many states a mutation may hide in.
const LIMIT: usize = 3_000_000;

/// A rule taken away.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    /// File, text, and what stands there instead; `MUTATED` is the switch.
    pub(crate) patches: &'static [(&'static str, &'static str, &'static str)],
    /// Where it is looked for.
    pub(crate) run: Run,
    /// What is broken by it; nothing, if it is redundant.
    pub(crate) found: &'static [&'static str],
    /// What else does its work.
    pub(crate) redundant: &'static str,
}

pub(crate) const fn found(
    name: &'static str,
    run: Run,
    found: &'static [&'static str],
    patches: &'static [(&'static str, &'static str, &'static str)],
) -> Mutation {
    Mutation {
        name,
        patches,
        run,
        found,
        redundant: "",
    }
}

pub(crate) const fn redundant(
    name: &'static str,
    run: Run,
    redundant: &'static str,
    patches: &'static [(&'static str, &'static str, &'static str)],
) -> Mutation {
    Mutation {
        name,
        patches,
        run,
        found: &[],
        redundant,
    }
}

/// The switch, in the copy.
const HOOK: &str = r#"
/// Whether this mutation is turned on.
pub fn mutated(name: &str) -> bool {
    static ON: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let on = ON.get_or_init(|| std::env::var("NIGHTLATCH_MUTATION").ok());
    on.iter().flat_map(|on| on.split(" + ")).any(|on| on == name)
}
"#;

#[test]
fn every_mutation_is_found_or_redundant() {
    let binary = build(&copy());
    let mut wrong = Vec::new();
    for half in MUTATIONS.chunks(2) {
        let running: Vec<_> = half
            .iter()
            .map(|mutation| {
                let mut search = Command::new(&binary);
                search
                    .args([
                        "--exact",
                        "mutants::the_mutation_that_is_turned_on",
                        "--nocapture",
                    ])
                    .env(SWITCH, mutation.name);
                let running = search.stdout(std::process::Stdio::piped()).spawn();
                (mutation, running.unwrap())
            })
            .collect();
        for (mutation, running) in running {
            let output = running.wait_with_output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            let found = said
                .lines()
                .find_map(|line| line.split_once("mutation: "))
                .map_or("nothing was said", |(_, found)| found);
            let as_told = if mutation.found.is_empty() {
                found.starts_with("not found")
            } else {
                mutation
                    .found
                    .iter()
                    .any(|property| found.starts_with(property))
            };
            say(&format!("{}: {found}{}", mutation.name, mutation.because()));
            if !as_told {
                wrong.push(format!("{} ({:?}): {said}", mutation.name, mutation.found));
            }
        }
    }
    assert!(wrong.is_empty(), "not as told: {}", wrong.join("\n"));
}

/// What a process does in which a mutation is turned on.
#[test]
fn the_mutation_that_is_turned_on() {
    let Ok(name) = std::env::var(SWITCH) else {
        return;
    };
    let mutation = MUTATIONS
        .iter()
        .find(|mutation| mutation.name == name)
        .unwrap();
    let mut states = 0;
    for signed_in in [true, false] {
        let explored = mutation.run.explore(signed_in, LIMIT, mutation.found);
        states += explored.states;
        if let Some(broken) = explored.broken {
            let (property, steps) = (broken.broken.property, broken.steps.len());
            println!("mutation: {property} in {steps} steps, {states} states");
            println!("{broken}");
            return;
        }
        assert!(!explored.truncated, "too large to be sure");
    }
    println!("mutation: not found in {states} states");
}

/// Copies the crate and patches the mutations in.
fn copy() -> PathBuf {
    let (from, to) = (
        Path::new(env!("CARGO_MANIFEST_DIR")),
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants"),
    );
    for part in ["src", "tests"] {
        let _ = fs::remove_dir_all(to.join(part));
    }
    copy_all(&from.join("src"), &to.join("src"));
    copy_all(&from.join("tests/model"), &to.join("tests/model"));
    fs::create_dir_all(to.join("tests/session")).unwrap();
    for file in ["tests/session/provider.rs", "Cargo.lock"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    // A workspace of its own, with this test and no other.
    let manifest = fs::read_to_string(from.join("Cargo.toml")).unwrap();
    let (before, tests) = manifest.split_once("[[test]]").unwrap();
    let after = &tests[tests.find("[profile").unwrap()..];
    let own = "[[test]]\nname = \"model\"\npath = \"tests/model/main.rs\"\n\n";
    let manifest = [&before.replace("\"xtask\"", ""), own, after].concat();
    fs::write(to.join("Cargo.toml"), manifest).unwrap();

    let patch = |file: &str, change: &dyn Fn(&str) -> String| {
        let file = to.join("src").join(file);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, change(&text)).unwrap();
    };
    patch("lib.rs", &|text| [text, HOOK].concat());
    for Mutation { name, patches, .. } in MUTATIONS {
        for (file, old, new) in *patches {
            patch(&format!("session/{file}"), &|text| {
                assert_eq!(text.matches(old).count(), 1, "{name}: `{old}` in {file}");
                let switch = format!("crate::mutated(\"{name}\")");
                text.replace(old, &new.replace("MUTATED", &switch))
            });
        }
    }
    to
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Compiles the copy, and gives the test's binary.
fn build(at: &Path) -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .current_dir(at)
        .args([
            "test",
            "--offline",
            "--test",
            "model",
            "--no-run",
            "--message-format",
            "json",
        ])
        .env("CARGO_TARGET_DIR", at.join("target"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let binary = said.lines().rev().find_map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(line["executable"].as_str()?))
    });
    binary.unwrap_or_else(|| panic!("{said} {}", String::from_utf8_lossy(&output.stderr)))
}

impl Mutation {
    fn because(&self) -> String {
        if self.redundant.is_empty() {
            String::new()
        } else {
            format!(" (redundant: {})", self.redundant)
        }
    }
}
