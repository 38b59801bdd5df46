//! Conversations with the session machine: what one tab, or several, are told and what they ask for.
//!
//! `world` is a browser of plain data: one record, one cookie, a channel, a provider and a clock that
//! stands still. It performs what a machine asks for in the way in which `src/browser` does.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod application;
mod callback;
mod clear;
mod commit;
mod detached;
mod ending;
mod idle;
mod interleavings;
mod leaving;
mod logout;
mod logouts;
mod misuse;
mod places;
mod planning;
mod provider;
mod record;
mod refresh;
mod restored;
mod revocation;
mod secrets;
mod sign_in;
mod soak;
mod tabs;
mod time;
mod trouble;
mod words;
mod world;
