//! Looking at the record: at the start, and whenever something may have changed.

use super::Reason;
use super::input::Reply;
use super::machine::{Context, Operation, Step};
use super::output::{Effect, Message, Output, Settled};
use super::record::Change;
use crate::protocol::options::Place;

/// The first look of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Start {
    Opening,
    Probing,
}

impl Start {
    pub(super) fn begin(context: &mut Context<'_>) -> Operation {
        context.ask(0, Effect::Probe);
        Operation::Start(Self::Probing)
    }

    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        match (*self, reply) {
            (
                Self::Probing,
                &Reply::Probed {
                    record,
                    cookies,
                    session_storage,
                },
            ) => {
                context.tab.has_session_storage = session_storage;
                context.tab.place = match context.options.place {
                    Place::Browser if record && cookies => Place::Browser,
                    Place::Tab if record && cookies && session_storage => Place::Tab,
                    _ => Place::Memory,
                };
                context.commit(Change::Open);
                *self = Self::Opening;
                Step::Go
            }
            (Self::Opening, Reply::Committed { verdict, seen }) => {
                context.see(*verdict, seen, Reason::OtherTab);
                context.settle(Ok(Settled::Done));
                Step::End
            }
            _ => Step::Refuse,
        }
    }
}

/// A look because of a message, the mark, or because the tab was away.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watch {
    again: bool,
    /// Whether it ends what it finds.
    ends: bool,
}

impl Watch {
    pub(super) fn begin(context: &mut Context<'_>) -> Operation {
        context.look();
        Operation::Watch(Self {
            again: false,
            ends: false,
        })
    }

    /// Ends what came after a sign-out that is still under way.
    pub(super) fn end(context: &mut Context<'_>, change: Change) -> Operation {
        context.put(Output::Shut);
        context.put(Output::Abort);
        if context.tab.session.take().is_some() {
            context.ended(Reason::Logout, false);
        }
        context.tab.closing += 1;
        context.commit(change);
        Operation::Watch(Self {
            again: false,
            ends: true,
        })
    }

    pub(super) fn look_again(&mut self) {
        self.again = true;
    }

    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        let Reply::Committed { verdict, seen } = reply else {
            return Step::Refuse;
        };
        let mut why = Reason::OtherTab;
        let was_signed_in = context.tab.session.is_some();
        if core::mem::take(&mut self.ends) {
            why = Reason::Logout;
            context.tab.closing -= 1;
            self.again |= context.tab.has_seen_later(seen);
            context.forget();
            context.announce(seen.generation);
        }
        context.see(*verdict, seen, why);
        if was_signed_in && context.tab.session.is_none() {
            context.put(Output::Post(Message::Acknowledge {
                generation: seen.generation,
            }));
        }
        if !core::mem::take(&mut self.again) {
            return Step::End;
        }
        context.look();
        Step::Go
    }
}
