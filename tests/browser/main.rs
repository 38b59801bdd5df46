//! The adapters, each in a real browser.
//!
//! They are nobody's public interface, so this crate compiles them for itself.
#![cfg(target_arch = "wasm32")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that fails panics"
)]
#![allow(
    dead_code,
    unused_imports,
    reason = "the adapters do not use all of the core"
)]

#[path = "../../src/browser/mod.rs"]
mod browser;
#[allow(clippy::all, unreachable_pub, reason = "judged where it is at home")]
#[path = "../../src/protocol/mod.rs"]
mod protocol;
#[allow(clippy::all, unreachable_pub, reason = "judged where it is at home")]
#[path = "../../src/session/mod.rs"]
mod session;

mod crypto;
mod json;
mod kit;
mod navigation;
mod page;
mod places;
mod record;
mod refusal;
mod request;
mod share;
mod signals;
mod storage;
mod vault;
mod visibility;
mod wipe;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
