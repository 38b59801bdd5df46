//! The machine of one tab: `handle` what happened, `poll` what is to be done.

use std::rc::Rc;

use super::asked::Asked;
use super::input::{Call, Id, Input, Reply, Signal};
use super::logout::{self, Join, Logout};
use super::output::{Effect, Message, Output, Settled};
use super::record::{Change, Kind, Verdict, ending};
use super::refresh::Use;
use super::sign_in::{self, Callback, Login};
use super::tab::{Seen, Tab};
use super::watch::{Start, Watch};
use super::withdrawal::Withdrawal;
use super::{Event, Reason, Session, Snapshot, Status};
use crate::protocol::json::Parse;
use crate::protocol::options::{Clear, Place};
use crate::protocol::{self, Error, Json, Metadata, Options, Request, discovery};

/// How long the page is given to leave for the provider before it counts as staying, in milliseconds.
pub(super) const LEAVE_MS: u64 = 10_000;

/// How long the app's own clean-up may take, and whoever holds a database open, in milliseconds.
const WIPE_MS: u64 = 2_000;

/// How long the end of a session is waited for at a time, in milliseconds, and how often activity is noted at least.
const STRETCH_MS: u64 = 30_000;

/// Whose effects nobody waits for.
const NOBODY: Id = 0;

/// A reply that nothing asked for, or a number that is in use. Nothing was changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Misuse;

/// One tab's session machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Machine {
    options: Rc<Options>,
    tab: Tab,
    operations: Vec<(Id, Operation)>,
    outputs: Vec<Output>,
    shown: Option<Snapshot>,
    /// Numbers what the machine does on its own, above the numbers of the app.
    own: Id,
}

