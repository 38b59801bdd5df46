//! Every target for a short while, on stable: the committed corpus, and what comes of it by mutation.
//!
//! The seed is printed. `NIGHTLATCH_SEED` makes the same inputs again, `NIGHTLATCH_SECONDS` says for how long each target
//! goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nightlatch_fuzz::mutation::{Dice, mutated, words};
use nightlatch_fuzz::{TARGETS, run};

/// How long each target goes on, in seconds, and how many inputs it gets at least.
const SECONDS: u64 = 2;
const LEAST: u64 = 200;

fn keeps_its_promises(name: &str) {
    let (_, target) = TARGETS.iter().find(|(own, _)| *own == name).unwrap();
    let corpus = corpus(name);
    assert!(!corpus.is_empty(), "the corpus of {name} is empty");
    for (path, input) in &corpus {
        let survived = catch_unwind(AssertUnwindSafe(|| run(*target, input)));
        assert!(survived.is_ok(), "{} is a finding", path.display());
    }
    let seed =
        number("NIGHTLATCH_SEED").unwrap_or_else(|| RandomState::new().build_hasher().finish());
    println!("{name}: NIGHTLATCH_SEED={seed}");
    let mut inputs: Vec<_> = corpus.into_iter().map(|(_, input)| input).collect();
    inputs.push(Vec::new());
    let words = words(&fs::read_to_string(root().join("dictionary.txt")).unwrap());
    let mut dice = Dice::new(seed);
    let end = Instant::now() + Duration::from_secs(number("NIGHTLATCH_SECONDS").unwrap_or(SECONDS));
    let mut count = 0;
    while count < LEAST || Instant::now() < end {
        let input = mutated(&inputs, &words, &mut dice);
        if catch_unwind(AssertUnwindSafe(|| run(*target, &input))).is_err() {
            let text = String::from_utf8_lossy(&input);
            panic!("{name}, NIGHTLATCH_SEED={seed}, input {count} is a finding:\n{text}\n{text:?}");
        }
        count += 1;
    }
    println!("{name}: {count} inputs");
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<_> = fs::read_dir(root().join("corpus").join(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[test]
fn an_address_is_read_as_browsers_read_it() {
    keeps_its_promises("address");
}

#[test]
fn a_callback_that_is_accepted_has_the_state_of_this_tab() {
    keeps_its_promises("callback");
}

#[test]
fn discovery_takes_secure_endpoints_of_the_exact_issuer_alone() {
    keeps_its_promises("discovery");
}

#[test]
fn an_id_token_that_is_accepted_is_for_this_sign_in() {
    keeps_its_promises("id_token");
}

#[test]
fn a_message_changes_nothing() {
    keeps_its_promises("message");
}

#[test]
fn a_record_is_read_as_it_was_written() {
    keeps_its_promises("record");
}

#[test]
fn a_page_tells_no_secret_whatever_happens_to_it() {
    keeps_its_promises("session");
}

#[test]
fn a_token_answer_that_is_accepted_signs_in_whom_it_says() {
    keeps_its_promises("token_answer");
}

#[test]
fn every_target_has_a_test_here() {
    let own = fs::read_to_string(root().join("tests/short.rs")).unwrap();
    for (name, _) in TARGETS {
        assert!(
            own.contains(&format!("keeps_its_promises(\"{name}\")")),
            "{name}"
        );
    }
}
