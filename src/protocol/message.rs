//! A request and its answer as plain data.

use super::{Code, Error, Json, Refusal, Result};

/// The largest body that is read, in bytes. A longer answer is refused as [`Failure::TooLarge`].
pub const MAX_BODY: usize = 1 << 20;

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
}

/// An `application/x-www-form-urlencoded` body. It may hold secrets, so it prints as `[redacted]`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Form(pub super::Secret);

/// What came back: an answer, or none.
pub type Answer = core::result::Result<Response, Failure>;

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The body where it was JSON; `None` where it was anything else.
    pub body: Option<Json>,
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

/// Why there is no answer.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Failure {
    /// The request failed: network, name, TLS, CORS or a redirect. A script cannot tell which.
    Network,
    /// The browser knows that it is offline: nothing was sent.
    Offline,
    /// It took too long.
    Timeout,
    /// The body is larger than [`MAX_BODY`].
    TooLarge,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Network => Self::new(
                Code::NetworkError,
                "no answer: the network, the server's CORS headers or a redirect",
            ),
            Failure::Offline => Self::new(Code::NetworkError, "the browser is offline"),
            Failure::Timeout => Self::new(Code::Timeout, "no answer in time"),
            Failure::TooLarge => Self::new(Code::InvalidResponse, "the answer is too large"),
        }
    }
}

/// Keeps what RFC 6749 §4.1.2.1 allows in `error` and `error_description`, 300 characters of it.
pub(super) fn scrub(text: &str) -> String {
    text.chars()
        .map(|char| {
            if matches!(char, ' '..='~') && !matches!(char, '"' | '\\') {
                char
            } else {
                '?'
            }
        })
        .take(300)
        .collect()
}
