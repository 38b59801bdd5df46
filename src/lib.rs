//! An OpenID Connect client for single-page apps that signs people out completely, in every tab,
//! whatever the network does, and says what it reached.
//!
//! - [`protocol`]: what is said to a provider and how its answers are judged, as pure functions.
//! - [`session`]: the one state machine. It decides; it touches no clock, network or storage.
//! - `browser` and `client` (wasm32 only): thin adapters, and the exported client that drives the
//!   machine with them.
//!
//! `ARCHITECTURE.md` tells why it is cut this way.

pub mod protocol;
pub mod session;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod client;

// Sessions are few and small: the simplest allocator does, and takes 4 KB less than std's.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
// SAFETY: the module has one thread; it shares its memory with nobody.
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
