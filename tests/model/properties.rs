//! What must hold: P1 to P5 of the protocol's model check, and what the code has added.
//!
//! - **P1** nothing comes back. *u*: no page hands out or shows what it has heard to be ended, or has
//!   itself signed out; a call for a token made after a sign-out never gets what that ended. *e*: the
//!   record never holds an ended session. *w*: at rest no page shows one.
//! - **P2** nothing is forgotten. *a*: without a fault, all that is alive at the provider at rest is the
//!   session in the record. *b*: with one, the rest stands in the ledger. *n*: without one, the ledger
//!   is empty at rest.
//! - **P3** one refresh: a token is sent again only by its sender after it was told that it failed, or
//!   after the deadline. *r*: the provider never meets a reuse where nothing failed.
//! - **P4** everything ends. *ui*: nobody waits for the network to be shown that they are signed out.
//! - **P5** one view. *half*: at rest pages and record agree. *h*: a client never revokes the session
//!   that it keeps. *u*: what was asked for one user is not answered with another's token. *s*: no sign-in is refused where nothing happened since it began. *x*: at rest the
//!   record holds the current token, or the ledger has a note.
//! - **P6** who comes in after a sign-out at the provider that is not known to have succeeded was asked.

use nightlatch::session::change::{Content, Verdict};
use nightlatch::session::ledger::{Entry, Kind};
use nightlatch::session::{Change, Id, Status};

use crate::machines::Outcome;
use crate::server::{Life, Token};
use crate::state::{Families, Page, Sent, State, What, Work, family};
use crate::world::{Carriers, World, all, disturb};

impl World {
    /// A transaction was made.
    pub(crate) fn witness(
        &mut self,
        state: &mut State,
        tab: usize,
        change: &Change,
        verdict: Verdict,
    ) {
        let made = matches!(verdict, Verdict::Done { .. });
        match change {
            Change::End | Change::EndAtProvider if made => {
                // Whoever had begun to sign in before is signed out, too.
                state.ghost.ended |= all(&state.families);
                disturb(state);
            }
            Change::Install { session, .. } | Change::Renew { session, .. } if made => {
                let token = Token::read(&session.scope).unwrap();
                if has(state.ghost.ended, token) {
                    let name = token.name();
                    self.breaks(
                        "P1e",
                        format!("tab {tab} puts {name} into the record, which was ended"),
                    );
                }
                if matches!(change, Change::Install { .. }) {
                    disturb(state);
                }
            }
            Change::Invalidate { .. } if made => disturb(state),
            Change::Open if verdict != (Verdict::Done { entry: 0 }) => disturb(state),
            _ => {}
        }
    }

    /// A session was put into the record, or not, while the provider's own may outlive a sign-out.
    pub(crate) fn witness_return(
        &mut self,
        state: &State,
        tab: usize,
        change: &Change,
        content: Content,
        may_live: bool,
    ) {
        let Change::Install { session, .. } = change else {
            return;
        };
        let token = Token::read(&session.scope).unwrap();
        let unasked = !state.families[usize::from(token.family)].asked;
        if content == Content::Replace && may_live && unasked {
            let name = token.name();
            self.breaks(
                "P6",
                format!("tab {tab} puts {name} into the record, and nobody was asked"),
            );
        }
    }

    /// A refresh token leaves the browser.
    pub(crate) fn sends(&mut self, state: &mut State, tab: usize, token: Token) {
        let families = &state.families;
        let sent = &mut state.ghost.sent;
        sent.retain(|sent| families[usize::from(sent.token.family)].life == Life::Alive);
        let before = sent.iter().position(|sent| sent.token == token);
        if let Some(before) = before.map(|at| sent.remove(at)) {
            let again = before.failed || before.time != state.time;
            if !again {
                let (name, first) = (token.name(), before.tab);
                self.breaks(
                    "P3",
                    format!("tab {tab} sends {name}, which tab {first} has sent"),
                );
            }
        }
        let time = state.time;
        state.ghost.sent.push(Sent {
            token,
            tab,
            time,
            failed: false,
        });
        state.ghost.sent.sort_unstable_by_key(|sent| sent.token);
    }

    /// A call is answered.
    pub(crate) fn settle(&mut self, state: &mut State, tab: usize, id: Id, outcome: Outcome) {
        let page = &mut state.pages[tab];
        // Like a promise: the first answer counts.
        let Some(at) = page.asked.iter().position(|asked| asked.id == id) else {
            return;
        };
        let asked = page.asked.remove(at);
        let gone = asked.ended | page.gone();
        match (asked.what, outcome) {
            (_, Outcome::Token(token)) if has(gone, token) => {
                self.breaks(
                    "P1u",
                    format!("tab {tab} hands out {}, which was ended", token.name()),
                );
            }
            (_, Outcome::Token(token))
                if asked
                    .user
                    .is_some_and(|user| user != self.machines.user(token)) =>
            {
                self.breaks(
                    "P5u",
                    format!(
                        "tab {tab} answers with {}, which is another's",
                        token.name()
                    ),
                );
            }
            (What::Callback, Outcome::Superseded) if page.storage.undisturbed => {
                self.breaks(
                    "P5s",
                    format!("tab {tab} refuses a sign-in that nothing disturbed"),
                );
            }
            (What::Callback, Outcome::Failed) if state.spent.faults == 0 => {
                self.breaks(
                    "P5s",
                    format!("tab {tab} fails to sign in, and nothing had failed"),
                );
            }
            _ => {}
        }
    }

