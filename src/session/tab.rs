//! What one tab knows. Memory is a cache of the record: it never decides that a session lives.

use std::rc::Rc;

use super::ledger::Entry;
use super::record::Version;
use super::{Event, Id, Reason, Session, Settled};
use crate::protocol::options::Place;
use crate::protocol::secret::Hidden;
use crate::protocol::{Claims, Error, Metadata};

/// How long one look at the record may be reused, in milliseconds.
const FRESH_MS: u64 = 50;

/// What came back from the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Numbers the tab's transactions in the order in which they read the record.
    pub order: u64,
    /// The record's generation.
    pub generation: u64,
    /// What the slot holds now.
    pub version: Version,
    /// Whether a session is there that may be used.
    pub live: bool,
    /// Why the session that is or was there last has ended by itself, if it has.
    pub ended: Option<Reason>,
    /// When it ends by itself if nobody is active any more; 0 where it does not.
    pub ends_at: u64,
    /// What may still be alive at the server.
    pub ledger: Vec<Entry>,
    /// The session that was there before the change, where it was asked for and could be opened:
    /// the one to use while `live`, else one that was taken out and has to be revoked.
    pub session: Option<Rc<Session>>,
}

/// A sign-in's answer that was dealt with, so that asking again gives the same.
pub(super) type Answered = (Hidden<String>, Settled);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tab {
    /// Where the session is really kept.
    pub(super) place: Place,
    pub(super) has_session_storage: bool,
    /// What memory holds of the session.
    pub(super) session: Option<Rc<Session>>,
    /// Whom the app is shown. It stays while the page is away and memory is empty.
    pub(super) user: Option<Rc<Claims>>,
    /// Since the page left: the look that ends its absence, 0 before there is one. Until that look is heard
    /// of nothing is taken over: what began before may have been true then alone.
    pub(super) away: Option<Id>,
    pub(super) version: Version,
    /// The generation last seen.
    pub(super) generation: u64,
    /// The transaction in which it was seen.
    order: u64,
    pub(super) looked_at: Option<u64>,
    /// When the session ends by itself, as last seen; 0 where it does not.
    pub(super) ends_at: u64,
    /// Whether that moment is being waited for.
    pub(super) timed: bool,
    /// When this tab last had it noted that somebody is active.
    pub(super) active_at: u64,
    /// The generation that this tab alone has signed out of.
    pub(super) left: Option<u64>,
    /// The note of the last sign-out at the provider that this tab made or has heard of.
    pub(super) ending: u64,
    /// The one that is no longer waited for.
    pub(super) waited: u64,
    /// How many sign-outs have begun and are not yet committed: nothing may be taken into memory.
    pub(super) closing: u32,
    pub(super) metadata: Option<Rc<Metadata>>,
    pub(super) answered: Option<Answered>,
    /// Why a refresh failed, when, and for how many milliseconds from then on the provider is left alone.
    pub(super) trouble: Option<Error>,
    pub(super) failed_at: u64,
    pub(super) pause_ms: u64,
}

impl Tab {
    pub(super) fn new(place: Place, metadata: Option<Rc<Metadata>>) -> Self {
        Self {
            place,
            has_session_storage: true,
            session: None,
            user: None,
            away: None,
            version: Version::default(),
            generation: 0,
            order: 0,
            looked_at: None,
            ends_at: 0,
            timed: false,
            active_at: 0,
            left: None,
            ending: 0,
            waited: 0,
            closing: 0,
            metadata,
            answered: None,
            trouble: None,
            failed_at: 0,
            pause_ms: 0,
        }
    }

    /// The session, if the record was seen so recently that it may be used without another look.
    pub(super) fn fresh(&self, now: u64) -> Option<&Rc<Session>> {
        self.looked_at
            .filter(|at| now.abs_diff(*at) <= FRESH_MS)
            .and(self.session.as_ref())
    }

    /// The version to say when looking: what memory holds, or nothing.
    pub(super) fn known(&self) -> Version {
        if self.session.is_some() {
            self.version
        } else {
            Version::default()
        }
    }

    /// The page leaves: memory is emptied. The record gives the session back.
    pub(super) fn leave(&mut self) {
        self.session = None;
        self.version = Version::default();
        self.away = Some(0);
    }

    /// Whether a later transaction was heard of before this one.
    pub(super) fn has_seen_later(&self, seen: &Seen) -> bool {
        seen.order < self.order
    }

    /// Takes over what the record says, and tells what changed for the app. `content` is the
    /// session that goes with it, `why` the reason if there is none.
    pub(super) fn adopt(
        &mut self,
        seen: &Seen,
        content: Option<&Rc<Session>>,
        now: u64,
        why: Reason,
    ) -> Vec<Event> {
        // A look that was answered late must not bring back what a later one has seen to be over.
        if self.has_seen_later(seen) {
            return Vec::new();
        }
        self.order = seen.order;
        self.generation = seen.generation;
        if self.away.is_some() {
            return Vec::new();
        }
        let usable = seen.live && self.closing == 0 && self.left != Some(seen.generation);
        let known = seen.version == self.version;
        let next = content
            .or(self.session.as_ref().filter(|_| known))
            .filter(|_| usable)
            .cloned();
        if !known {
            self.pause_ms = 0;
        }
        self.version = seen.version;
        self.looked_at = Some(now);
        self.ends_at = seen.ends_at;
        self.replace(next, why)
    }

    fn replace(&mut self, next: Option<Rc<Session>>, why: Reason) -> Vec<Event> {
        let after = next.as_ref().map(|session| session.claims.clone());
        self.session = next;
        let before = core::mem::replace(&mut self.user, after.clone());
        let mut events = Vec::new();
        if before.as_ref().map(|claims| claims.subject())
            == after.as_ref().map(|claims| claims.subject())
        {
            return events;
        }
        if before.is_some() {
            events.push(Event::SignedOut(if after.is_some() {
                Reason::UserChanged
            } else {
                why
            }));
        }
        if let Some(claims) = after {
            events.push(Event::SignedIn(claims));
        }
        events
    }
}
