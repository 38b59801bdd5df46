//! The model is the machine: a search through everything that several of the real session machines can
//! come to, in a simulated browser, around a simulated provider.
//!
//! - `budgets`: complete searches, breadth first. A budget says how many sign-ins, sign-outs, calls for a
//!   token and faults there may be; all else is any order of what goes on by itself. Budgets that are too large
//!   are drawn from: the search goes on from so many states of each depth.
//! - `walks`: random walks (proptest) through worlds that are too large for that.
//! - `mutants`: each rule taken away from the machine in turn; the search has to find out.
//! - `properties`: what must hold, P1 to P6.
//!
//! Runs:
//! - `cargo test --test model` takes about a minute on two idle cores. What was explored is printed.
//! - `NIGHTLATCH_DEPTH=2` searches larger budgets (about half an hour, 8 GB), `3` draws a hundred times as many states
//!   of those that are too large, `4` searches two of these for hours: depth first, of each state nothing is kept but
//!   its name (`explore_deep`; some 140,000 states in a second, 2.5 GB for each 100 million).
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
//! # What is covered where
//!
//! | asked for | where |
//! |---|---|
//! | two and three tabs | `budgets`: `two_tabs_*`, `three_tabs`; `walks`: up to four |
//! | transactions in order | `transactions`: a page's own begin in order, those of several pages in any |
//! | local storage seen late | `Page::mark`; it holds nothing but the mark |
//! | a channel not ordered with storage | `Page::message`, `Carriers` |
//! | locks | none in the machine |
//! | killed, frozen, restored with memory, reloaded, opened later | `Act::{Kill, Freeze, Thaw, Return, Reload, Open}` |
//! | answers late and lost, `503` | `Act::{Serve, Deliver, Orphan}` in any order, `Lose`, `Refuse` |
//! | servers strict, with grace, revoking by family | `other_servers_and_other_tokens` |
//! | scopes `app`, `tab`, `provider` | all budgets; `alone()`; `provider()` (the page stays: it cannot be reached) |
//! | two users | `users()` |
//! | P1 to P5, and P6 | `properties` |
//! | the table of mutations | `mutations`; those that are redundant say why |
//!
//! The table's budgets were those of a small model of its own; the machine has more states in each. Here
//! `1/1/2/1`, `1/1/1/2`, `2/1/1/1` (two tabs) and `0/1/2/1`, `1/1/1/1`, `2/1/1/0` (three) are depth 2, which was
//! searched to its end (in an hour on one busy core; it found what a tab may hear in passing, at `1/2/0/0` and the
//! provider, in 24 steps). `1/2/2/1`, `2/2/1/0`, `1/1/2/2`, `2/2/2/1`, `2/1/2/1` (two) and `1/1/2/1`, `1/1/1/2`, `2/1/0/1`,
//! `0/1/3/1` (three) are drawn from in every run, and the walks go through them; 200 million states of `2/2/1/0` have
//! shown nothing, and there are more.
//!
//! Not searched: storage `tab` and `memory`, a record that is deleted, a browser that refuses transactions.
//! `tests/session` has them one by one (`places`, `tabs`).
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::hash::{BuildHasher, Hasher, RandomState};
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

/// `NIGHTLATCH_SEED`, or another one each time.
fn seed() -> u64 {
    std::env::var("NIGHTLATCH_SEED").map_or_else(
        // Every such state is another.
        |_| RandomState::new().build_hasher().finish(),
        |seed| seed.parse().unwrap(),
    )
}

/// Says what was explored, also where a test succeeds.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
