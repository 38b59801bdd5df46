//! Values that must not be seen.

use core::fmt;
use core::hash::{Hash, Hasher};
use core::hint::black_box;
use std::hash::DefaultHasher;

/// A token, code, verifier or key share. It prints as `[redacted]` and is overwritten when dropped.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the one place that must send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        let mut bytes = core::mem::take(&mut self.0).into_bytes();
        bytes.fill(0);
        // Keeps the overwriting from being optimised away.
        black_box(&bytes);
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// What does not print, and is the plain value otherwise: for what a secret is made of, or lies in. Equal ones print
/// alike, others do not, which tells those who debug what they need.
#[derive(Clone, Eq, Hash, PartialEq)]
pub(crate) struct Hidden<T>(pub(crate) T);

impl<T: Hash> fmt::Debug for Hidden<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        write!(formatter, "[hidden {:x}]", hasher.finish() as u32)
    }
}
