//! Looking at the record: at the start, and whenever something may have changed.

use super::Reason;
use super::change::Change;
use super::context::{Context, Step};
use super::input::Reply;
use super::machine::Operation;
use super::output::{Effect, Message, Output, Settled};
use crate::protocol::Json;
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

/// How long the look of a page that is back may take before the page is loaded anew, in milliseconds.
const RETURN_MS: u64 = 5_000;

/// A look because of a message, the mark, or because the tab was away.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Watch {
    again: bool,
    /// Whether it ends what it finds.
    ends: bool,
    /// Whether it notes that somebody is active, which the others are told.
    notes: bool,
}

impl Watch {
    pub(super) fn begin(context: &mut Context<'_>) -> Operation {
        context.look();
        Operation::Watch(Self::under_way())
    }

    /// A look that has begun.
    pub(super) const fn under_way() -> Self {
        Self {
            again: false,
            ends: false,
            notes: false,
        }
    }

    /// Looks, and takes out a session that has ended by itself. With `idle_ms` somebody is active.
    pub(super) fn touch(context: &mut Context<'_>, idle_ms: u64) -> Operation {
        context.commit(Change::Touch {
            known: context.tab.known(),
            idle_ms,
        });
        Operation::Watch(Self {
            notes: idle_ms > 0,
            ..Self::under_way()
        })
    }

    /// The look of a page that is back. It ends the absence.
    pub(super) fn restore(context: &mut Context<'_>) -> Operation {
        if let Some(look) = &mut context.tab.away {
            *look = context.id;
            context.ask(1, Effect::Wait(RETURN_MS));
        }
        Self::begin(context)
    }

    /// Ends what came after a sign-out that is still under way.
    pub(super) fn end(context: &mut Context<'_>, change: Change) -> Operation {
        context.put(Output::Shut);
        context.put(Output::Abort);
        context.tab.session = None;
        if context.tab.user.take().is_some() {
            context.ended(Reason::Logout, false);
        }
        context.tab.closing += 1;
        context.commit(change);
        Operation::Watch(Self {
            ends: true,
            ..Self::under_way()
        })
    }

    pub(super) fn look_again(&mut self) {
        self.again = true;
    }

    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        let restores = context.tab.away == Some(context.id);
        let (verdict, seen) = match reply {
            Reply::Committed { verdict, seen } => (verdict, seen),
            // The record cannot be had. Nothing of the session may show until it is known to live.
            Reply::Woken if restores && context.tab.user.is_some() => {
                context.put(Output::Reveal("".into()));
                return Step::Go;
            }
            _ => return Step::Refuse,
        };
        let mut why = Reason::OtherTab;
        if restores {
            if context.tab.has_seen_later(seen) {
                context.look();
                return Step::Go;
            }
            context.tab.away = None;
        }
        let before = context.tab.user.clone();
        if core::mem::take(&mut self.ends) {
            why = Reason::Logout;
            context.tab.closing -= 1;
            self.again |= context.tab.has_seen_later(seen);
            context.forget();
            context.announce(seen.generation);
        }
        context.see(*verdict, seen, why);
        if core::mem::take(&mut self.notes) {
            context.put(Output::Post(Message::Look {
                generation: seen.generation,
            }));
        }
        let user = &context.tab.user;
        let ended = before.is_some() && user.is_none();
        if restores {
            let same = before.is_none()
                || before.as_ref().map(|user| user.subject())
                    == user.as_ref().map(|user| user.subject());
            context.put(Output::Reveal(if same {
                Json::Null
            } else {
                context.options.restored.clone()
            }));
        }
        if ended {
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
