//! Transactions: what runs inside them, what is sealed before, and the order in which they begin.
//!
//! The key share is read when sealing begins, and again inside the transaction. If it is another one by
//! then, a sign-in is sealed once more. A new share is put in place inside the transaction that keeps its
//! session, and not before: it would bring to life what another tab is just ending.

use nightlatch::protocol::options::Place;
use nightlatch::session::Change;
use nightlatch::session::change::Content;
use nightlatch::session::ledger::Entry;

use crate::books::Number;
use crate::machines::{START, Told};
use crate::properties::{is_about_provider, to_provider};
use crate::server::Token;
use crate::shell::put;
use crate::state::{Job, Page, Sealed, Sight, State, Work};
use crate::world::World;

impl World {
    /// Runs a transaction.
    pub(crate) fn transact(&mut self, state: &mut State, tab: usize, at: usize) {
        let job = state.pages[tab].jobs.remove(at);
        let Work::Commit {
            change,
            sealed,
            share,
        } = job.work
        else {
            unreachable!("no transaction");
        };
        let begins = self
            .machines
            .changes
            .get(change)
            .begins_session(Place::Browser);
        if begins && !self.hasty && state.cookie != share {
            // Somebody signed out or in since it was sealed: once more.
            let work = self.seal(state, change);
            return put(&mut state.pages[tab], Job { work, ..job });
        }
        let now = self.now(state, Told::Woken);
        let page = &mut state.pages[tab];
        page.queue
            .retain(|queued| *queued != (job.id, job.part, change));
        let order = page.last_order() + 1;
        let before = state.record.clone();
        let may_live = to_provider(state);
        let share = state.cookie.is_some();
        let made = self.machines.changes.get(change).clone();
        let applied = made.apply(&mut state.record, Place::Browser, share, now);
        let revealed = state.sealed.filter(|_| applied.reveal);
        let shares = [state.cookie, state.pages[tab].kept];
        let opened = revealed
            .filter(|sealed| shares.contains(&Some(sealed.share)))
            .map(|sealed| sealed.session);
        if applied.content != Content::Keep && self.is_lost(state, tab) {
            state.ghost.lost = true;
        }
        if applied.write {
            assert!(!made.only_looks(Place::Browser), "a look that writes");
            state.record.is_new = false;
            match applied.content {
                Content::Keep => {}
                Content::Remove => {
                    state.sealed = None;
                    state.cookie = None;
                }
                Content::Replace => state.sealed = sealed,
            }
            if begins && applied.content == Content::Replace {
                state.cookie = sealed.map(|sealed| sealed.share);
            }
        } else {
            state.record = before;
        }
        let ending = |entry: &&Entry| is_about_provider(entry);
        let sight = Sight {
            ending: state.record.ledger.iter().find(ending).copied(),
            verdict: applied.verdict,
            order,
            generation: state.record.generation,
            version: state.record.version(),
            live: state
                .record
                .is_live(share || applied.content == Content::Replace, now),
        };
        self.witness(state, tab, &made, applied.verdict);
        self.witness_return(state, tab, &made, applied.content, may_live);
        let work = Work::Open {
            change,
            sight,
            opens: revealed.is_some(),
            session: opened,
            ended: state.ghost.ended,
        };
        let confirms = matches!(made, Change::Confirm { .. });
        put(&mut state.pages[tab], Job { work, ..job });
        // Clearing a note is housekeeping: nobody does anything about it.
        if confirms && state.pages[tab].is_here() {
            let at = state.pages[tab].jobs.iter().position(|other| {
                other.id == job.id
                    && other.part == job.part
                    && matches!(other.work, Work::Open { change: own, .. } if own == change)
            });
            self.deliver(state, tab, at.unwrap());
        }
    }

    /// Whether what stands in the record can be opened by another page alone, which signs out.
    fn is_lost(&self, state: &State, tab: usize) -> bool {
        state.sealed.is_some_and(|sealed| {
            let share = Some(sealed.share);
            let others = (0..state.pages.len()).filter(|other| *other != tab);
            state.cookie != share
                && state.pages[tab].kept != share
                && others
                    .into_iter()
                    .any(|other| state.pages[other].kept == share)
        })
    }

    /// Sealing reads the share, and draws one where a session begins. The transaction puts it in place.
    pub(crate) fn seal(&mut self, state: &mut State, change: Number) -> Work {
        let made = self.machines.changes.get(change);
        let begins = made.begins_session(Place::Browser);
        let share = state.cookie;
        let mut own = share;
        if begins && share.is_none() {
            state.shares += 1;
            own = Some(state.shares);
            if self.hasty {
                state.cookie = own;
            }
        }
        let session = made.session().cloned();
        let sealed = session.zip(own).map(|(session, share)| Sealed {
            share,
            session: self.machines.sessions.number(session),
        });
        Work::Commit {
            change,
            sealed,
            share,
        }
    }

    /// The token that a new page would find.
    pub(crate) fn in_record(&self, state: &State) -> Option<Token> {
        let sealed = state.sealed.filter(|sealed| {
            state.record.is_live(state.cookie.is_some(), START)
                && state.cookie == Some(sealed.share)
        });
        sealed.map(|sealed| self.machines.session_token(sealed.session))
    }
}

impl Page {
    /// Whether a transaction may begin.
    pub(crate) fn may_begin(&self, job: &Job, change: Number) -> bool {
        let own = (job.id, job.part, change);
        self.queue.first() == Some(&own) || !self.queue.contains(&own)
    }

    /// Whether the page may hear of a transaction: in order, but that opening takes what it takes.
    pub(crate) fn may_hear(&self, order: u64) -> bool {
        !self.jobs.iter().any(
            |job| matches!(job.work, Work::Open { sight, opens: false, .. } if sight.order < order),
        )
    }

    /// The order of the last transaction.
    fn last_order(&self) -> u64 {
        let orders = self.jobs.iter().filter_map(|job| match job.work {
            Work::Open { sight, .. } => Some(sight.order),
            _ => None,
        });
        orders.fold(self.order, u64::max)
    }

    /// Orders are only held against each other: those to come follow without gaps, and all that come
    /// too late are alike.
    pub(crate) fn close_ranks(&mut self) {
        let last = self.order;
        let mut orders: Vec<_> = self
            .jobs
            .iter_mut()
            .filter_map(|job| match &mut job.work {
                Work::Open { sight, .. } => Some(&mut sight.order),
                _ => None,
            })
            .collect();
        orders.sort_unstable();
        let mut next = last;
        for order in orders {
            if *order < last {
                *order = last - 1;
            } else {
                next += 1;
                *order = next;
            }
        }
    }
}
