//! The one record: the only truth about a session, and every change that may be made to it.
//!
//! The shell runs [`Change::apply`] inside one IndexedDB transaction, which serialises across tabs.
//! The twelve rules of the model (`ARCHITECTURE.md`, "Generations") are the arms of its match.

use std::rc::Rc;

use super::{Reason, Session};
use crate::protocol::options::{Limits, Place};
use crate::protocol::{Json, Members};

/// How many notes the ledger keeps; the oldest goes first.
const LEDGER: usize = 32;

/// What all tabs of a client share, without the sealed session itself.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Record {
    /// Raised by every sign-in and every sign-out.
    pub generation: u64,
    /// Where the session stands, if there is one.
    pub slot: Slot,
    /// What may still be alive at the server.
    pub ledger: Vec<Entry>,
    /// Numbers the notes and the contents of slots.
    pub serial: u64,
    /// Whether nothing was stored yet.
    pub is_new: bool,
}

/// Where a session stands: in the record, or (by option) in a tab of its own.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Slot {
    /// Whether there is a sealed session.
    pub present: bool,
    /// The generation it belongs to. It is live only while the record has the same.
    pub generation: u64,
    /// Another one for every new content, and never one that was there before.
    pub revision: u64,
    /// The note of the attempt to refresh that is under way, or lost; 0 where the right is free. A note's
    /// number is never given twice, so that who is late cannot give back what somebody else has by now.
    pub sent: u64,
    /// When it was sent last.
    pub sent_at: u64,
    /// Whether it is sealed, so that it ends with the key share in the cookie.
    pub sealed: bool,
    /// When somebody was active last, as far as that was noted.
    pub active_at: u64,
    /// When it ends by itself if nobody is active any more; 0 where it does not. It stays when the session has ended
    /// so, and tells the other tabs why.
    pub ends_at: u64,
    /// The latest that activity can move that to.
    pub latest: u64,
}

/// A note of something that may be alive at the server and is in nobody's hands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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

    const fn as_str(self) -> &'static str {
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

/// A change to the record: applied whole, or not at all.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Clears a note.
    Confirm {
        /// Its number.
        entry: u64,
    },
    /// Ends the session: this is logout's one point of commit.
    End,
    /// Ends the session, and notes that the provider's is to be ended too.
    EndAtProvider,
    /// Ends a tab's own session and nobody else's.
    EndOwn,
    /// Puts a new session in place, if nothing happened since its sign-in began.
    Install {
        /// The generation in which the sign-in began.
        generation: u64,
        /// The note of the exchange.
        entry: u64,
        /// The new session.
        session: Rc<Session>,
        /// When it ends by itself.
        limits: Limits,
    },
    /// Ends a session that the provider refuses, or that has expired.
    Invalidate {
        /// The session that is meant.
        of: Version,
        /// The note of the refresh that was refused; 0 where none was sent.
        entry: u64,
    },
    /// Looks, and gives the session where it is not the known one.
    Look {
        /// What the tab has in memory.
        known: Version,
    },
    /// Looks for the first time, and buries a session whose key is gone.
    Open,
    /// Writes down that a code is about to be sent.
    Redeem {
        /// The generation in which the sign-in began.
        generation: u64,
    },
    /// Takes back the right to refresh: nothing was consumed.
    Release {
        /// The session that is meant.
        of: Version,
        /// The note of the attempt that was allowed.
        entry: u64,
    },
    /// Puts the refreshed session in place.
    Renew {
        /// The session that was refreshed.
        of: Version,
        /// The note of the attempt that succeeded.
        entry: u64,
        /// The new session.
        session: Rc<Session>,
    },
    /// Notes that nobody is on the way to the provider any more, and its session stands.
    Remain {
        /// The note of who was.
        entry: u64,
    },
    /// Asks for the right to send the refresh token.
    Reserve {
        /// The session that is meant.
        of: Version,
        /// The note of the attempt of one's own that failed; 0 for the first.
        after: u64,
        /// After how many milliseconds somebody else's attempt counts as lost.
        patience_ms: u64,
    },
    /// Looks, and takes out a session that has ended by itself.
    Touch {
        /// What the tab has in memory.
        known: Version,
        /// Somebody is active: the session lives for so many milliseconds more. 0 where nobody is.
        idle_ms: u64,
    },
}

