//! The sign-out: local first, then what the network can still reach, then the report.
//!
//! 1. [`Logout::begin`], at once and synchronously: the key share in the cookie is deleted, memory
//!    is emptied but for what revocation needs, the mark is raised, `signing-out` shows.
//! 2. One transaction takes the session out of the record and raises the generation. Nothing
//!    before it waits for a lock or for the network.
//! 3. The other tabs are told, this tab's storage is cleared.
//! 4. What the *record* held is revoked, the refresh token first.
//! 5. The app's own session at its server, then the provider's, which may take the page away.
//! 6. The report. The note in the ledger is cleared for what was confirmed.
//!
//! Nothing that a server does can stop it, and no step is undone.

use std::rc::Rc;

use super::asked::{Asked, Scope};
use super::change::Verdict;
use super::context::{Context, LEAVE_MS, Step};
use super::input::{Id, Reply};
use super::ledger::notes;
use super::machine::Operation;
use super::output::{Effect, Output, Settled, Slot};
use super::report::{Layer, Report, TABS_DEADLINE_MS};
use super::withdrawal::Withdrawal;
use super::{Event, Reason, Session};
use crate::protocol::options::Place;
use crate::protocol::revocation::{self, Hint, Outcome};
use crate::protocol::secret::Hidden;
use crate::protocol::{
    Answer, Code, Error, Json, Members, Metadata, Options, Request, Secret, base64url, end_session,
};

/// How long the provider is waited for when the time for the network is over, in milliseconds.
const LAST_TRY_MS: u64 = 1_000;

/// How another call goes along with a sign-out under way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Join {
    /// It does not: it begins its own.
    Apart,
    /// It shares the report. The commit may have been made before it.
    Shared,
}

/// A sign-out under way. Calls that overlap share it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Logout {
    callers: Vec<Id>,
    asked: Asked,
    state: Hidden<String>,
    /// What memory held: for revocation where the record cannot be opened, or answers too late.
    held: Option<Rc<Session>>,
    metadata: Option<Rc<Metadata>>,
    /// The generation that this sign-out ends.
    generation: u64,
    entry: u64,
    /// The revision of what memory held.
    revision: u64,
    /// Whether the record held something newer than memory, which could not be opened.
    outdated: bool,
    report: Report,
    stage: Stage,
    open: Open,
    /// What the app of a dry run is told beside the report.
    told: Members,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    Committing,
    Discovering,
    Left,
    Reaching,
}

/// What is awaited while the network is being reached.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Open {
    wipe: bool,
    refresh_token: bool,
    access_token: bool,
    tabs: bool,
    application: bool,
    cleaners: bool,
}

/// Numbers the effects that run at the same time.
pub(super) mod part {
    pub(in crate::session) const MAIN: u8 = 0;
    pub(in crate::session) const REFRESH_TOKEN: u8 = 1;
    pub(in crate::session) const ACCESS_TOKEN: u8 = 2;
    pub(in crate::session) const TABS: u8 = 3;
    pub(in crate::session) const APPLICATION: u8 = 5;
    /// Not an effect: the page goes away.
    pub(in crate::session) const AWAY: u8 = 4;
}

impl Logout {
    /// Step 1. `waiting` are the calls for a token that can no longer be answered.
    pub(super) fn begin(
        context: &mut Context<'_>,
        asked: Asked,
        entropy: &[u8; 32],
        waiting: &[Id],
    ) -> Option<Operation> {
        let alone = asked.scope == Scope::Tab;
        let dry = asked.dry_run;
        let mut held = None;
        if dry {
            context.look();
        } else {
            if !alone {
                context.put(Output::Shut);
                context.put(Output::Mark);
            }
            context.put(Output::Abort);
            context.put(Output::Keep(Slot::SignIn, None));
            for id in waiting {
                context.settle_for(*id, Err(login_required()));
            }
            context.tab.answered = None;
            held = context.tab.session.take();
            context.tab.user = None;
        }
        let mut logout = Box::new(Self {
            callers: vec![context.id],
            state: Hidden(base64url::encode(entropy)),
            metadata: context.tab.metadata.clone(),
            held,
            generation: context.tab.generation,
            entry: 0,
            revision: context.tab.version.revision,
            outdated: false,
            report: Report::new(asked.scope, dry, context.now),
            stage: Stage::Committing,
            open: Open::default(),
            asked,
            told: Members::new(),
        });
        if dry {
            return Some(Operation::Logout(logout));
        }
        if alone && context.tab.place == Place::Browser {
            // The session is shared and stays: this tab leaves it, and says so to itself.
            context.tab.left = Some(logout.generation);
            context.put(Output::Keep(Slot::Left, Some(logout.generation.into())));
            logout.wipe(context);
            return Some(Operation::Logout(logout));
        }
        context.tab.closing += 1;
        context.commit(logout.asked.end());
        Some(Operation::Logout(logout))
    }

