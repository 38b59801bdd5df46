//! What is known from elsewhere, to compare with.

use nightlatch::protocol::Json;
use serde_json::Value;
use url::{Host, Url};

use crate::kit;

/// Begins every secret that a target plants. Inputs do not hold it.
pub(crate) const MARK: &str = "Z3cr3t";

/// An input without what only a secret may begin with.
pub(crate) fn unmarked(text: &str) -> String {
    let mut text = text.to_owned();
    while text.contains(MARK) {
        text = text.replace(MARK, "");
    }
    text
}

/// What `JSON.parse` gives: of members with one name the last, as serde_json's own type has it.
pub(crate) fn parse(text: &str) -> Option<Json> {
    value(text).map(kit::core)
}

/// The same, to be compared with.
pub(crate) fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// A line's JSON; null where it is none.
pub(crate) fn json(text: &str) -> Json {
    parse(text).unwrap_or(Json::Null)
}

/// Whether a host is this machine, to a browser.
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            // Digits and dots that are no IPv4 address are no name either.
            name == "localhost"
                || name.ends_with(".localhost")
                || name
                    .bytes()
                    .all(|byte| byte.is_ascii_digit() || byte == b'.')
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What may be sent to: https, or this machine where `loopback` allows it; no credentials, no fragment.
#[track_caller]
pub(crate) fn is_endpoint(text: &str, loopback: bool) {
    // What a browser cannot parse it does not send anything to.
    if let Ok(url) = Url::parse(text) {
        assert!(
            url.scheme() == "https"
                || (loopback && url.scheme() == "http" && is_this_machine(&url)),
            "{text} is not secure"
        );
        assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    }
}

/// What is shown to the app, to other tabs or in an address holds no secret.
#[track_caller]
pub(crate) fn tells_no_secret(shown: &str) {
    assert!(!shown.contains(MARK), "a secret is told: {shown}");
}
