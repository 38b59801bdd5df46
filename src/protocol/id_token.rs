//! The checks on an ID token: OpenID Connect Core 1.0 §3.1.3.7, §12.2.

use super::json::Parse;
use super::{Code, Error, Json, Options, Result, Secret, base64url, url};

/// The claims of a checked ID token.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims(Json);

impl Claims {
    /// Who the user is at this issuer.
    pub fn subject(&self) -> &str {
        self.0.member("sub").text().unwrap_or_default()
    }

    /// All claims, as the app sees them.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// Claims that were checked before and come back from a sealed record.
    pub fn restored(json: Json) -> Self {
        Self(json)
    }
}

/// What an ID token is held against.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The nonce of the request; `None` after a refresh.
    pub nonce: Option<&'a str>,
    /// The claims of the session that is being refreshed (Core §12.2).
    pub previous: Option<&'a Claims>,
    /// The `max_age` asked for, in seconds.
    pub max_age: Option<u64>,
    /// The `acr_values` asked for.
    pub acr_values: Option<&'a str>,
}

/// Reads and checks an ID token that came straight from the token endpoint. Its signature was checked on the way, by
/// WebCrypto (`pkg/browser/proof.js`); `flaw` is what came of it.
///
/// # Errors
/// `id_token_invalid`.
pub fn check(
    token: &Secret,
    flaw: Option<&'static str>,
    expected: Expected<'_>,
    options: &Options,
    now: u64,
    parse: Parse<'_>,
) -> Result<Claims> {
    let (header, rest) = url::split(token.reveal(), b'.');
    let (payload, signature) = url::split(rest.unwrap_or_default(), b'.');
    let Some(signature) = signature else {
        return Err(invalid("the ID token is not a signed JWT"));
    };
    let object = |part: &str| {
        let text = url::utf8(&base64url::decode(part)?)?;
        parse(&text).filter(Json::is_object)
    };
    let (Some(header), Some(claims), Some(_)) = (
        object(header),
        object(payload),
        base64url::decode(signature),
    ) else {
        return Err(invalid("the ID token is not a signed JWT"));
    };
    check_header(&header)?;
    check_claims(&claims, expected, options, now / 1000)?;
    match flaw {
        Some(flaw) if !options.unsigned => Err(invalid(flaw)),
        _ => Ok(Claims(claims)),
    }
}

fn check_header(header: &Json) -> Result<()> {
    if !header.member("crit").is_null() {
        return Err(invalid("the ID token has a `crit`"));
    }
    // A public client has no secret, so every HS* signature is a forgery, and `none` is no signature.
    match header.member("alg").text() {
        Some(alg) if matches!(alg.get(..2), Some("RS" | "PS" | "ES" | "Ed")) => Ok(()),
        _ => Err(invalid("the ID token's `alg` is not allowed")),
    }
}

fn check_claims(claims: &Json, expected: Expected<'_>, options: &Options, now: u64) -> Result<()> {
    // What a refresh brings is new, whatever a clock says that was set since the sign-in: Core §12.2 asks for no more.
    let skew = match expected.previous {
        Some(_) => 1 << 53,
        None => options.clock_skew_ms / 1000,
    };
    let text = |name| claims.member(name).text();
    let whole = |name| claims.member(name).count();
    if text("iss") != Some(&options.issuer) {
        return Err(invalid("the ID token's `iss` is another"));
    }
    if !text("sub").is_some_and(|sub| !sub.is_empty() && sub.len() <= 255) {
        return Err(invalid("the ID token has no `sub`"));
    }
    let audience = claims.member("aud");
    let me = Some(options.client_id.as_str());
    let alone = audience.text() == me || matches!(audience.items(), [only] if only.text() == me);
    let among = audience.items().iter().any(|item| item.text() == me);
    let authorized = claims.member("azp");
    if !alone && !among {
        return Err(invalid("the ID token's `aud` is another"));
    }
    if (!alone || !authorized.is_null()) && authorized.text() != me {
        return Err(invalid("the ID token's `azp` is another"));
    }
    if whole("exp").is_none_or(|exp| now >= exp + skew) {
        return Err(invalid("the ID token has expired"));
    }
    if whole("iat").is_none_or(|iat| iat > now + skew) {
        return Err(invalid("the ID token is not valid yet"));
    }
    if !claims.member("nbf").is_null() && whole("nbf").is_none_or(|nbf| nbf > now + skew) {
        return Err(invalid("the ID token is not valid yet"));
    }
    if !claims.member("events").is_null() {
        return Err(invalid("this is a logout token"));
    }
    match expected.previous {
        // Core §12.2: a refresh need not repeat the nonce, but may not change who signed in, or when.
        Some(previous) => {
            let kept = |name| {
                let (before, after) = (previous.json().member(name), claims.member(name));
                before.is_null() || after.is_null() || before == after
            };
            if text("sub") != Some(previous.subject()) || !kept("nonce") || !kept("auth_time") {
                return Err(invalid("the ID token is about another sign-in"));
            }
        }
        None => {
            if text("nonce") != expected.nonce {
                return Err(invalid("the ID token's `nonce` is another"));
            }
        }
    }
    if let Some(max_age) = expected.max_age
        && whole("auth_time").is_none_or(|at| at.saturating_add(max_age).saturating_add(skew) < now)
    {
        return Err(invalid("the ID token's `auth_time` is too old"));
    }
    if let Some(asked) = expected.acr_values
        && !text("acr")
            .is_some_and(|acr| url::words(asked, b' ').any(|asked| asked == acr.as_bytes()))
    {
        return Err(invalid("the ID token's `acr` is another"));
    }
    Ok(())
}

const fn invalid(message: &'static str) -> Error {
    Error::new(Code::IdTokenInvalid, message)
}
