//! The ledger of the record: notes of what may be alive at the server and is in nobody's hands.

use crate::protocol::{Json, Members};

/// How many notes the ledger keeps; the oldest goes first.
pub(super) const LIMIT: usize = 32;
/// A note of something that may be alive at the server and is in nobody's hands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "client", derive(serde::Serialize, serde::Deserialize))]
pub struct Entry {
    /// Its number.
    pub id: u64,
    /// What it is about.
    pub kind: Kind,
    /// When it was written.
    pub at: u64,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Kind {
    /// A code was sent; its tokens were not yet seen.
    Exchange,
    /// The provider's own session, which a tab has left to end. It has not come back.
    Leaving,
    /// The tokens of a session that was signed out and whose revocation is not confirmed.
    Logout,
    /// The provider's own session, which was to be ended and was not.
    Provider,
    /// A refresh token was sent and its answer is not yet known, or lost.
    Refresh,
    /// A session that a new one replaced.
    Replaced,
    /// A sealed session without its key: the browser was closed, or a tab died signing out.
    Unopened,
}

impl Kind {
    const ALL: [Self; 7] = [
        Self::Exchange,
        Self::Leaving,
        Self::Logout,
        Self::Provider,
        Self::Refresh,
        Self::Replaced,
        Self::Unopened,
    ];

    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Leaving => "leaving",
            Self::Logout => "logout",
            Self::Provider => "provider",
            Self::Refresh => "refresh",
            Self::Replaced => "replaced",
            Self::Unopened => "unopened",
        }
    }
}
/// From the form at rest. What cannot be read counts as absent.
pub(super) fn from_json(json: &Json) -> Vec<Entry> {
    let mut ledger = Vec::new();
    for json in json.items().iter().take(LIMIT) {
        let word = json.member("kind").text();
        if let (Some(id), Some(kind), Some(at)) = (
            json.member("id").count(),
            Kind::ALL
                .into_iter()
                .find(|kind| Some(kind.as_str()) == word),
            json.member("at").count(),
        ) {
            ledger.push(Entry { id, kind, at });
        }
    }
    ledger
}

/// Notes as they are kept, and as the app sees them.
pub(super) fn notes(ledger: &[Entry]) -> Json {
    let mut notes = Vec::new();
    for entry in ledger {
        let note = Members::new()
            .with("id", entry.id)
            .with("kind", entry.kind.as_str())
            .with("at", entry.at)
            .object();
        notes.push(note);
    }
    Json::Array(notes)
}

/// The note of the provider's session, while nobody knows that it has ended.
pub(super) fn ending(ledger: &[Entry]) -> Option<Entry> {
    for entry in ledger {
        if matches!(entry.kind, Kind::Leaving | Kind::Provider) {
            return Some(*entry);
        }
    }
    None
}
