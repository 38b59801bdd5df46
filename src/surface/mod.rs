//! What an app in Rust calls, by the names of `pkg/index.d.ts` in Rust's spelling.
//!
//! `Client` wraps the very JavaScript of the npm package, `client.js`, around the core that is compiled into the app's
//! own module. So there is one core, one surface, and nothing of the promise is written twice. `cargo xtask build`
//! makes that file of `pkg/`, and `cargo xtask check` fails where it is not what its sources give.

#[cfg(target_arch = "wasm32")]
mod client;
mod error;
mod event;
mod options;
mod report;
mod snapshot;

#[cfg(target_arch = "wasm32")]
pub use client::{Client, FetchError, Subscription};
pub use error::AuthError;
pub use event::{Event, RedirectResult, StepUp};
pub use options::{
    AccessTokenOptions, Application, Clear, ClearLists, ClientOptions, Csrf, EndSessionMethod,
    LoginOptions, LogoutOptions, LogoutReason, Names, Parameters, PromptAfterLogout,
    ProviderMetadata, Restored, Revoke, Seconds, Which,
};
pub use report::{
    Capabilities, CleanerOutcome, CleanerStatus, LocalOutcome, LocalStatus, LogoutReport,
    TabsOutcome, Timings, TokenOutcomes,
};
pub use snapshot::{Snapshot, User};

pub use crate::protocol::options::{Place as StorageKind, Reach as RevocationReach};
pub use crate::protocol::revocation::Outcome as TokenOutcome;
pub use crate::protocol::{Code, Json, Kind};
pub use crate::session::ledger::{Entry as Note, Kind as NoteKind};
pub use crate::session::report::Layer as LayerOutcome;
pub use crate::session::{Reason as SignedOutReason, Scope as LogoutScope, Status};
