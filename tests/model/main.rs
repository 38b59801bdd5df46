//! The model is the machine: a search through everything that several of the real session machines can
//! come to, in a simulated browser, around a simulated provider.
//!
//! - `budgets`: complete searches, breadth first. A budget says how many sign-ins, sign-outs, calls for a
//!   token and faults there may be; all else is any order of what goes on by itself.
//! - `walks`: random walks (proptest) through worlds that are too large for that.
//! - `mutants`: each rule taken away from the machine in turn; the search has to find out.
//! - `properties`: what must hold, P1 to P6.
//!
//! Runs:
//! - `cargo test --test model` takes about a minute. What was explored is printed.
//! - `NIGHTLATCH_DEPTH=2` searches larger budgets (about half an hour, 8 GB), `3` those that may not end.
//! - `NIGHTLATCH_BUDGET="3 1/1/1/1 grace channel" cargo test --release --test model own` searches one.
//! - `PROPTEST_CASES=100000 NIGHTLATCH_SEED=7 cargo test --test model larger` walks more, or again.
//!
//! # What is real, and what is simulated
//!
//! Real: `Machine`, `Change::apply`, what they print, request and answer. Simulated: transactions (each
//! tab's begin in order, those that seal first when sealing is done; a page hears of them in order, but for
//! those that open something); the key share in the cookie, read when sealing begins and again inside the
//! transaction, put in place there; session storage; the channel (lost on frozen pages) and the mark in
//! local storage, late in any order to each other and to the record; requests and answers, late, lost, or
//! dealt with after their page has gone; tabs that are killed, frozen, restored with their memory,
//! reloaded, opened later. Locks are not: the machine has none. Providers rotate strictly or with a grace
//! period, and revoke the current token or the family.
//!
//! Time stands still but for the deadline of a refresh, which passes when all that could go on waits for
//! it. A call for a token comes later than a look may be reused. A page leaves for a sign-in when it has
//! nothing else under way; else that is a fault.
//!
//! # How states stay few
//!
//! A machine is kept once and has a number (`machines`), as have sessions, changes and texts (`books`); what
//! a machine does with an input is worked out once. Two machines that differ only in how far they have
//! counted are one. Tabs may change places. What nothing hangs on happens at once: digests, wiping, the
//! revocation of access tokens, the count of acknowledgements, hearing that a note was cleared.
//!
//! Not searched: storage `tab` and `memory`, scope `provider`, several users, a record that is deleted, a
//! browser that refuses transactions (`tests/session` has them, `interleavings` walks through most).
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::io::Write;

mod actions;
mod books;
mod budgets;
mod machines;
mod mutants;
mod mutations;
mod properties;
#[path = "../session/provider.rs"]
#[allow(dead_code, reason = "conversations use more of it")]
mod provider;
mod search;
mod server;
mod shell;
mod state;
mod transactions;
mod translation;
mod walks;
mod world;

/// Says what was explored, also where a test succeeds.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
