//! What a session holds, and its form at rest (which is always sealed).

use std::rc::Rc;

use crate::protocol::{Claims, Json, Members, Metadata, Options, Secret, Tokens};

/// How far a clock is set back without a token being one of tomorrow, in milliseconds: corrections are small.
const EARLIER_MS: u64 = 30_000;

/// A signed-in user's tokens, claims, and the endpoints they came from.
///
/// The endpoints stand with the tokens, so that neither a refresh nor a logout has to wait for
/// discovery, and a provider that is down cannot hide where to revoke.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, where there is one.
    pub refresh_token: Option<Secret>,
    /// The last ID token: the hint for the provider's logout.
    pub id_token: Secret,
    /// The checked claims.
    pub claims: Rc<Claims>,
    /// The scopes granted.
    pub scope: String,
    /// When the access token ends, in milliseconds since the epoch; `None` where it was not said.
    pub expires_at: Option<u64>,
    /// When the tokens were asked for, by the same clock.
    pub asked_at: u64,
    /// The provider's endpoints.
    pub metadata: Rc<Metadata>,
}

impl Session {
    /// The session after a refresh whose request left at `sent_at`: RFC 6749 §6.
    pub(super) fn refreshed(&self, tokens: Tokens, claims: Option<Claims>, sent_at: u64) -> Self {
        Self {
            expires_at: expiry(&tokens, sent_at),
            asked_at: sent_at,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.or_else(|| self.refresh_token.clone()),
            id_token: tokens.id_token.unwrap_or_else(|| self.id_token.clone()),
            claims: claims.map_or_else(|| self.claims.clone(), Rc::new),
            scope: tokens.scope.unwrap_or_else(|| self.scope.clone()),
            metadata: self.metadata.clone(),
        }
    }

    /// Whether the access token is good for `ms` more, as far as the clock can tell. A token of tomorrow says that
    /// the clock was set back: nobody knows how old it is, so it counts as over if there can be a new one.
    pub(super) fn lasts(&self, ms: u64, now: u64) -> bool {
        self.expires_at.is_none_or(|end| {
            end > now.saturating_add(ms)
                && (now + EARLIER_MS >= self.asked_at || self.refresh_token.is_none())
        })
    }

    /// The plain form, to be sealed.
    pub fn to_json(&self, options: &Options) -> Json {
        Members::new()
            .with("accessToken", self.access_token.reveal())
            .with(
                "refreshToken",
                self.refresh_token.as_ref().map(Secret::reveal),
            )
            .with("idToken", self.id_token.reveal())
            .with("claims", self.claims.json().clone())
            .with("scope", self.scope.as_str())
            .with("expiresAt", self.expires_at)
            .with("askedAt", self.asked_at)
            .with("metadata", self.metadata.to_json(&options.issuer))
            .object()
    }

    /// From the unsealed form. `None` for what is not whole.
    pub fn from_json(json: &Json, options: &Options) -> Option<Self> {
        let text = |name| json.member(name).text();
        let access_token = text("accessToken")?;
        let id_token = text("idToken")?;
        let scope = text("scope")?;
        let metadata = json.member("metadata");
        let metadata = Metadata::parse(metadata, &options.issuer, options.loopback).ok()?;
        let secret = |text: &str| Secret::new(text.to_owned());
        Some(Self {
            access_token: secret(access_token),
            refresh_token: text("refreshToken").map(secret),
            id_token: secret(id_token),
            claims: Rc::new(Claims::restored(json.member("claims").clone())),
            scope: scope.to_owned(),
            expires_at: json.member("expiresAt").count(),
            asked_at: json.member("askedAt").count().unwrap_or(0),
            metadata: Rc::new(metadata),
        })
    }
}

/// When the access token ends, counted from when its request left: later is never believed.
pub(super) fn expiry(tokens: &Tokens, sent_at: u64) -> Option<u64> {
    tokens
        .expires_in
        .map(|seconds| sent_at.saturating_add(u64::from(seconds) * 1000))
}
