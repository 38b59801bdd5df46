//! The machine of one tab: `handle` what happened, `poll` what is to be done.

use std::rc::Rc;

use super::asked::Asked;
use super::context::{Context, STRETCH_MS, Step};
use super::input::{Call, Id, Input, Reply, Signal};
use super::logout::{self, Join, Logout};
use super::output::{Effect, Output};
use super::refresh::Use;
use super::sign_in::{self, Callback, Login};
use super::tab::Tab;
use super::watch::{Start, Watch};
use super::withdrawal::Withdrawal;
use super::{Snapshot, Status};
use crate::protocol::json::Parse;
use crate::protocol::options::Place;
use crate::protocol::{Json, Options};

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
            match self.place(id) {
                // What its look will have seen counts all the same: it may be later than what others have.
                Some(place) if matches!(&*place, Operation::Login(login) if login.is_looking()) => {
                    *place = Operation::Watch(Watch::under_way());
                }
                _ => self.forget(id),
            }
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
