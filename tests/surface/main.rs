//! What an app in Rust passes and gets: the same names and words as in JavaScript.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]

mod contract;
mod options;
mod words;
