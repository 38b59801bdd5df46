//! An OpenID Connect client for single-page apps that signs people out completely, in every tab,
//! whatever the network does, and says what it reached.
//!
//! An app in Rust uses `Client`, by the cargo feature `client`: `docs/guide/rust.md` shows how. Without
//! the feature this crate is what the npm package is made of.
//!
//! - [`protocol`]: what is said to a provider and how its answers are judged, as pure functions.
//! - [`session`]: the one state machine. It decides; it touches no clock, network or storage.
//! - `browser` and `client` (wasm32 only): thin adapters, and the core that drives the machine with
//!   them.
//! - `surface` (feature `client`): what an app in Rust calls, named as `index.d.ts` names it.
//!
//! `ARCHITECTURE.md` tells why it is cut this way.

pub mod protocol;
pub mod session;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
#[cfg_attr(
    feature = "client",
    allow(unreachable_pub, reason = "exported without the feature")
)]
mod client;
#[cfg(feature = "client")]
mod surface;

#[cfg(feature = "client")]
pub use surface::*;

// Sessions are few and small: the simplest allocator does, and takes 4 KB less than std's. In an app of Rust the
// app chooses.
#[cfg(all(target_arch = "wasm32", not(feature = "client")))]
#[global_allocator]
// SAFETY: the module has one thread; it shares its memory with nobody.
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
