//! Thin adapters, one file for each thing that a browser offers. They decide nothing.
//!
//! What has to be waited for (the database, sealing, requests), and what is listened to, is adapted in `pkg/browser`: written in
//! Rust it takes four times the bytes (`ARCHITECTURE.md`, "Where the bytes are").

pub(crate) mod clock;
pub(crate) mod crypto;
pub(crate) mod json;
pub(crate) mod navigation;
pub(crate) mod page;
pub(crate) mod storage;
