//! Every change that may be made to the [record](super::record).
//!
//! The shell runs [`Change::apply`] inside one IndexedDB transaction, which serialises across tabs.
//! The twelve rules of the model (`ARCHITECTURE.md`, "Generations") are the arms of its match.

use std::rc::Rc;

use super::Session;
use super::ledger::Kind;
use super::record::{Record, Slot, Version};
use crate::protocol::options::{Limits, Place};

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