/// Names one content of one session.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Version {
    /// Its generation.
    pub generation: u64,
    /// Its revision.
    pub revision: u64,
}

/// What a change came to.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Verdict {
    /// It was made, with this note in the ledger (0: none).
    Done {
        /// The note's number.
        entry: u64,
    },
    /// The refresh token may be sent.
    Send {
        /// The attempt's note, which stands until the answer is known. It names the attempt.
        entry: u64,
    },
    /// The session that was meant is no longer there; nothing was changed.
    Superseded,
    /// Somebody else is refreshing; nothing was changed.
    Wait,
}

/// What the shell does with the sealed session in the same transaction.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Content {
    /// Leaves it.
    Keep,
    /// Deletes it, and its key.
    Remove,
    /// Puts the change's own session in its place.
    Replace,
}

impl Content {
    /// The word that the shell sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

/// The outcome of [`Change::apply`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Applied {
    /// What the change came to.
    pub verdict: Verdict,
    /// What is done with the sealed session.
    pub content: Content,
    /// Whether the session that was there before is to be unsealed and given.
    pub reveal: bool,
    /// Whether the record itself has to be written.
    pub write: bool,
}

impl Change {
    /// The session that has to be sealed before the transaction begins.
    pub fn session(&self) -> Option<&Rc<Session>> {
        match self {
            Self::Install { session, .. } | Self::Renew { session, .. } => Some(session),
            _ => None,
        }
    }

    /// Whether a read-only transaction does. (A tab that keeps its session for itself may find, by
    /// looking, that it has to take it out.)
    pub fn only_looks(&self, place: Place) -> bool {
        matches!(self, Self::Look { .. }) && place == Place::Browser
    }

    /// Whether it may put a new key share in place. Only a sign-in does: a refresh that finds none
    /// has met a sign-out.
    pub fn begins_session(&self, place: Place) -> bool {
        matches!(self, Self::Install { .. }) && place != Place::Memory
    }

