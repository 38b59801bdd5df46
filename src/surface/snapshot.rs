//! One moment of a client.

use serde::{Deserialize, Serialize};

use crate::protocol::Json;
use crate::protocol::options::Place as StorageKind;
use crate::session::Status;

/// One moment of a client.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Snapshot {
    /// Where the client stands.
    pub status: Status,
    /// Whether `status` is [`Status::SignedIn`].
    pub is_authenticated: bool,
    /// Who is signed in.
    pub user: Option<User>,
    /// When the access token ends, in milliseconds since the Unix epoch; `None` when nobody is signed in or the provider
    /// did not say.
    pub expires_at: Option<u64>,
    /// When the session ends by itself if nobody is active any more, in milliseconds since the Unix epoch; `None` when
    /// nobody is signed in or there is no limit.
    pub ends_at: Option<u64>,
    /// The scopes granted, with a space between; `None` when nobody is signed in.
    pub scope: Option<String>,
    /// Where the session really is kept: [`StorageKind::Memory`] where the browser refused what was asked for.
    pub storage: StorageKind,
}

#[cfg(target_arch = "wasm32")]
impl Snapshot {
    /// Nobody is signed in.
    pub(super) fn nobody() -> Self {
        Self {
            status: Status::SignedOut,
            is_authenticated: false,
            user: None,
            expires_at: None,
            ends_at: None,
            scope: None,
            storage: StorageKind::Memory,
        }
    }
}

/// The claims of the ID token (OpenID Connect Core 1.0 §2). Display data: never decide on a server by it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(transparent)]
pub struct User(Json);

impl User {
    /// Who the user is at this issuer.
    pub fn sub(&self) -> &str {
        self.claim("sub").text().unwrap_or_default()
    }

    /// The issuer.
    pub fn iss(&self) -> &str {
        self.claim("iss").text().unwrap_or_default()
    }

    /// The claim of this name; [`Json::Null`] where there is none.
    pub fn claim(&self, name: &str) -> &Json {
        self.0.member(name)
    }

    /// All claims, by name.
    pub fn claims(&self) -> &[(String, Json)] {
        self.0.members()
    }
}
