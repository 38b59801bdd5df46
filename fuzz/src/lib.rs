//! What is fuzzed, and what has to hold of it.
//!
//! A target takes bytes and panics where a promise is broken. libFuzzer drives it for hours (`cargo xtask fuzz`);
//! `tests/short.rs` drives the same functions on stable, over the committed corpus and what comes of it by mutation.
//! Inputs are text, in lines, so that a corpus can be read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a finding is a panic"
)]

mod door;
mod oracle;
mod targets;

pub mod mutation;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the tests' kit has more than is needed here"
)]
#[path = "../../tests/protocol/kit.rs"]
mod kit;

/// What takes an input and panics where a promise is broken.
pub type Target = fn(&str);

/// Every target by its name, which is its corpus's too.
pub const TARGETS: [(&str, Target); 8] = [
    ("address", targets::address::run),
    ("callback", targets::callback::run),
    ("discovery", targets::discovery::run),
    ("id_token", targets::id_token::run),
    ("message", targets::message::run),
    ("record", targets::record::run),
    ("session", targets::session::run),
    ("token_answer", targets::token_answer::run),
];

/// Runs a target on bytes. What is no UTF-8 cannot come from JavaScript.
pub fn run(target: Target, bytes: &[u8]) {
    if let Ok(text) = core::str::from_utf8(bytes) {
        target(text);
    }
}
