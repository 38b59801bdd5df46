//! The way in: leaving for the provider, and coming back with its answer.

use std::rc::Rc;

use super::change::{Change, Verdict};
use super::context::{Context, LEAVE_MS, Step};
use super::input::{Id, Reply};
use super::ledger::ending;
use super::logout;
use super::machine::Operation;
use super::output::{Effect, Output, Settled, Slot};
use super::withdrawal::Withdrawal;
use super::{Reason, Session, grant};
use crate::protocol::authorization::{self, Arrival, Pending};
use crate::protocol::id_token::{self, Expected};
use crate::protocol::message::Navigation;
use crate::protocol::secret::Hidden;
use crate::protocol::{
    Claims, Code, Error, Json, Members, Metadata, Result, Secret, Tokens, pkce, token,
};

/// A sign-in that is about to leave the page.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Login {
    asked: authorization::Login,
    entropy: Hidden<Box<[u8; 96]>>,
    generation: u64,
    pending: Option<Pending>,
    /// Whether another window goes to the provider, and this page stays.
    detached: bool,
    stage: Leaving,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Leaving {
    Digesting,
    Discovering,
    Left,
    Looking,
}

impl Login {
    pub(super) fn begin(
        context: &mut Context<'_>,
        asked: &Json,
        here: &str,
        entropy: &[u8; 96],
    ) -> Option<Operation> {
        let detached = asked.member("detached").is_true();
        let asked = if context.tab.has_session_storage {
            authorization::Login::parse(asked, here, context.options)
        } else {
            Err(Error::new(
                Code::StorageUnavailable,
                "session storage is refused",
            ))
        };
        match asked {
            Ok(asked) => {
                context.look();
                let login = Self {
                    asked,
                    entropy: Hidden(Box::new(*entropy)),
                    generation: 0,
                    pending: None,
                    detached,
                    stage: Leaving::Looking,
                };
                Some(Operation::Login(Box::new(login)))
            }
            Err(error) => {
                context.settle(Err(error));
                None
            }
        }
    }

    pub(super) fn has_left(&self) -> bool {
        self.stage == Leaving::Left
    }

    pub(super) fn is_looking(&self) -> bool {
        self.stage == Leaving::Looking
    }

    /// Every transition of leaving for a sign-in is in this one match.
    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        match (self.stage, reply) {
            (Leaving::Looking, Reply::Committed { verdict, seen }) => {
                context.see(*verdict, seen, Reason::OtherTab);
                // This tab is signing out. What that wipes must not be what is kept for this sign-in.
                if context.tab.closing > 0 {
                    context.look();
                    return Step::Go;
                }
                self.generation = seen.generation;
                // The provider's session may live on: whoever signed out is not let in by it unasked.
                if ending(&seen.ledger).is_some()
                    && !self.asked.ask(context.options.prompt_after_logout)
                {
                    return context.nobody();
                }
                if context.tab.metadata.is_some() {
                    return self.digest(context);
                }
                context.discover();
                self.stage = Leaving::Discovering;
                Step::Go
            }
            (Leaving::Discovering, Reply::Answer(answer)) => match context.discovered(answer) {
                Ok(_) => self.digest(context),
                Err(error) => context.fail(error),
            },
            (Leaving::Digesting, Reply::Digest(digest)) => {
                let (Some(digest), Some(pending), Some(metadata)) =
                    (digest, &self.pending, &context.tab.metadata)
                else {
                    return context.fail(
                        const {
                            Error::new(
                                Code::InsecureContext,
                                "no WebCrypto: serve the page over https",
                            )
                        },
                    );
                };
                let challenge = pkce::challenge(digest);
                let session = context.tab.session.as_ref();
                let address = authorization::request(
                    context.options,
                    metadata,
                    &self.asked,
                    pending,
                    &challenge,
                    session.map(|session| &session.id_token),
                );
                let kept = pending.to_json();
                if self.detached {
                    let told = Members::new()
                        .with("url", address.as_str())
                        .with("slot", context.options.namespace().as_str())
                        .with("signIn", kept)
                        .object();
                    context.settle(Ok(Settled::Told(Rc::new(told))));
                    return Step::End;
                }
                context.put(Output::Keep(Slot::SignIn, Some(kept)));
                context.put(Output::Navigate(Navigation {
                    url: Secret::new(address),
                    form: None,
                }));
                context.ask(0, Effect::Wait(LEAVE_MS));
                self.stage = Leaving::Left;
                Step::Go
            }
            (Leaving::Left, Reply::Woken) => Step::End,
            _ => Step::Refuse,
        }
    }

    fn digest(&mut self, context: &mut Context<'_>) -> Step {
        let pending = Pending::new(&self.asked, &self.entropy.0, self.generation, context.now);
        context.ask(0, Effect::Digest(pending.verifier.clone()));
        self.pending = Some(pending);
        self.stage = Leaving::Digesting;
        Step::Go
    }
}

