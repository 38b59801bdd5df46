//! Handing out an access token: look, and refresh if need be. One request for all tabs and callers.

use std::rc::Rc;

use super::change::{Change, Verdict};
use super::context::{Context, Step};
use super::input::Reply;
use super::machine::Operation;
use super::output::{Effect, Output};
use super::record::Version;
use super::tab::Seen;
use super::withdrawal::Withdrawal;
use super::{Event, Reason, Session};
use crate::protocol::arguments::Arguments;
use crate::protocol::id_token::{self, Expected};
use crate::protocol::message::NO_KEYS;

use crate::protocol::{Answer, Claims, Code, Error, Failure, Json, Result, Tokens, token};

/// How long a waiting call sleeps before it looks by itself, in milliseconds.
const NAP_MS: u64 = 250;

/// How much longer than a request may take somebody else's attempt is waited for, in milliseconds.
const GRACE_MS: u64 = 2_000;

/// How long a tab waits before it tries again, in milliseconds. A page that is leaving loses its requests before
/// anything says that it leaves: what it then sent would be dealt with, and nobody would hear the answer.
const PAUSE_MS: u64 = 500;

/// How long the provider is left alone after one failure, and after many, in milliseconds: each time twice as long, and
/// up to a half more by chance.
const LEAST_MS: u64 = 1_000;
const MOST_MS: u64 = 40_000;

/// The longest that a provider may ask to be left alone (`Retry-After`), in seconds.
const RETRY_AFTER: u64 = 300;

/// A call for an access token.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Use {
    min_validity_ms: u64,
    force: bool,
    began_at: u64,
    /// Whose token was asked for, where somebody was signed in.
    user: Option<Rc<Claims>>,
    /// The version that a forced refresh has to leave behind.
    stale: Option<Version>,
    /// What is or was sent last.
    attempt: Attempt,
    /// The session being refreshed, then the one that came of it.
    session: Option<Rc<Session>>,
    /// What went wrong.
    error: Option<Error>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Ending,
    Looking,
    Pausing,
    Releasing,
    Renewing,
    Reserving,
    Sending,
    Waiting,
}

/// A refresh token on its way.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Attempt {
    of: Version,
    /// Its note, by which all tabs know it; 0 before the first.
    entry: u64,
    /// When it was sent, or the right to was asked for.
    sent_at: u64,
    /// How often this tab has sent it.
    times: u8,
    /// How long the provider has asked to be left alone, in milliseconds.
    retry_after_ms: u64,
}

impl Use {
    pub(super) fn begin(context: &mut Context<'_>, asked: &Json) -> Option<Operation> {
        let (min_validity_ms, force) = match Self::parse(asked) {
            Ok(parsed) => parsed,
            Err(error) => {
                context.settle(Err(error));
                return None;
            }
        };
        if let Some(session) = context.tab.fresh(context.now).cloned()
            && !force
            && session.lasts(min_validity_ms, context.now)
        {
            context.hand_out(&session);
            return None;
        }
        context.look();
        Some(Operation::Use(Box::new(Self {
            min_validity_ms,
            force,
            began_at: context.now,
            user: context.tab.user.clone(),
            stale: None,
            attempt: Attempt::default(),
            session: None,
            error: None,
            stage: Stage::Looking,
        })))
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    fn parse(asked: &Json) -> Result<(u64, bool)> {
        let mut arguments = Arguments::new(asked);
        let force = arguments.flag("`forceRefresh` is a boolean");
        let min_validity_ms = arguments.duration("minValidity", 30_000);
        arguments.end()?;
        Ok((min_validity_ms, force))
    }

    /// Every transition of handing out a token is in this one match.
    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        match (self.stage, reply) {
            (Stage::Looking, Reply::Committed { verdict, seen }) => {
                context.see(*verdict, seen, Reason::OtherTab);
                self.decide(context)
            }
            (Stage::Waiting, Reply::Woken) => {
                context.look();
                self.go(Stage::Looking)
            }
            (
                Stage::Reserving,
                Reply::Committed {
                    verdict: Verdict::Send { entry },
                    seen,
                },
            ) => {
                // Heard so late, the right may be somebody else's by now: it is given back unused.
                if context.now.abs_diff(self.attempt.sent_at) >= GRACE_MS {
                    context.commit(Change::Release {
                        of: seen.version,
                        entry: *entry,
                    });
                    return self.go(Stage::Releasing);
                }
                let times = self.attempt.times + 1;
                self.attempt = Attempt {
                    of: seen.version,
                    entry: *entry,
                    sent_at: context.now,
                    times,
                    retry_after_ms: 0,
                };
                self.send(context)
            }
            (
                Stage::Reserving,
                Reply::Committed {
                    verdict: Verdict::Wait,
                    ..
                },
            ) => {
                let patience = 2 * (context.options.request_timeout_ms + GRACE_MS);
                if context.now.abs_diff(self.began_at) > patience {
                    return context.fail(
                        const { Error::new(Code::Timeout, "another tab's refresh does not end") },
                    );
                }
                self.nap(context)
            }
            (Stage::Sending, Reply::Answer(answer)) => self.answered(context, answer),
            (Stage::Pausing, Reply::Woken) => self.reserve(context),
            (
                Stage::Renewing,
                Reply::Committed {
                    verdict: Verdict::Done { .. },
                    seen,
                },
            ) => {
                let session = self.session.take();
                context.adopt(seen, session.as_ref(), Reason::OtherTab);
                let expires_at = session.and_then(|session| session.expires_at);
                context.put(Output::Event(Event::TokenRefreshed { expires_at }));
                context.announce(seen.generation);
                match context.tab.session.clone() {
                    _ if context.tab.away.is_some() => self.nap(context),
                    Some(session) => context.hand_out(&session),
                    None => context.nobody(),
                }
            }
            (Stage::Renewing, Reply::Committed { verdict, seen }) => {
                self.late(context, *verdict, seen)
            }
            (
                Stage::Ending,
                Reply::Committed {
                    verdict: verdict @ Verdict::Done { .. },
                    seen,
                },
            ) => {
                context.see(
                    *verdict,
                    seen,
                    if self.error.is_some() {
                        Reason::Revoked
                    } else {
                        Reason::Expired
                    },
                );
                context.announce(seen.generation);
                context.nobody()
            }
            (Stage::Releasing, Reply::Committed { verdict, seen }) => {
                context.see(*verdict, seen, Reason::OtherTab);
                match self.error {
                    Some(_) if context.tab.away.is_none() => self.refused(context),
                    _ => self.decide(context),
                }
            }
            (Stage::Reserving | Stage::Ending, Reply::Committed { verdict, seen }) => {
                context.see(*verdict, seen, Reason::OtherTab);
                self.decide(context)
            }
            _ => Step::Refuse,
        }
    }

