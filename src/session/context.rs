//! What an operation may read and do in one step.

use std::rc::Rc;

use super::change::{Change, Verdict};
use super::input::Id;
use super::ledger::{Kind, ending};
use super::logout;
use super::machine::Operation;
use super::output::{Effect, Message, Output, Settled};
use super::tab::{Seen, Tab};
use super::watch::Watch;
use super::withdrawal::Withdrawal;
use super::{Event, Reason, Session};
use crate::protocol::json::Parse;
use crate::protocol::options::{Clear, Place};
use crate::protocol::{self, Error, Metadata, Options, Request, discovery};

/// How long the page is given to leave for the provider before it counts as staying, in milliseconds.
pub(super) const LEAVE_MS: u64 = 10_000;

/// How long the app's own clean-up may take, and whoever holds a database open, in milliseconds.
const WIPE_MS: u64 = 2_000;

/// How long the end of a session is waited for at a time, in milliseconds, and how often activity is noted at least.
pub(super) const STRETCH_MS: u64 = 30_000;

/// Whose effects nobody waits for.
const NOBODY: Id = 0;

/// Where an operation stands after a reply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// It is over.
    End,
    /// It waits for replies.
    Go,
    /// The reply does not belong to it: nothing changed.
    Refuse,
}

/// What an operation may read and do in one step.
pub(super) struct Context<'a> {
    pub(super) id: Id,
    pub(super) now: u64,
    pub(super) parse: Parse<'a>,
    pub(super) options: &'a Options,
    pub(super) tab: &'a mut Tab,
    pub(super) outputs: &'a mut Vec<Output>,
    pub(super) operations: &'a mut Vec<(Id, Operation)>,
    pub(super) own: &'a mut Id,
}

