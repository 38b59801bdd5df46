//! What the app asks of a sign-out.

use super::Reason;
use super::change::Change;
use crate::protocol::arguments::Arguments;
use crate::protocol::options::{Clear, Reach};
use crate::protocol::{Json, Options, Result, end_session};

/// What a sign-out reaches; each includes those before it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Scope {
    /// This tab.
    Tab,
    /// The app: all tabs, its tokens.
    App,
    /// And the provider's session.
    Provider,
}

impl Scope {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::App => "app",
            Self::Provider => "provider",
        }
    }
}

/// What the app asks of a sign-out.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) scope: Scope,
    pub(super) revoke: bool,
    pub(super) clear: Clear,
    pub(super) redirect_to: String,
    pub(super) timeout_ms: u64,
    /// Further parameters of the request to the provider.
    pub(super) parameters: Vec<(String, String)>,
    pub(super) dry_run: bool,
    /// What the app is told.
    pub(super) reason: Reason,
}

impl Asked {
    /// Whether it reaches this tab alone.
    pub(super) fn is_alone(&self) -> bool {
        self.scope == Scope::Tab
    }

    /// Whether it only asks what would be.
    pub(super) fn is_dry(&self) -> bool {
        self.dry_run
    }

    /// What is committed for it.
    pub(super) fn end(&self) -> Change {
        match self.scope {
            Scope::Tab => Change::EndOwn,
            Scope::App => Change::End,
            Scope::Provider => Change::EndAtProvider,
        }
    }

    pub(super) fn parse(json: &Json, options: &Options) -> Result<Self> {
        let mut arguments = Arguments::new(json);
        let rule = "`scope` is \"tab\", \"app\" or \"provider\"";
        let scope = match arguments.word(rule) {
            Some(0) => Scope::Tab,
            Some(2) => Scope::Provider,
            _ => Scope::App,
        };
        let target = arguments.text("redirectTo", "`redirectTo` is a string");
        let redirect_to = arguments.take(options.target(target.unwrap_or("/")));
        let revoke = json.member("revoke");
        // Where a revocation takes the user's consent on all devices along, only that word asks for one.
        let revoke = revoke.text() == Some("grant")
            || (arguments.flag("`revoke` is a boolean or \"grant\"") || revoke.is_null())
                && options.reach != Reach::Grant;
        let mut parameters = Vec::new();
        arguments.parameters(end_session::RESERVED, &mut parameters);
        let asked = Self {
            scope,
            parameters,
            revoke,
            clear: Clear::read(&mut arguments).unwrap_or_else(|| options.clear.clone()),
            redirect_to: redirect_to.unwrap_or("/").to_owned(),
            timeout_ms: arguments.duration("timeout", 5_000),
            dry_run: arguments.flag("`dryRun` is a boolean"),
            reason: match arguments.word("`reason` is \"logout\" or \"providerSessionEnded\"") {
                Some(1) => Reason::ProviderSessionEnded,
                _ => Reason::Logout,
            },
        };
        arguments.end()?;
        Ok(asked)
    }
}