    /// Another call while this one is under way: they share it, and it reaches as far as either asks.
    pub(super) fn join(&mut self, id: Id, asked: &Asked) -> Join {
        let committing = self.stage == Stage::Committing;
        let covered = self.asked.clear.covers(&asked.clear);
        let more = asked.revoke && !self.asked.revoke || !covered;
        let dry = asked.dry_run || self.asked.dry_run;
        if dry
            || self.has_left()
            || self.asked.scope == Scope::Tab
            || (more && !committing)
            || !(covered || asked.clear.covers(&self.asked.clear))
        {
            return Join::Apart;
        }
        self.callers.push(id);
        self.asked.revoke |= asked.revoke;
        if !covered {
            self.asked.clear = asked.clear.clone();
        }
        if asked.scope > self.asked.scope {
            self.asked.scope = asked.scope;
            self.report.scope = asked.scope;
            self.asked.redirect_to = asked.redirect_to.clone();
            self.asked.parameters = asked.parameters.clone();
        }
        Join::Shared
    }

    /// Another tab says that it is signed out.
    pub(super) fn acknowledge(&mut self, generation: u64) {
        if generation >= self.generation && !self.has_left() && !self.asked.dry_run {
            self.report.acknowledged += 1;
        }
    }

    pub(super) fn has_left(&self) -> bool {
        self.stage == Stage::Left
    }

    /// Whether the app is told so: until the local layers are done, or the provider has the page.
    pub(super) fn is_signing_out(&self) -> bool {
        match self.stage {
            Stage::Reaching => self.open.wipe || self.asked.scope == Scope::Provider,
            Stage::Committing | Stage::Discovering | Stage::Left => !self.asked.dry_run,
        }
    }

    /// Steps 2 to 6. Every transition of a sign-out is in this one match.
    pub(super) fn step(&mut self, context: &mut Context<'_>, part: u8, reply: &Reply) -> Step {
        match (self.stage, part, reply) {
            (Stage::Committing, part::MAIN, Reply::Committed { verdict, seen })
                if self.asked.dry_run =>
            {
                context.see(*verdict, seen, Reason::OtherTab);
                self.told
                    .with("storage", context.tab.place.as_str())
                    .with("mayBeAlive", notes(&seen.ledger));
                // A tab that leaves a shared session revokes nothing of it.
                self.asked.revoke &= !self.asked.is_alone() || context.tab.place != Place::Browser;
                self.reach(context, context.tab.session.clone());
                self.arrived(context)
            }
            (Stage::Committing, part::MAIN, Reply::Committed { verdict, seen }) => {
                context.tab.closing -= 1;
                self.outdated = seen.session.is_none() && self.revision != seen.version.revision;
                // A look that overtook the commit took nothing in, although somebody may have signed in since.
                context.catch_up(seen);
                context.adopt(seen, None, Reason::Logout);
                if let Verdict::Done { entry } = verdict {
                    self.entry = *entry;
                }
                if self.asked.scope > Scope::Tab {
                    context.forget();
                    context.put(Output::Keep(Slot::Left, None));
                    context.announce(seen.generation);
                }
                self.reach(context, seen.session.clone());
                Step::Go
            }
            // The page goes away before the transaction has answered: what memory holds is revoked now.
            (Stage::Committing, part::AWAY, Reply::Woken) => {
                if let Some(session) = self.held.clone().filter(|_| self.asked.revoke) {
                    context.withdraw(&session, 0);
                }
                self.end_application(context);
                Step::Go
            }
            (Stage::Reaching, part::MAIN, Reply::Wiped { removed, residue }) if self.open.wipe => {
                for name in removed {
                    self.report.removed.push(name.clone());
                }
                self.report.residue = residue.clone();
                self.open.wipe = false;
                self.local_done(context);
                self.arrived(context)
            }
            (Stage::Reaching, part::MAIN, Reply::CleanedUp(outcomes)) if self.open.cleaners => {
                self.report.cleaners = outcomes.clone();
                self.open.cleaners = false;
                self.arrived(context)
            }
            (Stage::Reaching, part::REFRESH_TOKEN, Reply::Answer(answer))
                if self.open.refresh_token =>
            {
                self.report.refresh_token = self.judge(context.now, "refreshToken", answer);
                self.open.refresh_token = false;
                self.arrived(context)
            }
            (Stage::Reaching, part::ACCESS_TOKEN, Reply::Answer(answer))
                if self.open.access_token =>
            {
                self.report.access_token = self.judge(context.now, "accessToken", answer);
                self.open.access_token = false;
                self.arrived(context)
            }
            (Stage::Reaching, part::APPLICATION, Reply::Answer(answer))
                if self.open.application =>
            {
                let (layer, problem) = match answer {
                    // A redirect is not followed, and is nobody's to read: its status is 0.
                    Ok(response) if response.status < 300 => (Layer::Ended, None),
                    Ok(_) => (Layer::Failed, Some(Code::ApplicationRefused)),
                    Err(failure) => (Layer::Unknown, Some(Error::from(*failure).code)),
                };
                self.report.application = layer;
                if let Some(code) = problem {
                    self.report.problem(code);
                }
                self.report.time("application", context.now);
                self.open.application = false;
                self.arrived(context)
            }
            (Stage::Reaching, part::TABS, Reply::Woken) if self.open.tabs => {
                self.report.time("tabs", context.now);
                self.open.tabs = false;
                self.arrived(context)
            }
            (Stage::Discovering, part::MAIN, Reply::Answer(answer)) => {
                let silent = answer.is_err();
                let found = context.discovered(answer);
                if let Err(error) = &found {
                    self.report.problem(error.code);
                }
                match found
                    .ok()
                    .or_else(|| self.metadata.take())
                    .filter(|_| !silent)
                {
                    Some(metadata) => self.leave(context, &metadata),
                    None => self.provider(context, Layer::Failed),
                }
            }
            (Stage::Left, part::MAIN, Reply::Woken) => Step::End,
            _ => Step::Refuse,
        }
    }

