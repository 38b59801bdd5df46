//! The way in: leaving for the provider, and coming back with its answer.

use super::logout;
use super::machine::{Context, Effect, Id, Operation, Output, Reply, Settled, Slot, Step};
use super::record::{Change, Verdict};
use super::withdrawal::Withdrawal;
use super::{Reason, Session, grant};
use crate::protocol::authorization::{self, Arrival, Pending};
use crate::protocol::id_token::{self, Expected};
use crate::protocol::{Code, Error, Json, Metadata, Result, Secret, Tokens, discovery, pkce, token};

/// A sign-in that is about to leave the page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Login {
    asked: authorization::Login,
    entropy: Box<[u8; 96]>,
    stage: Leaving,
}

#[derive(Clone, Debug, PartialEq)]
enum Leaving {
    Digesting(Pending, Metadata),
    Discovering { generation: u64 },
    Left,
    Looking,
}

impl Login {
    pub(super) fn begin(context: &mut Context<'_>, asked: &Json, here: &str, entropy: Box<[u8; 96]>) -> Step {
        if !context.tab.has_session_storage {
            return context.fail(const { Error::new(Code::StorageUnavailable, "session storage is refused, so no sign-in can cross a page load") });
        }
        match authorization::Login::parse(asked, here, context.options) {
            Ok(asked) => {
                context.commit(Change::Look { known: context.tab.known() });
                Step::Go(Operation::Login(Self { asked, entropy, stage: Leaving::Looking }))
            }
            Err(error) => context.fail(error),
        }
    }

    pub(super) fn has_left(&self) -> bool {
        self.stage == Leaving::Left
    }

    pub(super) fn step(mut self, context: &mut Context<'_>, reply: Reply) -> Step {
        let stage = core::mem::replace(&mut self.stage, Leaving::Looking);
        match (stage, reply) {
            (Leaving::Looking, Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                match context.tab.metadata.clone() {
                    Some(metadata) => self.digest(context, seen.generation, metadata),
                    None => {
                        context.fetch(discovery::request(context.options));
                        self.go(Leaving::Discovering { generation: seen.generation })
                    }
                }
            }
            (Leaving::Discovering { generation }, Reply::Answer(answer)) => {
                match answer.map_err(Error::from).and_then(|answer| discovery::response(&answer, context.options)) {
                    Ok(metadata) => {
                        context.tab.metadata = Some(metadata.clone());
                        self.digest(context, generation, metadata)
                    }
                    Err(error) => context.fail(error),
                }
            }
            (Leaving::Digesting(pending, metadata), Reply::Digest(digest)) => {
                let Some(digest) = digest else {
                    return context.fail(const { Error::new(Code::InsecureContext, "WebCrypto is not available: serve the page over https") });
                };
                let challenge = pkce::challenge(&digest);
                let address = authorization::request(context.options, &metadata, &self.asked, &pending, &challenge);
                context.put(Output::Keep(Slot::SignIn, Some(pending.to_json())));
                context.put(Output::Navigate(Secret::new(address)));
                self.go(Leaving::Left)
            }
            (stage, _) => {
                self.stage = stage;
                Step::Refuse(Operation::Login(self))
            }
        }
    }

    fn digest(self, context: &mut Context<'_>, generation: u64, metadata: Metadata) -> Step {
        let pending = Pending::new(&self.asked, &self.entropy, generation, context.now);
        context.ask(0, Effect::Digest(pending.verifier.clone()));
        self.go(Leaving::Digesting(pending, metadata))
    }

    fn go(mut self, stage: Leaving) -> Step {
        self.stage = stage;
        Step::Go(Operation::Login(self))
    }
}

/// A provider's answer that is being dealt with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Callback {
    address: String,
    here: bool,
    callers: Vec<Id>,
    arrival: Arrival,
    pending: Pending,
    stage: Arriving,
}

#[derive(Clone, Debug, PartialEq)]
enum Arriving {
    Confirming(Error),
    Discovering,
    Exchanging { metadata: Metadata, entry: u64, sent_at: u64 },
    Installing { session: Box<Session>, entry: u64 },
    Redeeming { metadata: Metadata, code: Secret },
}

