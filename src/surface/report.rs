//! What a sign-out reached, and what one can reach.

use serde::{Deserialize, Serialize};

use crate::protocol::Code;
use crate::protocol::options::Place as StorageKind;
use crate::protocol::revocation::Outcome as TokenOutcome;
use crate::session::Scope as LogoutScope;
use crate::session::ledger::Entry as Note;
use crate::session::report::Layer as LayerOutcome;

/// What a sign-out reached, layer by layer. It holds no secret: show it, log it, send it (it is `Serialize`).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LogoutReport {
    /// What was asked for.
    pub scope: LogoutScope,
    /// Whether every layer that was asked for is confirmed.
    pub complete: bool,
    /// When it began, in milliseconds since the Unix epoch.
    pub started_at: u64,
    /// From the call to this report, in milliseconds.
    pub duration_ms: u64,
    /// This tab, and what the app keeps in this browser.
    pub local: LocalOutcome,
    /// The other tabs.
    pub tabs: TabsOutcome,
    /// The tokens at the provider.
    pub tokens: TokenOutcomes,
    /// The app's own session at its server.
    pub application: LayerOutcome,
    /// The provider's own session.
    pub provider: LayerOutcome,
    /// The user's sessions on other devices.
    pub devices: LayerOutcome,
    /// What came of the app's cleaners in this tab, in the order in which they were given.
    pub cleaners: Vec<CleanerOutcome>,
    /// When each layer's outcome was known.
    pub timings: Timings,
    /// What went wrong on the way.
    pub problems: Vec<Code>,
    /// In dry runs alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capabilities: Option<Capabilities>,
}

/// What a sign-out did to what this browser keeps: names, never values.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LocalOutcome {
    /// Whether all has gone that should.
    pub status: LocalStatus,
    /// What was removed. What is not a key of local or session storage says what it is: `"books (IndexedDB)"`.
    pub removed: Vec<String>,
    /// What should have gone and is still there.
    pub residue: Vec<String>,
}

/// Whether all has gone from this browser that should.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LocalStatus {
    /// Nothing is left.
    Cleared,
    /// The residue names what is left.
    Partial,
    /// A dry run: it would go.
    Planned,
}

/// How many other tabs said that they are signed out. It decides nothing: a tab that is silent is signed out all the same.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TabsOutcome {
    /// How many.
    pub acknowledged: u64,
    /// How long they were counted, in milliseconds.
    pub deadline_ms: u64,
}

/// What came of each token (RFC 7009).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TokenOutcomes {
    /// The refresh token.
    pub refresh_token: TokenOutcome,
    /// The access token.
    pub access_token: TokenOutcome,
}

/// What came of one cleaner.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CleanerOutcome {
    /// The name that it was given with.
    pub name: String,
    /// What came of it.
    pub status: CleanerStatus,
}

/// What came of one cleaner.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CleanerStatus {
    /// It is done.
    Done,
    /// It gave an error.
    Failed,
    /// It was not done in time, and is not waited for.
    TimedOut,
}

/// When each layer's outcome was known, in milliseconds after `started_at`; `None` for what was not asked for.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Timings {
    /// This browser.
    pub local: Option<u64>,
    /// The other tabs.
    pub tabs: Option<u64>,
    /// The refresh token.
    pub refresh_token: Option<u64>,
    /// The access token.
    pub access_token: Option<u64>,
    /// The app's own session at its server.
    pub application: Option<u64>,
    /// The provider's own session.
    pub provider: Option<u64>,
    /// Other devices.
    pub devices: Option<u64>,
}

/// What a sign-out can reach with this provider in this browser.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Capabilities {
    /// Where the session really lives.
    pub storage: StorageKind,
    /// Whether the provider revokes tokens (RFC 7009). `None` where its metadata could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation: Option<bool>,
    /// Whether the provider's own session can be ended (OpenID Connect RP-Initiated Logout 1.0). `None` where its metadata
    /// could not be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session: Option<bool>,
    /// What this browser has noted and seen no end of. What is under way in a tab at this moment is among it.
    pub may_be_alive: Vec<Note>,
}