    /// What holds at every moment.
    pub(crate) fn check(&mut self, state: &State) {
        if let Some(token) = self.in_record(state) {
            if has(state.ghost.ended, token) {
                self.breaks(
                    "P1e",
                    format!("the record holds {}, which was ended", token.name()),
                );
            }
            if state.families[usize::from(token.family)].life == Life::Revoked {
                self.breaks(
                    "P5h",
                    format!("the record keeps {}, which a tab has revoked", token.name()),
                );
            }
        }
        for (tab, page) in state.pages.iter().enumerate() {
            if !page.is_open() {
                continue;
            }
            let shown = page.shown.filter(|_| !page.hidden);
            if let Some(token) = shown.filter(|token| has(page.gone(), *token)) {
                self.breaks(
                    "P1u",
                    format!("tab {tab} shows {}, which was ended", token.name()),
                );
            }
            let only_network = page
                .jobs
                .iter()
                .all(|job| matches!(job.work, Work::Fetch(_) | Work::Answer(_)));
            // A page that is going to leave for the provider revokes first.
            let leaves = page.awaits(What::LogoutAtProvider);
            if page.is_here() && page.status == Status::SigningOut && only_network && !leaves {
                self.breaks(
                    "P4ui",
                    format!("tab {tab} waits for the network to show that it is signed out"),
                );
            }
        }
    }

    /// What holds when nothing goes on by itself any more.
    pub(crate) fn check_at_rest(&mut self, state: &State) {
        let kept = self.in_record(state);
        let well = state.spent.faults == 0 && !(state.ghost.lost && self.excuses);
        for (tab, page) in state.pages.iter().enumerate() {
            if !page.is_here() {
                continue;
            }
            if page.hidden {
                self.breaks("P4", format!("tab {tab} stays hidden"));
            }
            let silent = page
                .asked
                .iter()
                .find(|asked| asked.what != What::Login || page.leaving.is_none());
            if let Some(asked) = silent {
                self.breaks("P4", format!("tab {tab} never answers {:?}", asked.what));
            }
            if !self.machines.is_idle(page.machine) && page.leaving.is_none() {
                self.breaks(
                    "P4",
                    format!("tab {tab} has something under way that nothing moves"),
                );
            }
            if page
                .shown
                .is_some_and(|token| has(state.ghost.ended, token))
                && well
                && self.carriers != Carriers::None
            {
                self.breaks("P1w", format!("tab {tab} shows an ended session at rest"));
            }
        }
        // The note of the provider's own session stands until somebody signs in.
        let ledger = state.record.ledger.len() - usize::from(to_provider(state));
        let leaks: Vec<_> = (0_u8..)
            .zip(&state.families)
            .filter(|(at, family)| {
                family.life == Life::Alive && kept.is_none_or(|kept| kept.family != *at)
            })
            .map(|(at, _)| at)
            .collect();
        if !leaks.is_empty() && well {
            self.breaks(
                "P2a",
                format!("families {leaks:?} live on, and nothing had failed"),
            );
        }
        // A session whose key is gone is noted by the next page that opens.
        let unopened = usize::from(state.record.slot.present && kept.is_none());
        if leaks.len() > ledger + unopened {
            self.breaks(
                "P2b",
                format!("families {leaks:?} live on, and the ledger has {ledger} notes"),
            );
        }
        if ledger > 0 && well {
            self.breaks(
                "P2n",
                format!(
                    "the ledger has {:?}, and nothing had failed",
                    state.record.ledger
                ),
            );
        }
        if let Some(kept) = kept {
            let family = &state.families[usize::from(kept.family)];
            if family.life == Life::Alive
                && family.current != kept.rotation
                && (well || ledger == 0)
            {
                self.breaks(
                    "P5x",
                    format!(
                        "the record has {}, and the provider is at {}",
                        kept.name(),
                        family.current
                    ),
                );
            }
        }
        if well && self.carriers != Carriers::None {
            self.check_views(state);
        }
    }

    /// Pages and record agree.
    pub(crate) fn check_views(&mut self, state: &State) {
        let kept = self.in_record(state);
        for (tab, page) in state.pages.iter().enumerate() {
            if !page.is_here() || page.leaving.is_some() {
                continue;
            }
            let expected = kept.filter(|_| page.storage.left != Some(state.record.generation));
            if page.shown != expected {
                self.breaks(
                    "P5half",
                    format!("tab {tab} shows {:?}, the record has {kept:?}", page.shown),
                );
            }
        }
    }
}

impl Page {
    /// What this page may no longer hand out or show.
    fn gone(&self) -> Families {
        self.heard | self.left | self.storage.forsaken
    }
}

fn has(families: Families, token: Token) -> bool {
    families & family(token.family) != 0
}

/// Whether a note is about the provider's own session: somebody is on the way there, or is not.
pub(crate) fn is_about_provider(entry: &Entry) -> bool {
    matches!(entry.kind, Kind::Leaving | Kind::Provider)
}

/// Whether the provider's session was to be ended, and nobody knows that it has.
pub(crate) fn to_provider(state: &State) -> bool {
    let ledger = &state.record.ledger;
    ledger.iter().any(is_about_provider)
}