impl Callback {
    pub(super) fn begin(
        context: &mut Context<'_>,
        address: &str,
        here: &str,
        sign_in: Option<Json>,
        sign_out: Option<Json>,
    ) -> Step {
        if let Some((_, result)) = context.tab.answered.clone().filter(|(answered, _)| answered == address) {
            context.settle(result);
            return Step::End;
        }
        let arrival = match Arrival::parse(address, &context.options.redirect_uri) {
            Ok(Some(arrival)) if arrival.is_authorization() => arrival,
            Ok(_) => return Self::returned(context, address, here, sign_out.as_ref()),
            Err(error) => return context.fail(error),
        };
        let pending = sign_in
            .and_then(|json| Pending::from_json(&json, &context.options.origin))
            .filter(|pending| pending.state == arrival.state && !pending.is_stale(context.now));
        let Some(pending) = pending else {
            return context.fail(const { Error::new(Code::StateMismatch, "the answer does not belong to a sign-in that this tab began") });
        };
        let callback = Self {
            address: address.to_owned(),
            here: address == here,
            callers: vec![context.id],
            arrival,
            pending,
            stage: Arriving::Discovering,
        };
        match context.tab.metadata.clone() {
            Some(metadata) => callback.judge(context, metadata),
            None => {
                context.fetch(discovery::request(context.options));
                Step::Go(Operation::Callback(callback))
            }
        }
    }

    pub(super) fn is_for(&self, address: &str) -> bool {
        self.address == address
    }

    pub(super) fn join(&mut self, id: Id) {
        self.callers.push(id);
    }

    pub(super) fn step(mut self, context: &mut Context<'_>, reply: Reply) -> Step {
        let stage = core::mem::replace(&mut self.stage, Arriving::Discovering);
        match (stage, reply) {
            (Arriving::Discovering, Reply::Answer(answer)) => {
                match answer.map_err(Error::from).and_then(|answer| discovery::response(&answer, context.options)) {
                    Ok(metadata) => {
                        context.tab.metadata = Some(metadata.clone());
                        self.judge(context, metadata)
                    }
                    // Nothing was sent and nothing used up: a reload tries again.
                    Err(error) => self.finish(context, Err(error)),
                }
            }
            (Arriving::Redeeming { metadata, code }, Reply::Committed { verdict: Verdict::Done { entry }, .. }) => {
                context.fetch(token::exchange(context.options, &metadata, &code, &self.pending.verifier));
                self.go(Arriving::Exchanging { metadata, entry, sent_at: context.now })
            }
            (Arriving::Redeeming { .. }, Reply::Committed { seen, .. }) => {
                context.see(&seen, Reason::OtherTab);
                self.finish(context, Err(superseded()))
            }
            (Arriving::Exchanging { metadata, entry, sent_at }, Reply::Answer(answer)) => {
                let answer = match answer {
                    // The code may have been exchanged all the same, so the note stays.
                    Err(failure) => return self.finish(context, Err(failure.into())),
                    Ok(answer) => answer,
                };
                match token::response(&answer) {
                    Ok(tokens) => self.install(context, tokens, metadata, entry, sent_at),
                    Err(error) => {
                        context.commit(Change::Confirm { entry });
                        self.go(Arriving::Confirming(error))
                    }
                }
            }
            (Arriving::Confirming(error), Reply::Committed { .. }) => self.finish(context, Err(error)),
            (Arriving::Installing { session, .. }, Reply::Committed { verdict: Verdict::Done { entry }, seen }) => {
                if let Some(replaced) = &seen.session {
                    context.beside(|context| Withdrawal::begin(context, replaced, entry));
                }
                context.put(Output::Keep(Slot::Left, None));
                context.tab.left = None;
                let events = context.tab.adopt(&seen, Some(&session), context.now, Reason::OtherTab);
                context.tell(events);
                context.announce(seen.generation);
                let signed_in = Settled::SignedIn {
                    return_to: self.pending.return_to.clone(),
                    user: session.claims.json().clone(),
                };
                self.finish(context, Ok(signed_in))
            }
            (Arriving::Installing { session, entry }, Reply::Committed { seen, .. }) => {
                context.beside(|context| Withdrawal::begin(context, &session, entry));
                context.see(&seen, Reason::OtherTab);
                self.finish(context, Err(superseded()))
            }
            (stage, _) => {
                self.stage = stage;
                Step::Refuse(Operation::Callback(self))
            }
        }
    }