    /// Looks again after a while, or when the version is another one.
    fn nap(&mut self, context: &mut Context<'_>) -> Step {
        context.ask(0, Effect::Wait(NAP_MS));
        self.go(Stage::Waiting)
    }

    /// With the record just seen: hand out, refresh, or end.
    fn decide(&mut self, context: &mut Context<'_>) -> Step {
        if context.tab.away.is_some() {
            return self.nap(context);
        }
        let Some(session) = context.tab.session.clone() else {
            return context.nobody();
        };
        if self.is_foreign(&session) {
            return context.nobody();
        }
        if self.force && self.stale.is_none() {
            self.stale = Some(context.tab.version);
        }
        let forced = self.stale == Some(context.tab.version);
        let refreshable = session.refresh_token.is_some();
        let lasts = session.lasts(
            if refreshable { self.min_validity_ms } else { 0 },
            context.now,
        );
        if lasts && !(forced && refreshable) {
            return context.hand_out(&session);
        }
        if !refreshable {
            context.commit(Change::Invalidate {
                of: context.tab.version,
                entry: 0,
            });
            return self.go(Stage::Ending);
        }
        self.attempt = Attempt::default();
        // Measured as it is: a clock that is set ends the pause, and never makes it longer.
        if context.now.abs_diff(context.tab.failed_at) < context.tab.pause_ms {
            self.error = context.tab.trouble.clone();
            return self.refused(context);
        }
        self.reserve(context)
    }

    /// Asks for the right to send; again only for whom sent last.
    fn reserve(&mut self, context: &mut Context<'_>) -> Step {
        let patience_ms = context.options.request_timeout_ms + GRACE_MS;
        // A second attempt is made with the token of the first, or not at all.
        if self.attempt.times == 0 {
            self.attempt.of = context.tab.version;
            self.session = context.tab.session.clone();
        }
        self.attempt.sent_at = context.now;
        context.commit(Change::Reserve {
            of: self.attempt.of,
            after: self.attempt.entry,
            patience_ms,
        });
        self.go(Stage::Reserving)
    }

    fn send(&mut self, context: &mut Context<'_>) -> Step {
        let session = self.session.as_ref().filter(|_| context.tab.user.is_some());
        let token = session.and_then(|session| session.refresh_token.as_ref());
        let (Some(session), Some(refresh_token)) = (session, token) else {
            // A sign-out has begun: what was allowed is not sent.
            let entry = self.attempt.entry;
            context.confirm(entry);
            return context.nobody();
        };
        context.ask(
            0,
            Effect::Fetch(token::refresh(
                context.options,
                &session.metadata,
                refresh_token,
            )),
        );
        self.go(Stage::Sending)
    }

