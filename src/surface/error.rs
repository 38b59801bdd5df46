//! What goes wrong.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::protocol::{Code, Kind};

/// The one error that nightlatch gives. It leaves the session as it was, and no message holds a secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthError {
    /// What went wrong, for programs. The README says for each code what it means and what to do.
    pub code: Code,
    /// Who has to act.
    pub kind: Kind,
    /// What went wrong, for people.
    pub message: String,
    /// The provider's own error code (RFC 6749 §4.1.2.1, §5.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The provider's own words: untrusted text, never to be rendered as HTML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// The HTTP status of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

#[cfg(target_arch = "wasm32")]
impl AuthError {
    /// An error that no server had a word in.
    pub(super) fn new(code: Code, message: String) -> Self {
        Self {
            code,
            kind: code.kind(),
            message,
            error: None,
            error_description: None,
            status: None,
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code.as_str(), self.message)
    }
}

impl core::error::Error for AuthError {}
