//! What is said to a provider and how its answers are judged, rule by rule.
//!
//! The ids beside the tests (`RESP-1`, …) name the rule that each one proves: a statement of a
//! standard, checked in the form in which a script can see it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod arbitrary;
mod authorization;
mod codes;
mod discovery;
mod encodings;
mod end_session;
mod id_token;
mod kit;
mod message;
mod options;
mod revocation;
mod token;
mod url;
