//! Handing out an access token: look, and refresh if need be. One request for all tabs and callers.

use super::logout::login_required;
use super::machine::{Context, Effect, Operation, Output, Reply, Settled, Step};
use super::record::{Change, Verdict, Version};
use super::tab::Seen;
use super::withdrawal::Withdrawal;
use super::{Event, Reason, Session};
use crate::protocol::id_token::{self, Expected};
use crate::protocol::options::{self, invalid};
use crate::protocol::{Code, Error, Failure, Json, Result, Tokens, token};

/// How long a waiting call sleeps before it looks by itself, in milliseconds.
const NAP_MS: u64 = 250;

/// How much longer than a request may take somebody else's attempt is waited for, in milliseconds.
const GRACE_MS: u64 = 2_000;

/// A call for an access token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Use {
    min_validity_ms: u64,
    force: bool,
    began_at: u64,
    /// Whose token was asked for, where somebody was signed in.
    subject: Option<String>,
    /// The version that a forced refresh has to leave behind.
    stale: Option<Version>,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Ending(Option<Error>),
    Looking,
    Releasing(Error),
    Renewing { attempt: Attempt, session: Box<Session> },
    Reserving { after: u64 },
    Sending(Attempt),
    Waiting,
}

/// A refresh token on its way.
#[derive(Clone, Debug, PartialEq)]
struct Attempt {
    of: Version,
    session: Box<Session>,
    number: u64,
    entry: u64,
    sent_at: u64,
    /// Whether this tab has sent it before.
    again: bool,
}

