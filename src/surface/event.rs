//! What happens, as the app is told.

use serde::{Deserialize, Serialize};

use super::{AuthError, LoginOptions, LogoutReport, User};
use crate::session::Reason as SignedOutReason;

/// What happened. No event holds a token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A refresh did not succeed; the session stays.
    RefreshFailed {
        /// Why.
        error: AuthError,
    },
    /// Somebody is signed in.
    SignedIn {
        /// Who.
        user: User,
    },
    /// The session ended.
    SignedOut {
        /// Why.
        reason: SignedOutReason,
    },
    /// An API asks for another sign-in, or for more scopes: `LoginOptions::from` takes it.
    StepUpRequired(StepUp),
    /// There is a new access token.
    TokenRefreshed {
        /// When it ends, in milliseconds since the Unix epoch; `None` where the provider did not say.
        expires_at: Option<u64>,
    },
}

/// What an API asks for beyond the token that it was sent: `insufficient_user_authentication` (RFC 9470 §3) or
/// `insufficient_scope` (RFC 6750 §3.1).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct StepUp {
    /// The authentication context classes that the API accepts, with a space between.
    pub acr_values: Option<String>,
    /// How long ago the user may have proved who they are, in seconds.
    pub max_age: Option<u32>,
    /// The scopes that the API wants, with a space between.
    pub scope: Option<String>,
}

impl From<StepUp> for LoginOptions {
    fn from(asked: StepUp) -> Self {
        let mut options = Self::default();
        if let Some(values) = asked.acr_values {
            options = options.acr_values(values);
        }
        if let Some(seconds) = asked.max_age {
            options = options.max_age(core::time::Duration::from_secs(seconds.into()));
        }
        if let Some(scope) = asked.scope {
            options = options.scope(scope);
        }
        options
    }
}

/// What an address was an answer to.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum RedirectResult {
    /// To a sign-in.
    Login {
        /// Where the app wanted to be.
        return_to: String,
        /// Who signed in.
        user: User,
    },
    /// To a sign-out that left for the provider.
    Logout {
        /// Where the app wanted to be.
        return_to: String,
        /// The finished report.
        report: Box<LogoutReport>,
    },
}