/// A provider's answer that is being dealt with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Callback {
    address: Hidden<String>,
    /// Whether the page itself stands at the address.
    here: bool,
    /// Whether the app gave the sign-in with the address: it lies in no slot.
    detached: bool,
    callers: Vec<Id>,
    arrival: Arrival,
    pending: Pending,
    metadata: Option<Rc<Metadata>>,
    code: Option<Secret>,
    session: Option<Rc<Session>>,
    entry: u64,
    sent_at: u64,
    error: Option<Error>,
    /// Whether this tab has signed out meanwhile.
    called_off: bool,
    stage: Arriving,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Arriving {
    Confirming,
    Discovering,
    Exchanging,
    Installing,
    Redeeming,
}

impl Callback {
    pub(super) fn begin(
        context: &mut Context<'_>,
        address: &str,
        here: &str,
        sign_in: Option<&Json>,
        sign_out: Option<&Json>,
    ) -> Option<Operation> {
        let here = address == here;
        let callback = match Self::arrive(context, address, here, sign_in, sign_out) {
            Ok((arrival, pending)) => Self {
                address: Hidden(address.to_owned()),
                here,
                detached: sign_in.is_some_and(|json| json.member("detached").is_true()),
                callers: vec![context.id],
                arrival,
                pending,
                metadata: None,
                code: None,
                session: None,
                entry: 0,
                sent_at: 0,
                error: None,
                called_off: false,
                stage: Arriving::Discovering,
            },
            Err(settled) => {
                context.settle(settled);
                return None;
            }
        };
        let mut callback = Box::new(callback);
        match context.tab.metadata.clone() {
            Some(metadata) => {
                if callback.judge(context, metadata) == Step::End {
                    return None;
                }
            }
            None => context.discover(),
        }
        Some(Operation::Callback(callback))
    }

    /// This tab signs out: it does not come in any more.
    pub(super) fn call_off(&mut self) {
        self.called_off = true;
    }

    /// Lets another call for the same address share this one.
    pub(super) fn join(&mut self, id: Id, address: &str) -> bool {
        let same = self.address.0 == address;
        if same {
            self.callers.push(id);
        }
        same
    }

