//! A request and its answer as plain data.

use super::json::Parse;
use super::{Code, Error, Json, Members, Refusal, Result, Secret};

/// What is to be sent. It never carries cookies, is never cached and never follows a redirect.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Request {
    /// The absolute address.
    pub url: String,
    /// The form of a POST; `None` is a GET.
    pub form: Option<Form>,
    /// Whether the request outlives the page (the Fetch standard's `keepalive`).
    pub keepalive: bool,
    /// How long to wait for the whole answer, in milliseconds.
    pub timeout_ms: u64,
    /// When it is of no use any more, in milliseconds since the epoch, where that is known.
    pub expires_at: Option<u64>,
    /// Where the keys are by which the ID token in the answer is to be proven.
    pub keys: Option<String>,
}

impl Request {
    /// The request as the shell sends it: `{ url, form, keepalive, timeoutMs, expiresAt, keys }`.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("url", self.url.as_str())
            .with("form", self.form.as_ref().map(|form| form.0.reveal()))
            .with("keepalive", self.keepalive)
            .with("timeoutMs", self.timeout_ms)
            .with("expiresAt", self.expires_at)
            .with("keys", self.keys.as_deref())
            .object()
    }
}

/// A page to leave for. Its address may hold secrets.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Navigation {
    /// The absolute address.
    pub url: Secret,
    /// The form that is sent there by POST; `None` is a GET.
    pub form: Option<Form>,
}

impl Navigation {
    /// The navigation as the shell makes it: `{ url, form }`.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("url", self.url.reveal())
            .with("form", self.form.as_ref().map(|form| form.0.reveal()))
            .object()
    }
}

/// An `application/x-www-form-urlencoded` body. It may hold secrets, so it prints as `[redacted]`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Form(pub Secret);

/// What came back: an answer, or none.
pub type Answer = core::result::Result<Response, Failure>;

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body where it was JSON; `None` where it was anything else.
    pub body: Option<Json>,
    /// When to come back (RFC 9110 §10.2.3), in seconds; 0 where it is not said, or said as a date.
    pub retry_after: u64,
    /// What is wrong with the signature of the ID token in it, or with its `at_hash`.
    pub flaw: Option<&'static str>,
}

impl Response {
    /// The refusal that this answer holds, whatever its shape: RFC 6749 §5.2.
    pub fn refusal(&self, code: Code, message: &'static str) -> Error {
        let word = |name| self.body.as_ref().and_then(|body| body.member(name).text());
        Error {
            code,
            message,
            refusal: Some(Box::new(Refusal {
                status: Some(self.status),
                error: word("error").map(scrub),
                description: word("error_description").map(scrub),
            })),
        }
    }

    /// The JSON object that a 200 must hold.
    pub(super) fn object(&self) -> Result<&Json> {
        self.body
            .as_ref()
            .filter(|body| body.is_object())
            .ok_or(const { Error::new(Code::InvalidResponse, "the answer is not a JSON object") })
    }
}

/// Nobody knows whether the ID token is the provider's.
pub const NO_KEYS: &str = "the provider's keys cannot be read";

/// What the shell says of a request: `{ status, body, retryAfter, proof }`, the body as text, or `{ failure }`.
pub fn answer(json: &Json, parse: Parse<'_>) -> Answer {
    let failure = match json.member("failure").text() {
        None => {
            let status = json.member("status").count();
            return Ok(Response {
                status: status
                    .and_then(|status| status.try_into().ok())
                    .unwrap_or(0),
                body: json.member("body").text().and_then(parse),
                retry_after: json.member("retryAfter").count().unwrap_or(0),
                flaw: match json.member("proof").text() {
                    Some("valid") => None,
                    Some("forged") => Some("the ID token's signature is wrong"),
                    Some("at_hash") => Some("the ID token's `at_hash` is another"),
                    _ => Some(NO_KEYS),
                },
            });
        }
        Some("offline") => Failure::Offline,
        Some("queued") => Failure::Queued,
        Some("timeout") => Failure::Timeout,
        Some("too_large") => Failure::TooLarge,
        Some(_) => Failure::Network,
    };
    Err(failure)
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Failure {
    /// The request failed: network, name, TLS, CORS or a redirect. A script cannot tell which.
    Network,
    /// The browser knows that it is offline: nothing was sent.
    Offline,
    /// It did not get through, and will be tried again.
    Queued,
    /// It took too long.
    Timeout,
    /// The body is longer than is read, a million characters.
    TooLarge,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Network => Self::new(
                Code::NetworkError,
                "no answer: the network, the server's CORS headers or a redirect",
            ),
            Failure::Queued => Self::new(Code::NetworkError, "no answer yet"),
            Failure::Offline => Self::new(Code::NetworkError, "the browser is offline"),
            Failure::Timeout => Self::new(Code::Timeout, "no answer in time"),
            Failure::TooLarge => Self::new(Code::InvalidResponse, "the answer is too large"),
        }
    }
}

/// Keeps what RFC 6749 §4.1.2.1 allows in `error` and `error_description`, 300 characters of it.
pub(super) fn scrub(text: &str) -> String {
    let mut scrubbed = String::new();
    // What continues a character stands for none.
    for byte in text.bytes().filter(|byte| byte & 0xc0 != 0x80) {
        if scrubbed.len() == 300 {
            break;
        }
        let allowed = matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\');
        scrubbed.push(if allowed { byte.into() } else { '?' });
    }
    scrubbed
}
