//! The token endpoint: RFC 6749 §4.1.3, §5, §6.

use super::message::Form;
use super::{Code, Error, Json, Metadata, Options, Request, Response, Result, Secret, url};

/// The longest token that is taken, in bytes.
const MAX_TOKEN: usize = 1 << 16;

/// What the endpoint grants: RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Tokens {
    /// The access token.
    pub access_token: Secret,
    /// The refresh token, where there is one.
    pub refresh_token: Option<Secret>,
    /// The ID token, where there is one.
    pub id_token: Option<Secret>,
    /// The lifetime of the access token in seconds, where it is said.
    pub expires_in: Option<u32>,
    /// The scopes granted, where they are said.
    pub scope: Option<String>,
    /// What is wrong with the ID token's signature, or with its `at_hash`.
    pub flaw: Option<&'static str>,
}

/// The exchange of a code: RFC 6749 §4.1.3, RFC 7636 §4.5.
pub fn exchange(
    options: &Options,
    metadata: &Metadata,
    code: &Secret,
    verifier: &Secret,
) -> Request {
    request(
        options,
        metadata,
        &[
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", &options.redirect_uri),
            ("code_verifier", verifier.reveal()),
            ("client_id", &options.client_id),
        ],
    )
}

/// A refresh: RFC 6749 §6.
pub fn refresh(options: &Options, metadata: &Metadata, refresh_token: &Secret) -> Request {
    request(
        options,
        metadata,
        &[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token.reveal()),
            ("client_id", &options.client_id),
        ],
    )
}

/// Judges the answer to either: RFC 6749 §5.1, §5.2.
///
/// # Errors
/// `token_refused` with the server's words; `invalid_response`.
pub fn response(response: &Response) -> Result<Tokens> {
    if response.status != 200 {
        return Err(response.refusal(Code::TokenRefused, "the token endpoint refused"));
    }
    let body = response.object()?;
    let token = |name| match body.member(name) {
        Json::Null => Ok(None),
        Json::String(text) if !text.is_empty() && text.len() <= MAX_TOKEN => {
            Ok(Some(text.as_str()))
        }
        _ => {
            Err(const { Error::new(Code::InvalidResponse, "the answer has a token that is none") })
        }
    };
    let bearer = body
        .member("token_type")
        .text()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("bearer"));
    if !bearer {
        return Err(Error::new(Code::InvalidResponse, "`token_type` is another"));
    }
    let access_token = token("access_token")?
        .ok_or(const { Error::new(Code::InvalidResponse, "the answer has no access token") })?;
    let refresh_token = token("refresh_token")?;
    let id_token = token("id_token")?;
    let expires_in = lifetime(body.member("expires_in"))?;
    let secret = |text: &str| Secret::new(text.to_owned());
    Ok(Tokens {
        access_token: secret(access_token),
        refresh_token: refresh_token.map(secret),
        id_token: id_token.map(secret),
        expires_in,
        scope: body.member("scope").text().map(str::to_owned),
        flaw: response.flaw,
    })
}

/// Whether a refused refresh can never succeed: RFC 6749 §5.2. Everything else may pass.
pub fn is_terminal(error: &Error) -> bool {
    error.code == Code::TokenRefused
        && error
            .refusal
            .as_ref()
            .and_then(|refusal| refusal.error.as_deref())
            .is_some_and(|error| {
                matches!(
                    error,
                    "invalid_client"
                        | "invalid_grant"
                        | "unauthorized_client"
                        | "unsupported_grant_type"
                )
            })
}

fn request(options: &Options, metadata: &Metadata, form: &[(&str, &str)]) -> Request {
    Request {
        url: metadata.token_endpoint.clone(),
        form: Some(Form(Secret::new(url::form(form)))),
        keepalive: false,
        timeout_ms: options.request_timeout_ms,
        expires_at: None,
        keys: metadata.jwks_uri.clone().filter(|_| !options.unsigned),
    }
}

/// Some providers send a string. What is no lifetime is refused, so that nothing lives for ever.
fn lifetime(json: &Json) -> Result<Option<u32>> {
    let count = match json {
        Json::Null => return Ok(None),
        Json::String(text) => text.parse().ok(),
        _ => json.count().and_then(|count| count.try_into().ok()),
    };
    match count {
        Some(seconds) if seconds <= 1 << 31 => Ok(Some(seconds)),
        _ => Err(Error::new(
            Code::InvalidResponse,
            "`expires_in` is not a number of seconds",
        )),
    }
}
