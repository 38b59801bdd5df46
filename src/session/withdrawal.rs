//! Revoking tokens that nobody holds any more: late ones, replaced ones, those of an ended session.

use super::change::Change;
use super::context::{Context, Step};
use super::input::Reply;
use super::machine::Operation;
use super::output::Effect;
use super::{Reason, Session};
use crate::protocol::options::Reach;
use crate::protocol::revocation::{self, Hint, Outcome};
use crate::protocol::{Metadata, Secret};

/// A revocation that no call waits for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Withdrawal {
    /// The note that is cleared when all is confirmed; 0 for none.
    entry: u64,
    /// How many answers are awaited.
    open: u8,
    confirmed: bool,
}

impl Withdrawal {
    /// Revokes a session's tokens.
    pub(super) fn begin(
        context: &mut Context<'_>,
        session: &Session,
        entry: u64,
    ) -> Option<Operation> {
        Self::of(
            context,
            &session.metadata,
            session.refresh_token.as_ref(),
            &session.access_token,
            entry,
        )
    }

    /// Revokes tokens, the refresh token first (RFC 7009 §2.1: it takes the others with it).
    pub(super) fn of(
        context: &mut Context<'_>,
        metadata: &Metadata,
        refresh_token: Option<&Secret>,
        access_token: &Secret,
        entry: u64,
    ) -> Option<Operation> {
        let endpoint = metadata.revocation_endpoint.as_ref()?;
        // It would end the newer session too (rule 12), or take back the user's consent.
        let reach = context.options.reach;
        if reach == Reach::Grant || reach == Reach::User && context.tab.user.is_some() {
            return None;
        }
        let timeout = context.options.request_timeout_ms;
        let mut open = 0;
        let tokens = [
            (Hint::RefreshToken, refresh_token),
            (Hint::AccessToken, Some(access_token)),
        ];
        for (hint, token) in &tokens {
            if let Some(token) = *token {
                context.ask(
                    open,
                    Effect::Fetch(revocation::request(
                        context.options,
                        endpoint,
                        *hint,
                        token,
                        timeout,
                    )),
                );
                open += 1;
            }
        }
        Some(Operation::Withdrawal(Self {
            entry,
            open,
            confirmed: true,
        }))
    }

    /// Clears a note.
    pub(super) fn confirm(context: &mut Context<'_>, entry: u64) -> Option<Operation> {
        if entry == 0 {
            return None;
        }
        context.commit(Change::Confirm { entry });
        Some(Operation::Withdrawal(Self {
            entry,
            open: 0,
            confirmed: true,
        }))
    }

    /// Notes that this tab has not left for the provider, and that the others need not wait for it.
    pub(super) fn remain(context: &mut Context<'_>, entry: u64) -> Operation {
        context.commit(Change::Remain { entry });
        Operation::Withdrawal(Self {
            entry,
            open: 0,
            confirmed: false,
        })
    }

    pub(super) fn step(&mut self, context: &mut Context<'_>, reply: &Reply) -> Step {
        match reply {
            Reply::Answer(answer) if self.open > 0 => {
                let (outcome, _) = revocation::response(answer);
                self.open -= 1;
                self.confirmed &= outcome == Outcome::Revoked;
                if self.open > 0 {
                    return Step::Go;
                }
                if !self.confirmed || self.entry == 0 {
                    return Step::End;
                }
                context.commit(Change::Confirm { entry: self.entry });
                Step::Go
            }
            Reply::Committed { seen, .. } if self.open == 0 => {
                // The key share is gone: another tab is signing out.
                if !seen.live {
                    context.adopt(seen, None, Reason::OtherTab);
                }
                if !self.confirmed {
                    context.announce(seen.generation);
                }
                Step::End
            }
            _ => Step::Refuse,
        }
    }
}