    fn answered(&mut self, context: &mut Context<'_>, answer: &Answer) -> Step {
        let Attempt {
            of, entry, times, ..
        } = self.attempt;
        let error = match answer {
            // The token may have been consumed or not. This tab tries once more; then the attempt
            // stays written down until it counts as lost.
            Err(Failure::Network | Failure::Timeout)
                if times == 1 && context.tab.user.is_some() =>
            {
                context.ask(0, Effect::Wait(PAUSE_MS));
                return self.go(Stage::Pausing);
            }
            Err(failure @ (Failure::Network | Failure::Timeout)) => {
                self.error = Some((*failure).into());
                context.look();
                return self.go(Stage::Releasing);
            }
            Err(failure) => (*failure).into(),
            Ok(answer) => {
                self.attempt.retry_after_ms = answer.retry_after.min(RETRY_AFTER) * 1_000;
                match token::response(answer) {
                    Ok(tokens) => return self.renew(context, tokens),
                    Err(error) => error,
                }
            }
        };
        context.commit(if token::is_terminal(&error) {
            self.stage = Stage::Ending;
            Change::Invalidate { of, entry }
        } else {
            self.stage = Stage::Releasing;
            Change::Release { of, entry }
        });
        self.error = Some(error);
        Step::Go
    }

    fn renew(&mut self, context: &mut Context<'_>, mut tokens: Tokens) -> Step {
        let Some(session) = self.session.take() else {
            return context.nobody();
        };
        let Attempt {
            of, entry, sent_at, ..
        } = self.attempt;
        // A new ID token that nobody can check is none: the session need not end for it.
        if tokens.flaw == Some(NO_KEYS) && !context.options.unsigned {
            tokens.id_token = None;
        }
        let expected = Expected {
            nonce: None,
            previous: Some(&session.claims),
            max_age: None,
            acr_values: None,
        };
        let claims = tokens
            .id_token
            .as_ref()
            .map(|id_token| {
                id_token::check(
                    id_token,
                    tokens.flaw,
                    expected,
                    context.options,
                    context.now,
                    context.parse,
                )
            })
            .transpose();
        match claims {
            Ok(claims) => {
                let session = Rc::new(session.refreshed(tokens, claims, sent_at));
                context.commit(Change::Renew {
                    of,
                    entry,
                    session: session.clone(),
                });
                self.session = Some(session);
                self.go(Stage::Renewing)
            }
            Err(error) => {
                // Whoever these tokens belong to, it is not the user of this session (Core §12.2).
                context.beside(|context| {
                    Withdrawal::of(
                        context,
                        &session.metadata,
                        tokens.refresh_token.as_ref(),
                        &tokens.access_token,
                        0,
                    )
                });
                self.error = Some(error);
                context.commit(Change::Invalidate { of, entry });
                self.go(Stage::Ending)
            }
        }
    }

    /// The answer came after the session had ended, or another attempt had replaced it.
    fn late(&mut self, context: &mut Context<'_>, verdict: Verdict, seen: &Seen) -> Step {
        let ended = seen.generation != self.attempt.of.generation || !seen.live;
        context.see(verdict, seen, Reason::OtherTab);
        let Some(session) = self.session.take().filter(|_| ended) else {
            return self.decide(context);
        };
        let entry = self.attempt.entry;
        context.withdraw(&session, entry);
        context.nobody()
    }

    /// The refresh did not succeed and the session stays, or it is too early for another. A token that is still good is
    /// handed out.
    fn refused(&mut self, context: &mut Context<'_>) -> Step {
        let session = context
            .tab
            .session
            .clone()
            .filter(|session| !self.is_foreign(session));
        let (Some(session), Some(error)) = (session, self.error.take()) else {
            return context.nobody();
        };
        // Where nothing was sent, it has been told.
        if self.attempt.times > 0 {
            let tab = &mut *context.tab;
            let pause_ms = (2 * tab.pause_ms)
                .clamp(LEAST_MS, MOST_MS)
                .max(self.attempt.retry_after_ms);
            // No two browsers fail in the same millisecond, so that does for chance.
            tab.pause_ms = pause_ms + context.now.wrapping_mul(0x9e37_79b1) % (pause_ms / 2);
            tab.failed_at = context.now;
            tab.trouble = Some(error.clone());
            context.put(Output::Event(Event::RefreshFailed(error.clone())));
        }
        if !self.force && session.lasts(0, context.now) {
            return context.hand_out(&session);
        }
        context.fail(error)
    }

    /// What was asked for one user is not answered with another's token.
    fn is_foreign(&self, session: &Session) -> bool {
        self.user
            .as_ref()
            .is_some_and(|user| user.subject() != session.claims.subject())
    }

    fn go(&mut self, stage: Stage) -> Step {
        self.stage = stage;
        Step::Go
    }
}
