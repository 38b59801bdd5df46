//! Messages as pure functions: each endpoint has a module with `request` and `response`.
//!
//! Nothing here performs I/O, reads a clock or draws entropy. What the JSON engine, the clock and
//! the random source give comes in as an argument.

pub(crate) mod arguments;
pub mod authorization;
pub mod base64url;
pub mod discovery;
pub mod end_session;
pub mod error;
pub mod id_token;
pub mod json;
pub mod message;
pub mod options;
pub mod pkce;
pub mod revocation;
pub mod secret;
pub mod token;
pub mod url;

pub use discovery::Metadata;
pub use error::{Code, Error, Kind, Refusal, Result};
pub use id_token::Claims;
pub use json::{Json, Members};
pub use message::{Answer, Failure, Request, Response};
pub use options::Options;
pub use secret::Secret;
pub use token::Tokens;
