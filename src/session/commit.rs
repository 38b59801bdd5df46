//! The transactions that a tab has under way, and the session that it keeps in memory alone.
//!
//! The shell reads, seals, writes and opens; what is written is decided by [`Change::apply`], which
//! [`Commits::apply`] runs inside the shell's transaction.

use std::rc::Rc;

use super::Session;
use super::change::{Applied, Change, Content};
use super::input::{Id, Reply};
use super::record::Record;
use super::tab::Seen;
use crate::protocol::options::Place;
use crate::protocol::{Json, Members, Options};

/// What one tab has under way at the record.
#[derive(Debug, Default)]
pub struct Commits {
    pending: Vec<Commit>,
    /// What is kept in memory alone: by option, or because the browser keeps nothing else.
    memory: (Record, Option<Rc<Session>>),
    order: u64,
}

#[derive(Debug)]
struct Commit {
    id: Id,
    part: u8,
    place: Place,
    change: Change,
    made: Option<Made>,
}

#[derive(Debug)]
struct Made {
    order: u64,
    record: Record,
    share: bool,
    applied: Applied,
    now: u64,
}

impl Commits {
    /// Begins a transaction. The plan says what the shell has to do before and in it:
    /// `{ place, session, begins, looks, ends }`.
    pub fn begin(
        &mut self,
        id: Id,
        part: u8,
        place: Place,
        change: Change,
        options: &Options,
    ) -> Json {
        let session = change
            .session()
            .filter(|_| place != Place::Memory)
            .map_or(Json::Null, |session| session.to_json(options));
        let plan = Members::new()
            .with("place", place.as_str())
            .with("session", session)
            .with("begins", change.begins_session(place))
            .with("looks", change.only_looks(place))
            .with(
                "ends",
                matches!(change, Change::End | Change::EndAtProvider),
            )
            .object();
        self.pending.push(Commit {
            id,
            part,
            place,
            change,
            made: None,
        });
        plan
    }

    /// Makes the change inside the transaction. `stored` is `{ head, slot, share }` as read; the
    /// answer is `{ write, head, slot, content, reveal }`. A transaction that failed may be tried again.
    pub fn apply(&mut self, id: Id, part: u8, stored: &Json, now: u64) -> Option<Json> {
        let at = self.position(id, part)?;
        let commit = self.pending.get_mut(at)?;
        let mut record = Record::from_json(stored.member("head"), stored.member("slot"), now);
        if commit.place == Place::Memory {
            record.slot = self.memory.0.slot;
        }
        let share = stored.member("share").is_true();
        let applied = commit.change.apply(&mut record, commit.place, share, now);
        let answer = Members::new()
            .with("write", applied.write)
            .with("head", record.to_json())
            .with("slot", record.slot.to_json())
            .with("content", applied.content.as_str())
            .with("reveal", applied.reveal)
            .object();
        // Numbered here and not when all is opened: it says in which order the record was read.
        self.order += 1;
        commit.made = Some(Made {
            order: self.order,
            record,
            share,
            applied,
            now,
        });
        Some(answer)
    }

    /// Ends a transaction that was committed. `before` is the session that was there, opened, where
    /// that was asked for and could be done.
    pub fn committed(
        &mut self,
        id: Id,
        part: u8,
        before: &Json,
        options: &Options,
    ) -> Option<Reply> {
        let at = self.position(id, part)?;
        let commit = self.pending.remove(at);
        let opened = Session::from_json(before, options).map(Rc::new);
        Some(self.reply(commit.made?, commit.place, &commit.change, opened))
    }

    /// Ends a transaction that the browser refuses. What is kept in memory goes on without it; what was sealed before, as
    /// long as the key share in the cookie stands.
    pub fn refused(&mut self, id: Id, part: u8, share: bool, now: u64) -> Option<Reply> {
        let at = self.position(id, part)?;
        let Commit { place, change, .. } = self.pending.remove(at);
        if place != Place::Memory {
            return Some(Reply::Refused(change));
        }
        let mut record = self.memory.0.clone();
        let applied = change.apply(&mut record, place, share, now);
        self.order += 1;
        let made = Made {
            order: self.order,
            record,
            share,
            applied,
            now,
        };
        Some(self.reply(made, place, &change, None))
    }

    fn reply(
        &mut self,
        made: Made,
        place: Place,
        change: &Change,
        opened: Option<Rc<Session>>,
    ) -> Reply {
        let Made {
            order,
            record,
            share,
            applied,
            now,
        } = made;
        let mut session = opened;
        if place == Place::Memory {
            let held = &mut self.memory.1;
            session = held.clone().filter(|_| applied.reveal);
            match applied.content {
                Content::Keep => {}
                Content::Remove => *held = None,
                Content::Replace => *held = change.session().cloned(),
            }
        }
        let seen = Seen {
            order,
            generation: record.generation,
            version: record.version(),
            live: record.is_live(share || applied.content == Content::Replace, now),
            ended: record.ended(now),
            ends_at: record.slot.ends_at,
            ledger: record.ledger.clone(),
            session,
        };
        self.memory.0 = record;
        Reply::Committed {
            verdict: applied.verdict,
            seen,
        }
    }

    fn position(&self, id: Id, part: u8) -> Option<usize> {
        self.pending
            .iter()
            .position(|commit| commit.id == id && commit.part == part)
    }
}
