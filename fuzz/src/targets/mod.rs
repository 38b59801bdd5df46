//! The targets, one for each thing that comes from outside.

pub(crate) mod address;
pub(crate) mod callback;
pub(crate) mod discovery;
pub(crate) mod id_token;
pub(crate) mod message;
pub(crate) mod record;
pub(crate) mod session;
pub(crate) mod token_answer;