impl Context<'_> {
    pub(super) fn ask(&mut self, part: u8, effect: Effect) {
        self.outputs.push(Output::Perform {
            id: self.id,
            part,
            effect,
        });
    }

    pub(super) fn commit(&mut self, change: Change) {
        self.ask(
            0,
            Effect::Commit {
                place: self.tab.place,
                change,
            },
        );
    }

    pub(super) fn look(&mut self) {
        self.commit(Change::Look {
            known: self.tab.known(),
        });
    }

    pub(super) fn discover(&mut self) {
        self.discover_within(self.options.request_timeout_ms);
    }

    pub(super) fn discover_within(&mut self, timeout_ms: u64) {
        self.ask(
            0,
            Effect::Fetch(Request {
                timeout_ms,
                ..discovery::request(self.options)
            }),
        );
    }

    /// Judges the provider's metadata, and keeps it for this page.
    pub(super) fn discovered(&mut self, answer: &protocol::Answer) -> Result<Rc<Metadata>, Error> {
        let answer = answer.as_ref().map_err(|failure| Error::from(*failure))?;
        let metadata = Rc::new(discovery::response(answer, self.options)?);
        self.tab.metadata = Some(metadata.clone());
        Ok(metadata)
    }

    pub(super) fn put(&mut self, output: Output) {
        self.outputs.push(output);
    }

    pub(super) fn settle(&mut self, result: Result<Settled, Error>) {
        self.settle_for(self.id, result);
    }

    pub(super) fn settle_for(&mut self, id: Id, result: Result<Settled, Error>) {
        self.outputs.push(Output::Settle { id, result });
    }

    pub(super) fn fail(&mut self, error: Error) -> Step {
        self.settle(Err(error));
        Step::End
    }

    /// Nobody is signed in.
    #[inline(never)]
    pub(super) fn nobody(&mut self) -> Step {
        self.fail(logout::login_required())
    }

    /// Hands out the access token that memory holds.
    pub(super) fn hand_out(&mut self, session: &Session) -> Step {
        self.settle(Ok(Settled::AccessToken(session.access_token.clone())));
        Step::End
    }

    /// Revokes a session that nobody holds any more, beside this operation.
    #[inline(never)]
    pub(super) fn withdraw(&mut self, session: &Session, entry: u64) {
        self.beside(|context| Withdrawal::begin(context, session, entry));
    }

    /// Clears a note, beside this operation.
    #[inline(never)]
    pub(super) fn confirm(&mut self, entry: u64) {
        self.beside(|context| Withdrawal::confirm(context, entry));
    }

    /// Begins an operation that nobody waits for, beside this one.
    pub(super) fn beside(&mut self, begin: impl FnOnce(&mut Context<'_>) -> Option<Operation>) {
        let id = self.step_aside();
        let operation = begin(self);
        self.step_back(id, operation);
    }

    /// Gives the number of the operation that goes on later.
    #[inline(never)]
    fn step_aside(&mut self) -> Id {
        *self.own += 1;
        core::mem::replace(&mut self.id, *self.own)
    }

    #[inline(never)]
    fn step_back(&mut self, id: Id, operation: Option<Operation>) {
        if let Some(operation) = operation {
            self.operations.push((self.id, operation));
        }
        self.id = id;
    }

    /// Takes over what the record says. A session that was taken out of it is revoked.
    pub(super) fn see(&mut self, verdict: Verdict, seen: &Seen, why: Reason) {
        // What this tab alone may still hold, if what was taken out cannot be opened. After a later look it is another's.
        let later = self.tab.has_seen_later(seen);
        let held = self.tab.session.clone().filter(|_| !later);
        self.adopt(seen, seen.session.as_ref().filter(|_| seen.live), why);
        let Verdict::Done { entry } = verdict else {
            return;
        };
        if entry != 0 && seen.ended.is_some() {
            self.announce(seen.generation);
        }
        let taken = seen
            .session
            .clone()
            .or(held.filter(|_| entry != 0))
            .filter(|_| !seen.live);
        if let Some(taken) = taken {
            self.withdraw(&taken, entry);
        }
    }

    /// Takes over what the record says, with the session that goes with it.
    pub(super) fn adopt(&mut self, seen: &Seen, content: Option<&Rc<Session>>, why: Reason) {
        if !self.tab.has_seen_later(seen) {
            self.wait_for_provider(seen, why);
        }
        let why = seen.ended.unwrap_or(why);
        for event in self.tab.adopt(seen, content, self.now, why) {
            if let Event::SignedOut(reason) = event {
                // What tabs share is left to those whose session lives.
                self.ended(reason, seen.live || self.tab.place != Place::Browser);
            } else {
                self.put(Output::Event(event));
            }
        }
        self.await_end();
    }

    /// Waits until the session ends by itself, a stretch at a time: a timer may stand still while the computer sleeps.
    pub(super) fn await_end(&mut self) {
        if self.tab.timed || self.tab.ends_at == 0 || self.tab.session.is_none() {
            return;
        }
        self.tab.timed = true;
        let ms = self.tab.ends_at.saturating_sub(self.now).min(STRETCH_MS);
        self.wait_for(ms, Operation::Ageing);
    }

    /// Looks, and takes out a session that has ended by itself. With `idle_ms` somebody is active.
    #[inline(never)]
    pub(super) fn touch(&mut self, idle_ms: u64) {
        self.beside(|context| Some(Watch::touch(context, idle_ms)));
    }

    /// Waits beside this operation.
    #[inline(never)]
    fn wait_for(&mut self, ms: u64, operation: Operation) {
        self.beside(|context| {
            context.ask(0, Effect::Wait(ms));
            Some(operation)
        });
    }

    /// Tells that the session ended here, and has the app's data go with it.
    pub(super) fn ended(&mut self, reason: Reason, alone: bool) {
        self.put(Output::Abort);
        let clear = self.options.clear.clone();
        self.wipe(NOBODY, clear, alone, WIPE_MS);
        self.put(Output::Event(Event::SignedOut(reason)));
    }

    /// Has the app clean up, and wipes, for `id`.
    #[inline(never)]
    pub(super) fn wipe(&mut self, id: Id, clear: Clear, alone: bool, within: u64) {
        let effect = Effect::Wipe {
            clear,
            // In another tab the keys of a sign-in under way are needed to say that it was overtaken.
            own: id != NOBODY && !alone,
            alone,
            within: within.min(WIPE_MS),
        };
        let part = 0;
        self.put(Output::Perform { id, part, effect });
    }

    /// Shows for a while that another tab is on its way to the provider. It may never come back, so
    /// nothing that it does is waited for.
    fn wait_for_provider(&mut self, seen: &Seen, why: Reason) {
        let tab = &mut *self.tab;
        if let Some(note) = ending(&seen.ledger) {
            let age = self.now.abs_diff(note.at);
            let known = core::mem::replace(&mut tab.ending, note.id) == note.id;
            // A tab that signs out itself knows better how far it is.
            if note.kind == Kind::Leaving && why != Reason::Logout && age < LEAVE_MS {
                if !known {
                    self.wait_for(LEAVE_MS - age, Operation::Ending(note.id));
                }
                return;
            }
        }
        tab.waited = tab.ending;
    }

    /// Looks again where a later look was heard of before `seen`, and judged without knowing of it.
    pub(super) fn catch_up(&mut self, seen: &Seen) {
        if self.tab.has_seen_later(seen) {
            self.beside(|context| Some(Watch::begin(context)));
        }
    }

    /// Forgets the key share, unless another commit needs it.
    pub(super) fn forget(&mut self) {
        if self.tab.closing == 0 {
            self.put(Output::Forget);
        }
    }

    /// Tells the other tabs by both carriers.
    pub(super) fn announce(&mut self, generation: u64) {
        self.put(Output::Post(Message::Look { generation }));
        self.put(Output::Mark);
    }
}