    /// Steps 3 and 4: what was in the record, or else in memory, is revoked while storage is cleared.
    fn reach(&mut self, context: &mut Context<'_>, taken: Option<Rc<Session>>) {
        if taken.is_some() && context.tab.place == Place::Browser {
            for name in ["nightlatch (IndexedDB)", "nightlatch (cookie)"] {
                self.report.removed.push(name.into());
            }
        }
        // Before cookies are wiped: it reads the CSRF token from one.
        self.end_application(context);
        if !self.asked.dry_run {
            self.wipe(context);
        }
        if let Some(session) = taken.or_else(|| self.held.take()) {
            self.metadata = Some(session.metadata.clone());
            self.revoke(context, &session);
            // The hint for the provider is all that is still needed.
            self.held = Some(session).filter(|_| self.asked.scope == Scope::Provider);
        } else if self.asked.revoke {
            // A session was there and nobody could open it: another sign-out had the key and did not finish.
            let outcome = if self.entry == 0 {
                Outcome::None
            } else {
                Outcome::Unknown
            };
            (self.report.refresh_token, self.report.access_token) = (outcome, outcome);
        }
        if self.asked.scope > Scope::Tab && !self.asked.dry_run {
            self.open.tabs = true;
            context.ask(
                part::TABS,
                Effect::Wait(TABS_DEADLINE_MS.min(self.asked.timeout_ms)),
            );
        }
    }

    /// Step 3, in this tab.
    fn wipe(&mut self, context: &mut Context<'_>) {
        self.stage = Stage::Reaching;
        (self.open.wipe, self.open.cleaners) = (true, true);
        context.wipe(
            context.id,
            self.asked.clear.clone(),
            self.asked.is_alone(),
            self.asked.timeout_ms,
        );
    }

    /// Step 5, begun with the revocations: nothing of it depends on them.
    fn end_application(&mut self, context: &mut Context<'_>) {
        if context.options.application && self.asked.scope > Scope::Tab {
            if self.asked.dry_run {
                self.report.application = Layer::Planned;
                return;
            }
            let timeout_ms = self.timeout_ms(context);
            context.ask(part::APPLICATION, Effect::Application { timeout_ms });
            self.open.application = true;
        }
    }

    fn timeout_ms(&self, context: &Context<'_>) -> u64 {
        self.asked
            .timeout_ms
            .min(context.options.request_timeout_ms)
    }

    /// Sends the revocations, the refresh token's first.
    fn revoke(&mut self, context: &mut Context<'_>, session: &Session) {
        if !self.asked.revoke {
            return;
        }
        let timeout = self.timeout_ms(context);
        let endpoint = session.metadata.revocation_endpoint.as_ref();
        let dry = self.asked.dry_run;
        let mut send = |part, hint, token: Option<&Secret>, expires_at| match (endpoint, token) {
            (_, None) => (false, Outcome::None),
            (None, _) => (false, Outcome::Unsupported),
            _ if dry => (false, Outcome::Planned),
            (Some(endpoint), Some(token)) => {
                context.ask(
                    part,
                    Effect::Fetch(Request {
                        expires_at,
                        ..revocation::request(context.options, endpoint, hint, token, timeout)
                    }),
                );
                (true, Outcome::Unknown)
            }
        };
        (self.open.refresh_token, self.report.refresh_token) = send(
            part::REFRESH_TOKEN,
            Hint::RefreshToken,
            session.refresh_token.as_ref(),
            None,
        );
        (self.open.access_token, self.report.access_token) = send(
            part::ACCESS_TOKEN,
            Hint::AccessToken,
            Some(&session.access_token),
            session.expires_at,
        );
    }

