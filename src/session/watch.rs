//! Looking at the record: at the start, and whenever something may have changed.

use super::machine::{Context, Effect, Message, Operation, Output, Reply, Settled, Step};
use super::record::Change;
use super::Reason;
use crate::protocol::options::Place;

/// The first look of a page.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Start {
    Opening,
    Probing,
}

impl Start {
    pub(super) fn begin(context: &mut Context<'_>) -> Step {
        context.ask(0, Effect::Probe);
        Step::Go(Operation::Start(Self::Probing))
    }

    pub(super) fn step(self, context: &mut Context<'_>, reply: Reply) -> Step {
        match (self, reply) {
            (Self::Probing, Reply::Probed { record, cookies, session_storage }) => {
                context.tab.has_session_storage = session_storage;
                context.tab.place = match context.options.place {
                    Place::Browser if record && cookies => Place::Browser,
                    Place::Tab if record && cookies && session_storage => Place::Tab,
                    _ => Place::Memory,
                };
                context.commit(Change::Open);
                Step::Go(Operation::Start(Self::Opening))
            }
            (Self::Opening, Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                context.settle(Ok(Settled::Done));
                Step::End
            }
            (start, _) => Step::Refuse(Operation::Start(start)),
        }
    }
}

/// A look because of a message, the mark, or because the tab was away.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watch {
    again: bool,
}

impl Watch {
    pub(super) fn begin(context: &mut Context<'_>) -> Step {
        context.commit(Change::Look { known: context.tab.known() });
        Step::Go(Operation::Watch(Self { again: false }))
    }

    pub(super) fn look_again(&mut self) {
        self.again = true;
    }

    pub(super) fn step(self, context: &mut Context<'_>, reply: Reply) -> Step {
        let Reply::Committed { seen, .. } = reply else { return Step::Refuse(Operation::Watch(self)) };
        let was_signed_in = context.tab.session.is_some();
        context.see(&seen, Reason::OtherTab);
        if was_signed_in && context.tab.session.is_none() {
            context.put(Output::Post(Message::Acknowledge { generation: seen.generation }));
        }
        if self.again { Self::begin(context) } else { Step::End }
    }
}
