//! Proof key for code exchange: RFC 7636, always S256.

use super::{Secret, base64url};

/// The one method in use (RFC 7636 §4.2).
pub const METHOD: &str = "S256";

/// The code verifier: 43 letters from 32 random bytes (RFC 7636 §4.1).
pub fn verifier(entropy: &[u8; 32]) -> Secret {
    Secret::new(base64url::encode(entropy))
}

/// The code challenge for the SHA-256 digest of the verifier's letters (RFC 7636 §4.2).
pub fn challenge(digest: &[u8]) -> String {
    base64url::encode(digest)
}