    fn judge(&mut self, now: u64, layer: &'static str, answer: &Answer) -> Outcome {
        let (outcome, error) = revocation::response(answer);
        if let Some(error) = error {
            self.report.problem(error.code);
        }
        self.report.time(layer, now);
        match outcome {
            // That was another token than the one that is alive.
            Outcome::Revoked if self.outdated => Outcome::Unknown,
            outcome => outcome,
        }
    }

    fn local_done(&mut self, context: &mut Context<'_>) {
        self.report.time("local", context.now);
        context.put(Output::Event(Event::SignedOut(self.asked.reason)));
    }

    fn arrived(&mut self, context: &mut Context<'_>) -> Step {
        if self.open != Open::default() {
            return Step::Go;
        }
        if self.report.refresh_token.is_final() && self.report.access_token.is_final() {
            let entry = self.entry;
            context.confirm(entry);
        }
        match (self.asked.scope, self.metadata.clone()) {
            (Scope::Tab | Scope::App, _) => self.finish(context),
            (Scope::Provider, Some(metadata)) if !self.report.met_silence() => {
                self.leave(context, &metadata)
            }
            // The page does not leave for a provider that may not be there: it would not come back,
            // and nobody would read the report.
            (Scope::Provider, _) => {
                let spent = context.now.saturating_sub(self.report.started_at);
                context
                    .discover_within(self.asked.timeout_ms.saturating_sub(spent).max(LAST_TRY_MS));
                self.stage = Stage::Discovering;
                Step::Go
            }
        }
    }

    /// Step 5: off to the provider, with the report kept for the way back.
    fn leave(&mut self, context: &mut Context<'_>, metadata: &Metadata) -> Step {
        let Some(endpoint) = &metadata.end_session_endpoint else {
            return self.provider(context, Layer::Unsupported);
        };
        if self.asked.dry_run {
            return self.provider(context, Layer::Planned);
        }
        self.report.provider = Layer::Redirecting;
        let held = self.held.take();
        let hint = held.as_ref().map(|session| &session.id_token);
        let kept = Members::new()
            .with("state", self.state.0.as_str())
            .with("returnTo", self.asked.redirect_to.as_str())
            .with("confirmed", self.report.is_confirmed())
            .with("ending", hint.map(|_| context.tab.ending))
            .with("report", self.report.to_json(context.now))
            .object();
        context.put(Output::Keep(Slot::SignOut, Some(kept)));
        context.put(Output::Navigate(end_session::request(
            context.options,
            endpoint,
            hint,
            &self.state.0,
            &self.asked.parameters,
        )));
        self.finish(context);
        context.ask(part::MAIN, Effect::Wait(LEAVE_MS));
        self.stage = Stage::Left;
        Step::Go
    }

    fn provider(&mut self, context: &mut Context<'_>, layer: Layer) -> Step {
        self.report.provider = layer;
        self.report.time("provider", context.now);
        if !self.asked.dry_run {
            let entry = context.tab.ending;
            context.beside(|context| Some(Withdrawal::remain(context, entry)));
        }
        self.finish(context)
    }

    /// Step 6.
    fn finish(&mut self, context: &mut Context<'_>) -> Step {
        let mut report = self.report.to_json(context.now);
        if let (true, Json::Object(members)) = (self.asked.dry_run, &mut report) {
            members.push(("capabilities".to_owned(), self.capabilities(context)));
        }
        let report = Rc::new(report);
        for id in core::mem::take(&mut self.callers) {
            context.settle_for(id, Ok(Settled::Told(report.clone())));
        }
        Step::End
    }

    fn capabilities(&mut self, context: &Context<'_>) -> Json {
        if let Some(metadata) = self.metadata.as_ref().or(context.tab.metadata.as_ref()) {
            self.told
                .with("revocation", metadata.revocation_endpoint.is_some())
                .with("endSession", metadata.end_session_endpoint.is_some());
        }
        self.told.object()
    }
}

/// What the kept report of the way back is, if `state` proves that it is the way back.
pub(super) fn returned(kept: &Json, state: &str, options: &Options, now: u64) -> Option<Settled> {
    let proven = kept.member("state").text() == Some(state) && !state.is_empty();
    let target = kept
        .member("returnTo")
        .text()
        .and_then(|target| options.target(target).ok());
    proven.then(|| Settled::Returned {
        return_to: target.unwrap_or("/").to_owned(),
        report: Rc::new(super::report::confirmed(kept, now)),
    })
}

pub(super) const fn login_required() -> Error {
    Error::new(Code::LoginRequired, "nobody is signed in")
}
