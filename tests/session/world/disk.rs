//! The record store: the steps of `src/browser/record.rs`.

use std::collections::BTreeSet;

use nightlatch::protocol::options::Place;
use nightlatch::session::change::{Content, Verdict};
use nightlatch::session::{Change, Record, Reply, Seen, Session};
use serde_json::Value;

use super::{Work, World};
use crate::provider::{core, parse, plain};

/// The one record, as it is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    pub(super) head: Option<String>,
    pub(super) slot: Option<String>,
    pub(crate) sealed: Option<Sealed>,
    /// The keys of sessions that tabs keep for themselves.
    keys: BTreeSet<String>,
}

/// A session as it is stored, with the share that opens it.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(super) share: String,
    pub(crate) text: String,
}

/// One transaction that wrote or decided something.
#[derive(Clone, Debug)]
pub(crate) struct Transacted {
    pub(crate) number: u64,
    pub(crate) tab: usize,
    pub(crate) at: u64,
    pub(crate) change: Change,
    pub(crate) verdict: Verdict,
}

impl World {
    /// The browser forgets this app's record: site data are cleared, or evicted.
    pub(crate) fn delete_record(&mut self) {
        self.disk = Disk::default();
    }

    /// The share to seal with. A new one is put in place by the transaction that keeps its session.
    pub(super) fn share_or_drawn(&mut self) -> Option<String> {
        if self.cookie.is_none() && self.has_cookies {
            self.drawn += 1;
            return Some(format!("share-{}", self.drawn));
        }
        self.cookie.clone()
    }

    /// One transaction. What it revealed is still sealed.
    pub(super) fn transact(
        &mut self,
        tab: usize,
        place: Place,
        change: Change,
        sealed: Option<Sealed>,
    ) -> Work {
        let made = match self.make(tab, place, &change, sealed.clone(), true) {
            None if place == Place::Memory => self.make(tab, place, &change, sealed, false),
            made => made,
        };
        made.unwrap_or(Work::Reply(Reply::Refused(change)))
    }

    fn make(
        &mut self,
        at: usize,
        place: Place,
        change: &Change,
        sealed: Option<Sealed>,
        shared: bool,
    ) -> Option<Work> {
        if shared && (!self.has_record || self.tabs[at].blind) {
            return None;
        }
        let begins = change.begins_session(place);
        let sealed = match sealed {
            // Somebody signed out or in since it was sealed: once more.
            Some(sealed) if begins && self.cookie.is_some() => Some(Sealed {
                share: self.cookie.clone()?,
                ..sealed
            }),
            Some(sealed) if begins => Some(Sealed {
                share: self.share_or_drawn()?,
                ..sealed
            }),
            sealed => sealed,
        };
        let own = sealed.as_ref().map(|sealed| sealed.share.clone());
        let half = self.cookie.clone();
        let (mut record, before, key) = self.load(at, place, shared);
        self.tabs[at].order += 1;
        self.transactions += 1;
        let order = self.tabs[at].order;
        let share = self.cookie.is_some();
        let applied = change.apply(&mut record, place, share, self.clock());
        let in_memory = self.tabs[at].memory.1.clone();
        if applied.write {
            let after = match applied.content {
                Content::Keep => before.clone(),
                Content::Remove => None,
                Content::Replace => sealed,
            };
            if begins && applied.content == Content::Replace {
                self.cookie = own;
            }
            if shared {
                // A transaction that only looks cannot write.
                if change.only_looks(place) {
                    return None;
                }
                self.store(at, place, &record, after, key);
                if place == Place::Browser && applied.content == Content::Remove {
                    self.cookie = None;
                }
                if matches!(change, Change::End | Change::EndAtProvider) {
                    self.disk.keys.clear();
                }
            }
        }
        self.tabs[at].memory.0 = record.clone();
        if place == Place::Memory {
            match applied.content {
                Content::Keep => {}
                Content::Remove => self.tabs[at].memory.1 = None,
                Content::Replace => self.tabs[at].memory.1 = change.session().cloned(),
            }
        }
        let number = self.transactions;
        self.history.push(Transacted {
            number,
            tab: at,
            at: self.now,
            change: change.clone(),
            verdict: applied.verdict,
        });
        let seen = Seen {
            order,
            generation: record.generation,
            version: record.version(),
            live: record.is_live(share || applied.content == Content::Replace, self.now),
            ended: record.ended(self.now),
            ends_at: record.slot.ends_at,
            ledger: record.ledger.clone(),
            session: in_memory.filter(|_| applied.reveal && place == Place::Memory),
        };
        let sealed = before.filter(|_| applied.reveal && place != Place::Memory);
        Some(Work::Open {
            verdict: applied.verdict,
            seen,
            sealed,
            half,
            number,
        })
    }

    fn load(&self, at: usize, place: Place, shared: bool) -> (Record, Option<Sealed>, String) {
        if !shared {
            return (self.tabs[at].memory.0.clone(), None, String::new());
        }
        let read = |text: Option<&String>| {
            text.and_then(|text| parse(text))
                .unwrap_or(core(Value::Null))
        };
        let (slot, sealed, key) = match place {
            Place::Browser => (
                read(self.disk.slot.as_ref()),
                self.disk.sealed.clone(),
                String::new(),
            ),
            Place::Tab => match &self.tabs[at].storage.own {
                Some((key, slot, sealed)) => (
                    read(Some(slot)),
                    sealed.clone().filter(|_| self.disk.keys.contains(key)),
                    key.clone(),
                ),
                None => (
                    core(Value::Null),
                    None,
                    format!("key-{at}-{}", self.transactions),
                ),
            },
            Place::Memory => (self.tabs[at].memory.0.slot.to_json(), None, String::new()),
        };
        (
            Record::from_json(&read(self.disk.head.as_ref()), &slot, self.clock()),
            sealed,
            key,
        )
    }

    fn store(
        &mut self,
        at: usize,
        place: Place,
        record: &Record,
        sealed: Option<Sealed>,
        key: String,
    ) {
        self.disk.head = Some(plain(&record.to_json()).to_string());
        let slot = plain(&record.slot.to_json()).to_string();
        match place {
            Place::Browser => {
                self.disk.slot = Some(slot);
                self.disk.sealed = sealed;
            }
            Place::Tab => {
                if sealed.is_some() {
                    self.disk.keys.insert(key.clone());
                } else {
                    self.disk.keys.remove(&key);
                }
                self.tabs[at].storage.own = Some((key, slot, sealed));
            }
            Place::Memory => {}
        }
    }

    /// The session, if the cookie or the page still has its share.
    pub(super) fn open_sealed(
        &self,
        sealed: Option<&Sealed>,
        halves: [Option<&str>; 2],
    ) -> Option<Session> {
        let sealed = sealed?;
        halves
            .into_iter()
            .flatten()
            .any(|share| share == sealed.share)
            .then(|| Session::from_json(&parse(&sealed.text)?, &self.options))?
    }
}
