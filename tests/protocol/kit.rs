//! What every test here begins with.

use std::rc::Rc;

use nightlatch::protocol::{Code, Error, Json, Metadata, Options, Request, Response};
use serde_json::{Value, json};

pub(crate) const ORIGIN: &str = "https://app.example";
pub(crate) const ISSUER: &str = "https://id.example";

/// JSON as the core has it.
pub(crate) fn core(value: Value) -> Json {
    serde_json::from_value(value).unwrap()
}

/// JSON as a test compares it.
pub(crate) fn plain(json: &Json) -> Value {
    serde_json::to_value(json).unwrap()
}

/// What `JSON.parse` is in a browser.
pub(crate) fn parse(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

/// The smallest options that can be right, with `changes` on top.
pub(crate) fn app(changes: Value) -> Value {
    merged(
        json!({ "issuer": ISSUER, "clientId": "spa", "redirectUri": "https://app.example/callback" }),
        changes,
    )
}

pub(crate) fn options_with(changes: Value) -> Options {
    Options::parse(&core(app(changes)), ORIGIN).unwrap()
}

pub(crate) fn options() -> Options {
    options_with(json!({}))
}

/// A provider's metadata with `changes` on top; a `null` takes a member away.
pub(crate) fn document(changes: Value) -> Value {
    merged(
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example/authorize",
            "token_endpoint": "https://id.example/token",
            "revocation_endpoint": "https://id.example/revoke",
            "end_session_endpoint": "https://id.example/logout",
        }),
        changes,
    )
}

pub(crate) fn metadata_with(changes: Value) -> Rc<Metadata> {
    Rc::new(Metadata::parse(&core(document(changes)), ISSUER, false).unwrap())
}

pub(crate) fn metadata() -> Rc<Metadata> {
    metadata_with(json!({}))
}

pub(crate) fn merged(mut base: Value, changes: Value) -> Value {
    let members = base.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    base
}

pub(crate) fn answer(status: u16, body: Value) -> Response {
    Response {
        status,
        body: Some(core(body)),
        retry_after: 0,
        flaw: None,
    }
}

/// An answer whose body is no JSON.
pub(crate) fn page(status: u16) -> Response {
    Response {
        status,
        body: None,
        retry_after: 0,
        flaw: None,
    }
}

/// The pairs of a request's form.
pub(crate) fn form(request: &Request) -> Vec<(String, String)> {
    pairs(request.form.as_ref().expect("a POST").0.reveal())
}

/// The pairs of a form, read by nobody's code but this line's.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').expect("a pair");
            (percent(name), percent(value))
        })
        .collect()
}

fn percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'%' => {
                bytes.push(
                    u8::from_str_radix(core::str::from_utf8(&rest[..2]).unwrap(), 16).unwrap(),
                );
                rest = &rest[2..];
            }
            b'+' => bytes.push(b' '),
            byte => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[track_caller]
pub(crate) fn code<T: core::fmt::Debug>(result: Result<T, Error>) -> Code {
    result.expect_err("it must be refused").code
}

/// A file of `tests/vectors`.
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