    /// Every transition of a provider's answer is in this one match.
    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        match (self.stage, reply) {
            (Arriving::Discovering, Reply::Answer(answer)) => match context.discovered(answer) {
                Ok(metadata) => self.judge(context, metadata),
                // Nothing was sent and nothing used up: a reload tries again.
                Err(error) => self.finish(context, Err(error)),
            },
            (
                Arriving::Redeeming,
                Reply::Committed {
                    verdict: Verdict::Done { entry },
                    seen,
                },
            ) => {
                // Somebody signs out; what this tab still shows has ended.
                if !seen.live {
                    context.adopt(seen, None, Reason::OtherTab);
                }
                self.entry = *entry;
                self.sent_at = context.now;
                if self.called_off {
                    context.confirm(*entry);
                    return self.finish(context, Err(superseded()));
                }
                if let (Some(metadata), Some(code)) = (&self.metadata, self.code.take()) {
                    let request =
                        token::exchange(context.options, metadata, &code, &self.pending.verifier);
                    context.ask(0, Effect::Fetch(request));
                }
                self.stage = Arriving::Exchanging;
                Step::Go
            }
            (Arriving::Exchanging, Reply::Answer(answer)) => {
                let answer = match answer {
                    // The code may have been exchanged all the same, so the note stays.
                    Err(failure) => return self.finish(context, Err((*failure).into())),
                    Ok(answer) => answer,
                };
                match token::response(answer) {
                    Ok(tokens) => self.install(context, tokens),
                    Err(error) => {
                        context.commit(Change::Confirm { entry: self.entry });
                        self.error = Some(error);
                        self.stage = Arriving::Confirming;
                        Step::Go
                    }
                }
            }
            (Arriving::Confirming, Reply::Committed { .. }) => {
                let error = self.error.take().unwrap_or(superseded());
                self.finish(context, Err(error))
            }
            (
                Arriving::Installing,
                Reply::Committed {
                    verdict: Verdict::Done { entry },
                    seen,
                },
            ) => {
                let Some(session) = self.session.take() else {
                    return Step::Refuse;
                };
                // It is in for the other tabs; this one has left it.
                context.tab.left = Some(seen.generation).filter(|_| self.called_off);
                context.put(Output::Keep(Slot::Left, context.tab.left.map(Json::from)));
                context.adopt(seen, Some(&session), Reason::OtherTab);
                if let Some(replaced) = &seen.session {
                    context.withdraw(replaced, *entry);
                }
                context.announce(seen.generation);
                if self.called_off {
                    context.catch_up(seen);
                    return self.finish(context, Err(superseded()));
                }
                let return_to = self.pending.return_to.clone();
                self.finish(
                    context,
                    Ok(Settled::SignedIn {
                        return_to,
                        user: session.claims.clone(),
                    }),
                )
            }
            (Arriving::Redeeming | Arriving::Installing, Reply::Committed { verdict, seen }) => {
                if let Some(session) = self.session.take() {
                    let entry = self.entry;
                    context.withdraw(&session, entry);
                }
                context.see(*verdict, seen, Reason::OtherTab);
                self.finish(context, Err(superseded()))
            }
            _ => Step::Refuse,
        }
    }

    /// Finds the sign-in that an address answers; or what to say where there is none.
    fn arrive(
        context: &mut Context<'_>,
        address: &str,
        here: bool,
        sign_in: Option<&Json>,
        sign_out: Option<&Json>,
    ) -> core::result::Result<(Arrival, Pending), Result<Settled>> {
        if let Some((_, settled)) = context
            .tab
            .answered
            .as_ref()
            .filter(|(answered, _)| answered.0 == address)
        {
            return Err(Ok(settled.clone()));
        }
        let arrival = match Arrival::parse(address, &context.options.redirect_uri) {
            Ok(Some(arrival)) if arrival.is_authorization() => arrival,
            Ok(_) => {
                return Err(Ok(
                    Self::returned(context, address, here, sign_out).unwrap_or(Settled::NoAnswer)
                ));
            }
            Err(error) => return Err(Err(error)),
        };
        let pending = sign_in
            .and_then(|json| Pending::from_json(json, context.options))
            .filter(|pending| pending.state == arrival.state && !pending.is_stale(context.now));
        match pending {
            Some(pending) => Ok((arrival, pending)),
            None => Err(Err(Error::new(
                Code::StateMismatch,
                "no sign-in of this tab asked for this answer",
            ))),
        }
    }

    /// The way back from a sign-out.
    fn returned(
        context: &mut Context<'_>,
        address: &str,
        here: bool,
        kept: Option<&Json>,
    ) -> Option<Settled> {
        let options = context.options;
        let back = options.post_logout_redirect_uri.as_deref()?;
        let arrival = Arrival::parse(address, back).ok()??;
        let settled = logout::returned(kept?, &arrival.state, options, context.now)?;
        context.put(Output::Keep(Slot::SignOut, None));
        context.tab.waited = context.tab.ending;
        if let Some(entry) = kept?.member("ending").count() {
            context.confirm(entry);
            context.announce(context.tab.generation);
        }
        if here {
            context.put(Output::Clean(authorization::cleaned(address)));
        }
        context.tab.answered = Some((Hidden(address.to_owned()), settled.clone()));
        Some(settled)
    }

    /// Uses the sign-in up, whatever the answer says, and judges it.
    fn judge(&mut self, context: &mut Context<'_>, metadata: Rc<Metadata>) -> Step {
        if !self.detached {
            context.put(Output::Keep(Slot::SignIn, None));
        }
        if self.here {
            context.put(Output::Clean(authorization::cleaned(&self.address.0)));
        }
        match authorization::response(&self.arrival, context.options, &metadata) {
            Ok(code) => {
                context.commit(Change::Redeem {
                    generation: self.pending.generation,
                });
                self.metadata = Some(metadata);
                self.code = Some(code);
                self.stage = Arriving::Redeeming;
                Step::Go
            }
            Err(error) => self.finish(context, Err(error)),
        }
    }

    fn install(&mut self, context: &mut Context<'_>, tokens: Tokens) -> Step {
        let Some(metadata) = self.metadata.take() else {
            return Step::Refuse;
        };
        let checked = self
            .check(context, &tokens)
            .and_then(|checked| match self.called_off {
                true => Err(superseded()),
                false => Ok(checked),
            });
        match checked {
            Ok((id_token, claims)) => {
                let session = Rc::new(Session {
                    expires_at: grant::expiry(&tokens, self.sent_at),
                    scope: tokens.scope.unwrap_or_else(|| self.pending.scope.clone()),
                    asked_at: self.sent_at,
                    access_token: tokens.access_token,
                    refresh_token: tokens.refresh_token,
                    id_token,
                    claims: Rc::new(claims),
                    metadata,
                });
                let (generation, entry) = (self.pending.generation, self.entry);
                context.commit(Change::Install {
                    generation,
                    entry,
                    session: session.clone(),
                    limits: context.options.limits,
                });
                self.session = Some(session);
                self.stage = Arriving::Installing;
                Step::Go
            }
            Err(error) => {
                // The tokens were issued: not to use them is not enough.
                let entry = self.entry;
                context.beside(|context| {
                    Withdrawal::of(
                        context,
                        &metadata,
                        tokens.refresh_token.as_ref(),
                        &tokens.access_token,
                        entry,
                    )
                });
                self.finish(context, Err(error))
            }
        }
    }

    fn check(&self, context: &Context<'_>, tokens: &Tokens) -> Result<(Secret, Claims)> {
        let Some(id_token) = &tokens.id_token else {
            return Err(Error::new(
                Code::InvalidResponse,
                "the answer has no ID token",
            ));
        };
        let expected = Expected {
            nonce: Some(&self.pending.nonce),
            previous: None,
            max_age: self.pending.max_age,
            acr_values: self.pending.acr_values.as_deref(),
        };
        let claims = id_token::check(
            id_token,
            tokens.flaw,
            expected,
            context.options,
            context.now,
            context.parse,
        )?;
        Ok((id_token.clone(), claims))
    }

    fn finish(&mut self, context: &mut Context<'_>, result: Result<Settled>) -> Step {
        if let Ok(settled) = &result {
            context.tab.answered = Some((self.address.clone(), settled.clone()));
        }
        for id in core::mem::take(&mut self.callers) {
            context.settle_for(id, result.clone());
        }
        Step::End
    }
}

pub(super) const fn superseded() -> Error {
    Error::new(
        Code::SignInSuperseded,
        "a sign-out or another sign-in came first",
    )
}
