//! What the app is told. Nothing here holds a token.

use std::rc::Rc;

use crate::protocol::options::Place;
use crate::protocol::{Claims, Error, Json, Members};

/// Where a tab stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "kebab-case")
)]
pub enum Status {
    /// A session is there and its tokens are handed out.
    SignedIn,
    /// Nobody is signed in.
    SignedOut,
    /// On the way in; no token is handed out.
    SigningIn,
    /// On the way out; no token is handed out.
    SigningOut,
}

impl Status {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed-in",
            Self::SignedOut => "signed-out",
            Self::SigningIn => "signing-in",
            Self::SigningOut => "signing-out",
        }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "camelCase")
)]
pub enum Reason {
    /// The access token ended and there is no refresh token, or the session has lasted as long as it may.
    Expired,
    /// Nobody was active for as long as that may be.
    Idle,
    /// This tab signed out.
    Logout,
    /// Another tab signed out.
    OtherTab,
    /// The app, or what watches over it, has found the provider's own session ended.
    ProviderSessionEnded,
    /// The provider refused the refresh token.
    Revoked,
    /// Another user signed in.
    UserChanged,
}

impl Reason {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Idle => "idle",
            Self::Logout => "logout",
            Self::OtherTab => "otherTab",
            Self::ProviderSessionEnded => "providerSessionEnded",
            Self::Revoked => "revoked",
            Self::UserChanged => "userChanged",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A refresh did not succeed; the session stays.
    RefreshFailed(Error),
    /// Somebody is signed in.
    SignedIn(Rc<Claims>),
    /// The session ended.
    SignedOut(Reason),
    /// There is a new access token.
    TokenRefreshed {
        /// When it ends.
        expires_at: Option<u64>,
    },
}

impl Event {
    /// The name that JavaScript listens to.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RefreshFailed(_) => "refreshFailed",
            Self::SignedIn(_) => "signedIn",
            Self::SignedOut(_) => "signedOut",
            Self::TokenRefreshed { .. } => "tokenRefreshed",
        }
    }

    /// What the listener gets; what stands as `error` becomes an `AuthError`.
    pub fn detail(&self) -> Json {
        match self {
            Self::RefreshFailed(error) => Members::new().with("error", error.to_json()).object(),
            Self::SignedIn(claims) => Members::new().with("user", claims.json().clone()).object(),
            Self::SignedOut(reason) => Members::new().with("reason", reason.as_str()).object(),
            Self::TokenRefreshed { expires_at } => {
                Members::new().with("expiresAt", *expires_at).object()
            }
        }
    }
}

/// One moment of a tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Where the tab stands.
    pub status: Status,
    /// The claims, while signed in.
    pub user: Option<Rc<Claims>>,
    /// When the access token ends.
    pub expires_at: Option<u64>,
    /// When the session ends by itself if nobody is active any more.
    pub ends_at: Option<u64>,
    /// The scopes granted.
    pub scope: Option<String>,
    /// Where the session is really kept.
    pub place: Place,
}

impl Snapshot {
    /// The snapshot that JavaScript sees.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("status", self.status.as_str())
            .with("isAuthenticated", self.status == Status::SignedIn)
            .with(
                "user",
                self.user
                    .as_ref()
                    .map_or(Json::Null, |claims| claims.json().clone()),
            )
            .with("expiresAt", self.expires_at)
            .with("endsAt", self.ends_at)
            .with("scope", self.scope.as_deref())
            .with("storage", self.place.as_str())
            .object()
    }
}