impl Use {
    pub(super) fn begin(context: &mut Context<'_>, asked: &Json) -> Step {
        let parsed = options::duration(asked.member("minValidity"), 30_000).and_then(|ms| match asked.member("forceRefresh") {
            Json::Null | Json::Bool(_) => Ok((ms, asked.member("forceRefresh").is_true())),
            _ => Err(const { invalid("`forceRefresh` is a boolean") }),
        });
        let (min_validity_ms, force) = match parsed {
            Ok(parsed) => parsed,
            Err(error) => return context.fail(error),
        };
        if let Some(session) = context.tab.fresh(context.now) {
            if !force && session.lasts(min_validity_ms, context.now) {
                let token = session.access_token.clone();
                context.settle(Ok(Settled::AccessToken(token)));
                return Step::End;
            }
        }
        let subject = context.tab.session.as_ref().map(|session| session.claims.subject().to_owned());
        let call = Self { min_validity_ms, force, began_at: context.now, subject, stale: None, stage: Stage::Looking };
        call.look(context)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    pub(super) fn step(mut self, context: &mut Context<'_>, reply: Reply) -> Step {
        let stage = core::mem::replace(&mut self.stage, Stage::Looking);
        match (stage, reply) {
            (Stage::Looking, Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                if self.force && self.stale.is_none() {
                    self.stale = Some(context.tab.version);
                }
                self.decide(context)
            }
            (Stage::Waiting, Reply::Woken) => self.look(context),

            (Stage::Reserving { after }, Reply::Committed { verdict: Verdict::Send { attempt, entry }, seen }) => {
                let Some(session) = context.tab.session.clone() else { return context.fail(login_required()) };
                self.send(context, Attempt {
                    of: seen.version,
                    session: Box::new(session),
                    number: attempt,
                    entry,
                    sent_at: context.now,
                    again: after > 0,
                })
            }
            (Stage::Reserving { .. }, Reply::Committed { verdict: Verdict::Wait, .. }) => {
                let patience = 2 * (context.options.request_timeout_ms + GRACE_MS);
                if context.now.abs_diff(self.began_at) > patience {
                    return context.fail(const { Error::new(Code::Timeout, "another tab's refresh does not end") });
                }
                context.ask(0, Effect::Wait(NAP_MS));
                self.go(Stage::Waiting)
            }
            (Stage::Reserving { .. }, Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                self.decide(context)
            }

            (Stage::Sending(attempt), Reply::Answer(answer)) => {
                let answer = match answer {
                    Err(failure @ (Failure::Network | Failure::Timeout)) => return self.lost(context, &attempt, failure),
                    Err(failure) => return self.release(context, &attempt, failure.into()),
                    Ok(answer) => answer,
                };
                match token::response(&answer) {
                    Ok(tokens) => self.renew(context, attempt, tokens),
                    Err(error) if token::is_terminal(&error) => {
                        context.commit(Change::Invalidate { of: attempt.of, entry: attempt.entry });
                        self.go(Stage::Ending(Some(error)))
                    }
                    Err(error) => self.release(context, &attempt, error),
                }
            }

            (Stage::Renewing { session, .. }, Reply::Committed { verdict: Verdict::Done { .. }, seen }) => {
                let events = context.tab.adopt(&seen, Some(&session), context.now, Reason::OtherTab);
                context.tell(events);
                context.tell([Event::TokenRefreshed { expires_at: session.expires_at }]);
                context.announce(seen.generation);
                match &context.tab.session {
                    Some(session) => {
                        let token = session.access_token.clone();
                        context.settle(Ok(Settled::AccessToken(token)));
                        Step::End
                    }
                    None => context.fail(login_required()),
                }
            }
            (Stage::Renewing { attempt, session }, Reply::Committed { seen, .. }) => self.late(context, &attempt, &session, &seen),

            (Stage::Ending(error), Reply::Committed { verdict: Verdict::Done { .. }, seen }) => {
                let reason = if error.is_some() { Reason::Revoked } else { Reason::Expired };
                context.see(&seen, reason);
                context.announce(seen.generation);
                context.fail(login_required())
            }
            (Stage::Ending(_), Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                self.decide(context)
            }
            (Stage::Releasing(error), Reply::Committed { .. }) => self.refused(context, error),

            (stage, _) => {
                self.stage = stage;
                Step::Refuse(Operation::Use(self))
            }
        }
    }

    fn look(self, context: &mut Context<'_>) -> Step {
        context.commit(Change::Look { known: context.tab.known() });
        self.go(Stage::Looking)
    }

    /// With the record just seen: hand out, refresh, or end.
    fn decide(self, context: &mut Context<'_>) -> Step {
        let tab = &context.tab;
        let Some(session) = &tab.session else { return context.fail(login_required()) };
        // What was asked for one user is not answered with another's token.
        if self.subject.as_deref().is_some_and(|subject| subject != session.claims.subject()) {
            return context.fail(login_required());
        }
        let forced = self.stale == Some(tab.version);
        let refreshable = session.refresh_token.is_some();
        let lasts = session.lasts(if refreshable { self.min_validity_ms } else { 0 }, context.now);
        if lasts && !(forced && refreshable) {
            let token = session.access_token.clone();
            context.settle(Ok(Settled::AccessToken(token)));
            return Step::End;
        }
        if !refreshable {
            context.commit(Change::Invalidate { of: tab.version, entry: 0 });
            return self.go(Stage::Ending(None));
        }
        self.reserve(context, 0)
    }

    fn reserve(self, context: &mut Context<'_>, after: u64) -> Step {
        let patience_ms = context.options.request_timeout_ms + GRACE_MS;
        context.commit(Change::Reserve { of: context.tab.version, after, patience_ms });
        self.go(Stage::Reserving { after })
    }

    fn send(self, context: &mut Context<'_>, attempt: Attempt) -> Step {
        let Some(refresh_token) = &attempt.session.refresh_token else { return context.fail(login_required()) };
        context.fetch(token::refresh(context.options, &attempt.session.metadata, refresh_token));
        self.go(Stage::Sending(attempt))
    }

    fn renew(self, context: &mut Context<'_>, attempt: Attempt, tokens: Tokens) -> Step {
        let expected = Expected { nonce: None, previous: Some(&attempt.session.claims), max_age: None, acr_values: None };
        let claims = tokens.id_token.as_ref()
            .map(|id_token| id_token::check(id_token, expected, context.options, context.now, context.parse))
            .transpose();
        match claims {
            Ok(claims) => {
                let session = Box::new(attempt.session.refreshed(tokens, claims, attempt.sent_at));
                context.commit(Change::Renew { of: attempt.of, entry: attempt.entry, session: session.clone() });
                self.go(Stage::Renewing { attempt, session })
            }
            Err(error) => {
                // Whoever these tokens belong to, it is not the user of this session (Core §12.2).
                let metadata = attempt.session.metadata.clone();
                context.beside(|context| {
                    Withdrawal::of(context, &metadata, tokens.refresh_token.as_ref(), &tokens.access_token, 0)
                });
                context.commit(Change::Invalidate { of: attempt.of, entry: attempt.entry });
                self.go(Stage::Ending(Some(error)))
            }
        }
    }

    /// The answer came after the session had ended, or another attempt had replaced it.
    fn late(self, context: &mut Context<'_>, attempt: &Attempt, session: &Session, seen: &Seen) -> Step {
        let ended = seen.generation > attempt.of.generation || !seen.live;
        context.see(seen, Reason::OtherTab);
        if ended {
            let entry = attempt.entry;
            context.beside(|context| Withdrawal::begin(context, session, entry));
            return context.fail(login_required());
        }
        self.decide(context)
    }

    /// No answer: the token may have been consumed or not. This tab tries once more; then the
    /// attempt stays written down until it counts as lost.
    fn lost(self, context: &mut Context<'_>, attempt: &Attempt, failure: Failure) -> Step {
        if attempt.again {
            self.refused(context, failure.into())
        } else {
            self.reserve(context, attempt.number)
        }
    }

    fn release(self, context: &mut Context<'_>, attempt: &Attempt, error: Error) -> Step {
        context.commit(Change::Release { of: attempt.of, attempt: attempt.number, entry: attempt.entry });
        self.go(Stage::Releasing(error))
    }

    /// The refresh did not succeed and the session stays. A token that is still good is handed out.
    fn refused(self, context: &mut Context<'_>, error: Error) -> Step {
        context.put(Output::Event(Event::RefreshFailed(error.clone())));
        let good = context.tab.session.as_ref().filter(|session| !self.force && session.lasts(0, context.now));
        let result: Result<_> = good.map(|session| Settled::AccessToken(session.access_token.clone())).ok_or(error);
        context.settle(result);
        Step::End
    }

    fn go(mut self, stage: Stage) -> Step {
        self.stage = stage;
        Step::Go(Operation::Use(self))
    }
}