/// What is under way. Several may be, and each keeps its own place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operation {
    /// The moment in which the session ends by itself is waited for.
    Ageing,
    Callback(Box<Callback>),
    /// Another tab is on its way to the provider, says this note.
    Ending(u64),
    Login(Box<Login>),
    Logout(Box<Logout>),
    Start(Start),
    Use(Box<Use>),
    Watch(Watch),
    Withdrawal(Withdrawal),
}

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
    outputs: &'a mut Vec<Output>,
    operations: &'a mut Vec<(Id, Operation)>,
    own: &'a mut Id,
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
    fn await_end(&mut self) {
        if self.tab.timed || self.tab.ends_at == 0 || self.tab.session.is_none() {
            return;
        }
        self.tab.timed = true;
        let ms = self.tab.ends_at.saturating_sub(self.now).min(STRETCH_MS);
        self.wait_for(ms, Operation::Ageing);
    }

    /// Looks, and takes out a session that has ended by itself. With `idle_ms` somebody is active.
    #[inline(never)]
    fn touch(&mut self, idle_ms: u64) {
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

impl Machine {
    /// A machine that knows nothing yet. [`Call::Start`] comes first.
    pub fn new(options: Rc<Options>) -> Self {
        let tab = Tab::new(options.place, options.metadata.clone());
        Self {
            options,
            tab,
            operations: Vec::new(),
            outputs: Vec::new(),
            shown: None,
            own: 1 << 31,
        }
    }

    /// The options it was made with.
    pub fn options(&self) -> &Rc<Options> {
        &self.options
    }

    /// Takes what happened. [`Machine::poll`] has to be drained after every call.
    ///
    /// # Errors
    /// [`Misuse`], with nothing changed. A late reply to an operation that has moved on is one.
    pub fn handle(&mut self, now: u64, parse: Parse<'_>, input: Input) -> Result<(), Misuse> {
        let before = self.tab.version;
        match input {
            Input::Call { id, .. } if self.operations.iter().any(|(own, _)| *own == id) => {
                return Err(Misuse);
            }
            Input::Call { id, call } => self.call(id, &call, now, parse),
            // The session goes on in memory, and the app is shown so.
            Input::Reply {
                id,
                part,
                reply: Reply::Refused(change),
            } if self.operations.iter().any(|(own, _)| *own == id) => {
                self.tab.place = Place::Memory;
                let effect = Effect::Commit {
                    place: Place::Memory,
                    change,
                };
                self.outputs.push(Output::Perform { id, part, effect });
            }
            Input::Reply { id, part, reply } => {
                if self.advance(id, part, &reply, now, parse) == Step::Refuse {
                    return Err(Misuse);
                }
            }
            Input::Signal(signal) => self.signal(signal, now, parse),
        }
        if self.tab.version != before || self.tab.user.is_none() && self.tab.away.is_none() {
            // Those who wait for another's refresh look again.
            for id in self.ids(|operation| matches!(operation, Operation::Use(operation) if operation.is_waiting())) {
                self.advance(id, 0, &Reply::Woken, now, parse);
            }
        }
        self.show();
        Ok(())
    }

    /// Gives what is to be done next, in order.
    pub fn poll(&mut self) -> Option<Output> {
        if self.outputs.is_empty() {
            None
        } else {
            Some(self.outputs.remove(0))
        }
    }

    fn call(&mut self, id: Id, call: &Call, now: u64, parse: Parse<'_>) {
        if let Call::Callback { address, .. } = call {
            for (_, operation) in &mut self.operations {
                if let Operation::Callback(callback) = operation
                    && callback.join(id, address)
                {
                    return;
                }
            }
        }
        let context = &mut self.context(id, now, parse);
        let operation = match call {
            Call::Start { left } => {
                context.tab.left = left.as_ref().and_then(Json::count);
                Some(Start::begin(context))
            }
            Call::Login {
                options,
                here,
                entropy,
            } => Login::begin(context, options, here, entropy),
            Call::Callback {
                address,
                here,
                sign_in,
                sign_out,
            } => Callback::begin(context, address, here, sign_in.as_ref(), sign_out.as_ref()),
            Call::Token { options } => Use::begin(context, options),
            Call::Logout { options, entropy } => {
                return self.log_out(id, options, entropy, now, parse);
            }
        };
        if let Some(operation) = operation {
            self.operations.push((id, operation));
        }
    }

    fn log_out(&mut self, id: Id, options: &Json, entropy: &[u8; 32], now: u64, parse: Parse<'_>) {
        let asked = match Asked::parse(options, &self.options) {
            Ok(asked) => asked,
            Err(error) => return self.context(id, now, parse).settle(Err(error)),
        };
        for (_, operation) in &mut self.operations {
            if let Operation::Logout(logout) = operation {
                match logout.join(id, &asked) {
                    // Somebody may have signed in since it was committed.
                    Join::Shared => {
                        let context = &mut self.context(id, now, parse);
                        return context.beside(|context| Some(Watch::end(context, asked.end())));
                    }
                    Join::Apart => {}
                }
            }
        }
        if !asked.is_dry() {
            self.call_off(&asked);
        }
        // Whoever waits for a token is told at once. What is under way is left to finish, so that
        // its tokens are revoked when they arrive.
        let waiting = self.ids(|operation| matches!(operation, Operation::Use(_)));
        let begun = Logout::begin(&mut self.context(id, now, parse), asked, entropy, &waiting);
        if let Some(operation) = begun {
            self.operations.push((id, operation));
        }
    }

    /// Calls off the sign-ins that a sign-out meets in this tab.
    fn call_off(&mut self, asked: &Asked) {
        for id in
            self.ids(|operation| matches!(operation, Operation::Login(login) if !login.has_left()))
        {
            self.forget(id);
            let result = Err(sign_in::superseded());
            self.outputs.push(Output::Settle { id, result });
        }
        for (_, operation) in &mut self.operations {
            // In the other scopes the record itself refuses it.
            if let Operation::Callback(callback) = operation
                && asked.is_alone()
            {
                callback.call_off();
            }
        }
    }

    fn forget(&mut self, id: Id) {
        if let Some(at) = self.operations.iter().position(|(own, _)| *own == id) {
            self.operations.remove(at);
        }
    }

    #[inline(never)]
    fn place(&mut self, id: Id) -> Option<&mut Operation> {
        let mut operations = self.operations.iter_mut();
        operations.find_map(|(own, operation)| (*own == id).then_some(operation))
    }

    fn advance(&mut self, id: Id, part: u8, reply: &Reply, now: u64, parse: Parse<'_>) -> Step {
        // What stands in its place meanwhile is never met.
        let mut operation = Operation::Ageing;
        let Some(place) = self.place(id) else {
            return Step::Refuse;
        };
        core::mem::swap(place, &mut operation);
        let context = &mut self.context(id, now, parse);
        let step = match &mut operation {
            Operation::Callback(operation) => operation.step(context, reply),
            Operation::Ageing | Operation::Ending(_) if !matches!(reply, Reply::Woken) => {
                Step::Refuse
            }
            Operation::Ageing => {
                context.tab.timed = false;
                if context.tab.session.is_some() && context.now < context.tab.ends_at {
                    context.await_end();
                } else if context.tab.away.is_none() {
                    context.touch(0);
                }
                Step::End
            }
            Operation::Ending(note) => {
                // A later note has a time of its own.
                if context.tab.ending == *note {
                    context.tab.waited = *note;
                }
                Step::End
            }
            Operation::Login(operation) => operation.step(context, reply),
            Operation::Logout(operation) => operation.step(context, part, reply),
            Operation::Start(operation) => operation.step(context, reply),
            Operation::Use(operation) => operation.step(context, reply),
            Operation::Watch(operation) => operation.step(context, reply),
            Operation::Withdrawal(operation) => operation.step(context, reply),
        };
        if step == Step::End {
            self.forget(id);
        } else if let Some(place) = self.place(id) {
            *place = operation;
        }
        step
    }

    fn signal(&mut self, signal: Signal, now: u64, parse: Parse<'_>) {
        match signal {
            Signal::Acknowledged { generation } => {
                for (_, operation) in &mut self.operations {
                    if let Operation::Logout(logout) = operation {
                        logout.acknowledge(generation);
                    }
                }
            }
            // What happens within a tenth of the time is one activity.
            Signal::Active => {
                let idle_ms = self.options.limits.idle_ms;
                if self.tab.session.is_some()
                    && now.abs_diff(self.tab.active_at) >= (idle_ms / 10).min(STRETCH_MS)
                {
                    self.tab.active_at = now;
                    self.context(0, now, parse).touch(idle_ms);
                }
            }
            Signal::Away => {
                for id in self.ids(|operation| matches!(operation, Operation::Logout(_))) {
                    self.advance(id, logout::part::AWAY, &Reply::Woken, now, parse);
                }
                self.tab.leave();
                if self.tab.user.is_some() {
                    self.outputs.push(Output::Hide);
                }
            }
            // A page that is seen is back, whatever its browser has said.
            Signal::Look if self.tab.away == Some(0) => self.signal(Signal::Restored, now, parse),
            Signal::Restored => {
                for id in self.ids(|operation| match operation {
                    Operation::Login(login) => login.has_left(),
                    Operation::Logout(logout) => logout.has_left(),
                    _ => false,
                }) {
                    self.forget(id);
                }
                self.context(0, now, parse)
                    .beside(|context| Some(Watch::restore(context)));
            }
            Signal::Look => {
                // The browser is online again, the page is seen again: it is worth a try.
                self.tab.pause_ms = 0;
                // A look under way may have been too early: it is followed by another.
                for (_, operation) in &mut self.operations {
                    if let Operation::Watch(watch) = operation {
                        return watch.look_again();
                    }
                }
                self.context(0, now, parse)
                    .beside(|context| Some(Watch::begin(context)));
            }
        }
    }

    fn ids(&self, of: fn(&Operation) -> bool) -> Vec<Id> {
        let mut ids = Vec::new();
        for (id, operation) in &self.operations {
            if of(operation) {
                ids.push(*id);
            }
        }
        ids
    }

    fn context<'a>(&'a mut self, id: Id, now: u64, parse: Parse<'a>) -> Context<'a> {
        Context {
            id,
            now,
            parse,
            options: &self.options,
            tab: &mut self.tab,
            outputs: &mut self.outputs,
            operations: &mut self.operations,
            own: &mut self.own,
        }
    }

    /// Shows the app where the tab stands, if that is something new.
    fn show(&mut self) {
        // While the page is away nothing is known: what is shown stays.
        if self.tab.away.is_some() && self.tab.user.is_some() {
            return;
        }
        let session = self.tab.session.as_ref();
        let mut status = if session.is_some() {
            Status::SignedIn
        } else if self.tab.ending == self.tab.waited {
            Status::SignedOut
        } else {
            Status::SigningOut
        };
        for (_, operation) in &self.operations {
            match operation {
                // Whoever has signed in since is signed in, and is handed tokens.
                Operation::Logout(logout) if session.is_none() && logout.is_signing_out() => {
                    status = Status::SigningOut;
                    break;
                }
                // Whoever signs in once more goes on with the session that there is.
                Operation::Login(_) | Operation::Callback(_) if session.is_none() => {
                    status = Status::SigningIn;
                }
                _ => {}
            }
        }
        let snapshot = Snapshot {
            status,
            user: session.map(|session| session.claims.clone()),
            expires_at: session.and_then(|session| session.expires_at),
            ends_at: session.and(Some(self.tab.ends_at).filter(|at| *at != 0)),
            scope: session.map(|session| session.scope.clone()),
            place: self.tab.place,
        };
        if self.shown.as_ref() != Some(&snapshot) {
            self.shown = Some(snapshot.clone());
            // Whoever is told what happened must already see where the tab stands.
            let first = self
                .outputs
                .iter()
                .position(|output| matches!(output, Output::Event(_)));
            self.outputs
                .insert(first.unwrap_or(self.outputs.len()), Output::Show(snapshot));
        }
    }
}
