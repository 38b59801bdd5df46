//! Token revocation: RFC 7009.

use super::message::Form;
use super::{Answer, Code, Error, Failure, Options, Request, Secret, url};

/// Which token is revoked: RFC 7009 §2.1 `token_type_hint`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Hint {
    /// An access token.
    AccessToken,
    /// A refresh token.
    RefreshToken,
}

/// What came of one token.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Outcome {
    /// The server refused, or could not.
    Failed,
    /// There was no such token.
    None,
    /// It did not get through, and will be tried again.
    Queued,
    /// The server would be asked.
    Planned,
    /// The server says that it is revoked.
    Revoked,
    /// It was not asked for.
    Skipped,
    /// Asked for, and no answer that proves it.
    Unknown,
    /// The server does not revoke this kind, or nothing at all.
    Unsupported,
}

impl Outcome {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::None => "none",
            Self::Queued => "queued",
            Self::Planned => "planned",
            Self::Revoked => "revoked",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
            Self::Unsupported => "unsupported",
        }
    }

    /// Whether nothing of the token may be alive on its account.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::None | Self::Revoked)
    }
}

/// The revocation of one token: RFC 7009 §2.1. It outlives the page and needs no preflight.
pub fn request(
    options: &Options,
    endpoint: &str,
    hint: Hint,
    token: &Secret,
    timeout_ms: u64,
) -> Request {
    let hint = match hint {
        Hint::AccessToken => "access_token",
        Hint::RefreshToken => "refresh_token",
    };
    let form = url::form(&[
        ("token", token.reveal()),
        ("token_type_hint", hint),
        ("client_id", &options.client_id),
    ]);
    Request {
        url: endpoint.to_owned(),
        // The browser refuses more than 64 KiB of keepalive bodies at once.
        keepalive: form.len() < 30_000,
        form: Some(Form(Secret::new(form))),
        timeout_ms,
        expires_at: None,
        keys: None,
    }
}

/// Judges the answer by its status alone: RFC 7009 §2.2. A 200 may have any body, and an answer that a script
/// may not read has the status 0 (the Fetch standard's opaque response) and proves nothing.
pub fn response(answer: &Answer) -> (Outcome, Option<Error>) {
    match answer {
        Ok(response) if response.status == 200 => (Outcome::Revoked, None),
        Ok(response) if response.status == 0 => (Outcome::Unknown, None),
        Ok(response) => {
            let error = response.refusal(
                Code::RevocationRefused,
                "the provider refused the revocation",
            );
            let word = error
                .refusal
                .as_ref()
                .and_then(|refusal| refusal.error.as_deref());
            match word {
                Some("unsupported_token_type") => (Outcome::Unsupported, None),
                _ => (Outcome::Failed, Some(error)),
            }
        }
        Err(Failure::Queued) => (Outcome::Queued, Some(Failure::Queued.into())),
        // Nothing left the browser.
        Err(Failure::Offline) => (Outcome::Failed, Some(Failure::Offline.into())),
        // A 200 that is cut off for its size has still been a 200, but a script cannot tell.
        Err(failure) => (Outcome::Unknown, Some((*failure).into())),
    }
}