    /// Makes the change. `share` tells whether the key share in the cookie stands.
    ///
    /// Every transition of what tabs share is in this one match.
    pub fn apply(&self, record: &mut Record, place: Place, share: bool, now: u64) -> Applied {
        let live = record.is_live(share, now);
        let ended = record.ended(now).is_some();
        let version = record.version();
        let shared = place == Place::Browser;
        match self {
            // A tab takes its own session out, to revoke it, where another tab ends every session or is about to.
            Self::Look { .. } | Self::Open | Self::Touch { .. }
                if record.slot.present
                    && !live
                    && !self.only_looks(place)
                    && (ended || !shared || matches!(self, Self::Open)) =>
            {
                let kind = if ended { Kind::Logout } else { Kind::Unopened };
                let entry = record.note(kind, now);
                let ends_at = record.slot.ends_at;
                record.end(shared);
                if ended {
                    record.slot.ends_at = ends_at;
                }
                Applied::made(entry, Content::Remove, ended || !shared)
            }
            Self::Open => Applied {
                write: record.is_new,
                ..Applied::seen(live)
            },
            Self::Touch { known, idle_ms } if live && *idle_ms > 0 => {
                record.slot.touch(now, *idle_ms);
                Applied::made(0, Content::Keep, *known != version)
            }
            Self::Look { known } | Self::Touch { known, .. } => {
                Applied::seen(live && *known != version)
            }

            Self::Redeem { generation } if *generation == record.generation => {
                Applied::made(record.note(Kind::Exchange, now), Content::Keep, false)
            }
            Self::Install {
                generation,
                entry,
                limits,
                ..
            } if *generation == record.generation => {
                let replaced = record.slot.present;
                record.clear(*entry);
                // Whoever signs in after a sign-out has been asked by the provider.
                record.forget_provider();
                let entry = if replaced {
                    record.note(Kind::Replaced, now)
                } else {
                    0
                };
                if shared {
                    record.generation += 1;
                }
                record.slot = Slot {
                    present: true,
                    sealed: place != Place::Memory,
                    generation: record.generation,
                    revision: record.number(),
                    ..Slot::default()
                };
                if *limits != Limits::NONE {
                    record.slot.latest = now + limits.max_ms;
                    record.slot.touch(now, limits.idle_ms);
                }
                Applied::made(entry, Content::Replace, replaced)
            }
            Self::Redeem { .. } | Self::Install { .. } => Applied::superseded(live),

            Self::Reserve {
                of,
                after,
                patience_ms,
            } if live && *of == version => {
                // A clock that was set back must not make a lost attempt look young for ever.
                let lost = now.abs_diff(record.slot.sent_at) >= *patience_ms;
                if record.slot.sent == *after || lost {
                    let entry = record.note(Kind::Refresh, now);
                    record.slot.sent = entry;
                    record.slot.sent_at = now;
                    Applied {
                        verdict: Verdict::Send { entry },
                        ..Applied::made(0, Content::Keep, false)
                    }
                } else {
                    Applied {
                        verdict: Verdict::Wait,
                        ..Applied::seen(false)
                    }
                }
            }
            Self::Renew { of, entry, .. } if live && *of == version => {
                record.clear(*entry);
                record.slot.revision = record.number();
                record.slot.sent = 0;
                Applied::made(0, Content::Replace, false)
            }
            Self::Release { of, entry } if live && *of == version && record.slot.sent == *entry => {
                record.clear(*entry);
                record.slot.sent = 0;
                Applied::made(0, Content::Keep, false)
            }
            Self::Invalidate { of, entry } if live && *of == version => {
                record.clear(*entry);
                record.end(shared);
                Applied::made(0, Content::Remove, true)
            }
            // Whatever became of the session: a refusal leaves nothing alive to be noted.
            Self::Release { entry, .. } | Self::Invalidate { entry, .. } if *entry != 0 => {
                record.clear(*entry);
                Applied {
                    write: true,
                    ..Applied::superseded(live)
                }
            }
            Self::Reserve { .. }
            | Self::Renew { .. }
            | Self::Release { .. }
            | Self::Invalidate { .. } => Applied::superseded(live),

            Self::End | Self::EndAtProvider | Self::EndOwn => {
                if matches!(self, Self::EndAtProvider) {
                    record.forget_provider();
                    record.note(Kind::Leaving, now);
                }
                let present = record.slot.present;
                let entry = if present {
                    record.note(Kind::Logout, now)
                } else {
                    0
                };
                record.end(!matches!(self, Self::EndOwn));
                Applied::made(entry, Content::Remove, present)
            }
            Self::Remain { entry } => {
                for note in &mut record.ledger {
                    if note.id == *entry {
                        note.kind = Kind::Provider;
                    }
                }
                Applied::made(0, Content::Keep, false)
            }
            Self::Confirm { entry } => {
                record.clear(*entry);
                Applied::made(0, Content::Keep, false)
            }
        }
    }
}

impl Record {
    /// Whether a session is there that may be used.
    pub fn is_live(&self, share: bool, now: u64) -> bool {
        self.slot.present
            && (share || !self.slot.sealed)
            && self.slot.generation == self.generation
            && self.ended(now).is_none()
    }

