//! The one record: the only truth about a session, and its forms at rest.
//!
//! What may be made of it is said in [`change`](super::change).

use super::Reason;
use super::ledger::{self, Entry, Kind};
use crate::protocol::{Json, Members};

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
/// Names one content of one session.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Version {
    /// Its generation.
    pub generation: u64,
    /// Its revision.
    pub revision: u64,
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

    pub(super) fn end(&mut self, raise: bool) {
        if raise {
            self.generation += 1;
        }
        self.remove();
    }

    fn remove(&mut self) {
        self.slot.present = false;
        self.slot.ends_at = 0;
    }

    pub(super) fn forget_provider(&mut self) {
        if let Some(note) = ledger::ending(&self.ledger) {
            self.clear(note.id);
        }
    }

    /// A number that nothing in this record has had.
    pub(super) fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn note(&mut self, kind: Kind, now: u64) -> u64 {
        self.number();
        self.ledger.push(Entry {
            id: self.serial,
            kind,
            at: now,
        });
        if self.ledger.len() > ledger::LIMIT {
            self.ledger.remove(0);
        }
        self.serial
    }

    pub(super) fn clear(&mut self, id: u64) {
        if let Some(at) = self.ledger.iter().position(|entry| entry.id == id) {
            self.ledger.remove(at);
        }
    }

    /// The form at rest of what tabs share. It holds no secret.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("generation", self.generation)
            .with("serial", self.serial)
            .with("ledger", ledger::notes(&self.ledger))
            .object()
    }

    /// From the forms at rest, which anyone on this origin may have written: what cannot be read
    /// counts as absent.
    ///
    /// A record that is not there begins with a generation taken from the clock, so that no tab
    /// that remembers an earlier record, since deleted, can take the new one for it.
    pub fn from_json(json: &Json, slot: &Json, now: u64) -> Self {
        Self {
            is_new: !json.is_object(),
            generation: json.member("generation").count().unwrap_or(now),
            serial: json.member("serial").count().unwrap_or(0),
            slot: Slot::from_json(slot),
            ledger: ledger::from_json(json.member("ledger")),
        }
    }
}
impl Slot {
    /// Somebody is active.
    pub(super) fn touch(&mut self, now: u64, idle_ms: u64) {
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