    /// Uses the sign-in up, whatever the answer says, and judges it.
    fn judge(self, context: &mut Context<'_>, metadata: Metadata) -> Step {
        context.put(Output::Keep(Slot::SignIn, None));
        if self.here {
            context.put(Output::Clean(authorization::cleaned(&self.address)));
        }
        match authorization::response(&self.arrival, context.options, &metadata) {
            Ok(code) => {
                context.commit(Change::Redeem { generation: self.pending.generation });
                self.go(Arriving::Redeeming { metadata, code })
            }
            Err(error) => self.finish(context, Err(error)),
        }
    }

    fn install(self, context: &mut Context<'_>, tokens: Tokens, metadata: Metadata, entry: u64, sent_at: u64) -> Step {
        let expected = Expected {
            nonce: Some(&self.pending.nonce),
            previous: None,
            max_age: self.pending.max_age,
            acr_values: self.pending.acr_values.as_deref(),
        };
        let checked = tokens.id_token.clone()
            .ok_or(const { Error::new(Code::InvalidResponse, "the answer has no ID token") })
            .and_then(|id_token| {
                let claims = id_token::check(&id_token, expected, context.options, context.now, context.parse)?;
                Ok((id_token, claims))
            });
        match checked {
            Ok((id_token, claims)) => {
                let session = Box::new(Session {
                    expires_at: grant::expiry(&tokens, sent_at),
                    scope: tokens.scope.unwrap_or_else(|| context.options.scope.clone()),
                    access_token: tokens.access_token,
                    refresh_token: tokens.refresh_token,
                    id_token,
                    claims,
                    metadata,
                });
                let generation = self.pending.generation;
                context.commit(Change::Install { generation, entry, session: session.clone() });
                self.go(Arriving::Installing { session, entry })
            }
            Err(error) => {
                // The tokens were issued: not to use them is not enough.
                context.beside(|context| {
                    Withdrawal::of(context, &metadata, tokens.refresh_token.as_ref(), &tokens.access_token, entry)
                });
                self.finish(context, Err(error))
            }
        }
    }

    /// The way back from a sign-out, or no answer at all.
    fn returned(context: &mut Context<'_>, address: &str, here: &str, kept: Option<&Json>) -> Step {
        let back = context.options.post_logout_redirect_uri.as_deref().unwrap_or(&context.options.redirect_uri);
        let state = Arrival::parse(address, back).ok().flatten().map(|arrival| arrival.state);
        let settled = kept.zip(state).and_then(|(kept, state)| {
            logout::returned(kept, &state, &context.options.origin, context.now)
        });
        let Some(settled) = settled else {
            context.settle(Ok(Settled::NoAnswer));
            return Step::End;
        };
        context.put(Output::Keep(Slot::SignOut, None));
        if address == here {
            context.put(Output::Clean(authorization::cleaned(address)));
        }
        context.tab.answered = Some((address.to_owned(), Ok(settled.clone())));
        context.settle(Ok(settled));
        Step::End
    }

    fn finish(self, context: &mut Context<'_>, result: Result<Settled>) -> Step {
        if result.is_ok() {
            context.tab.answered = Some((self.address.clone(), result.clone()));
        }
        for id in self.callers {
            context.settle_for(id, result.clone());
        }
        Step::End
    }

    fn go(mut self, stage: Arriving) -> Step {
        self.stage = stage;
        Step::Go(Operation::Callback(self))
    }
}

const fn superseded() -> Error {
    Error::new(Code::SignInSuperseded, "somebody signed out or in since this sign-in began")
}