    /// Why the session that is or was there last has ended by itself, if it has.
    ///
    /// The difference of clocks is taken as it is: a clock that is set back by more than the session may be idle ends
    /// it, and makes none live for ever.
    pub fn ended(&self, now: u64) -> Option<Reason> {
        let Slot {
            active_at,
            ends_at,
            latest,
            ..
        } = self.slot;
        if ends_at == 0 || now.abs_diff(active_at) < ends_at.saturating_sub(active_at) {
            None
        } else if ends_at < latest {
            Some(Reason::Idle)
        } else {
            Some(Reason::Expired)
        }
    }

    /// The version of what is there.
    pub fn version(&self) -> Version {
        Version {
            generation: self.slot.generation,
            revision: self.slot.revision,
        }
    }

    fn end(&mut self, raise: bool) {
        if raise {
            self.generation += 1;
        }
        self.remove();
    }

    fn remove(&mut self) {
        self.slot.present = false;
        self.slot.ends_at = 0;
    }

    fn forget_provider(&mut self) {
        if let Some(note) = ending(&self.ledger) {
            self.clear(note.id);
        }
    }

    /// A number that nothing in this record has had.
    fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    fn note(&mut self, kind: Kind, now: u64) -> u64 {
        self.number();
        self.ledger.push(Entry {
            id: self.serial,
            kind,
            at: now,
        });
        if self.ledger.len() > LEDGER {
            self.ledger.remove(0);
        }
        self.serial
    }

    fn clear(&mut self, id: u64) {
        if let Some(at) = self.ledger.iter().position(|entry| entry.id == id) {
            self.ledger.remove(at);
        }
    }

    /// The form at rest of what tabs share. It holds no secret.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("generation", self.generation)
            .with("serial", self.serial)
            .with("ledger", notes(&self.ledger))
            .object()
    }

    /// From the forms at rest, which anyone on this origin may have written: what cannot be read
    /// counts as absent.
    ///
    /// A record that is not there begins with a generation taken from the clock, so that no tab
    /// that remembers an earlier record, since deleted, can take the new one for it.
    pub fn from_json(json: &Json, slot: &Json, now: u64) -> Self {
        let mut ledger = Vec::new();
        for json in json.member("ledger").items().iter().take(LEDGER) {
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
        Self {
            is_new: !json.is_object(),
            generation: json.member("generation").count().unwrap_or(now),
            serial: json.member("serial").count().unwrap_or(0),
            slot: Slot::from_json(slot),
            ledger,
        }
    }
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

impl Slot {
    /// Somebody is active.
    fn touch(&mut self, now: u64, idle_ms: u64) {
        self.active_at = now;
        self.ends_at = self.latest.min(now + idle_ms);
    }

    /// The form at rest. It holds no secret.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("present", self.present)
            .with("generation", self.generation)
            .with("revision", self.revision)
            .with("sent", self.sent)
            .with("sentAt", self.sent_at)
            .with("sealed", self.sealed)
            .with("activeAt", self.active_at)
            .with("endsAt", self.ends_at)
            .with("latest", self.latest)
            .object()
    }

    fn from_json(json: &Json) -> Self {
        let count = |name| json.member(name).count().unwrap_or(0);
        Self {
            present: json.member("present").is_true(),
            generation: count("generation"),
            revision: count("revision"),
            sent: count("sent"),
            sent_at: count("sentAt"),
            // What was written by somebody else is sealed or nothing.
            sealed: !matches!(json.member("sealed"), Json::Bool(false)),
            active_at: count("activeAt"),
            ends_at: count("endsAt"),
            latest: count("latest"),
        }
    }
}

impl Applied {
    const fn made(entry: u64, content: Content, reveal: bool) -> Self {
        Self {
            verdict: Verdict::Done { entry },
            content,
            reveal,
            write: true,
        }
    }

    const fn seen(reveal: bool) -> Self {
        Self {
            verdict: Verdict::Done { entry: 0 },
            content: Content::Keep,
            reveal,
            write: false,
        }
    }

    const fn superseded(reveal: bool) -> Self {
        Self {
            verdict: Verdict::Superseded,
            content: Content::Keep,
            reveal,
            write: false,
        }
    }
}
