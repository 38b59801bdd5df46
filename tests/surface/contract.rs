//! Nothing of `index.d.ts` is missing.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;

use nightlatch::{
    AuthError, Capabilities, LogoutReport, Note, RedirectResult, Snapshot, StepUp, protocol,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::options;

#[test]
fn options_have_the_members_of_the_contract() {
    // These are functions of the npm package's entries.
    let without = ["debug", "dpop", "outbox", "par", "provider"];
    has_members("ClientOptions", &options::of_the_client(), &without);
    has_members("ProviderMetadata", &options::metadata(), &[]);
    has_members("LoginOptions", &options::of_a_login(), &[]);
    has_members("LogoutOptions", &options::of_a_logout(), &[]);
    has_members("AccessTokenOptions", &options::of_a_token(), &[]);
    has_members("ClearLists", &options::lists(), &[]);
    has_members("Application", &options::application(), &[]);
}

#[test]
fn what_the_app_gets_has_the_members_of_the_contract_and_none_is_lost() {
    has_members("Snapshot", &kept::<Snapshot>(snapshot()), &[]);
    has_members("LogoutReportOf", &kept::<LogoutReport>(report()), &[]);
    has_members("Capabilities", &kept::<Capabilities>(capabilities()), &[]);
    has_members(
        "Note",
        &kept::<Note>(json!({ "id": 3, "kind": "leaving", "at": 1_790_000_000_000_u64 })),
        &[],
    );
    has_members(
        "StepUp",
        &kept::<StepUp>(json!({ "acrValues": "mfa", "maxAge": 0, "scope": "read" })),
        &[],
    );
    kept::<RedirectResult>(json!({ "kind": "login", "returnTo": "/inbox", "user": user() }));
    kept::<RedirectResult>(json!({ "kind": "logout", "returnTo": "/", "report": report() }));
}

#[test]
fn a_report_without_what_was_not_asked_for_is_one() {
    let mut short = report();
    short.as_object_mut().unwrap().remove("capabilities");
    short["timings"] = json!({ "local": 9 });
    let report: LogoutReport = serde_json::from_value(short).unwrap();

    assert_eq!(report.timings.local, Some(9));
    assert_eq!(report.timings.provider, None);
    assert_eq!(report.capabilities, None);
}

#[test]
fn an_error_is_read_as_the_core_writes_it() {
    let mut error = protocol::Error::new(protocol::Code::TokenRefused, "the provider said no");
    error.refusal = Some(Box::new(protocol::Refusal {
        status: Some(400),
        error: Some("invalid_grant".to_owned()),
        description: Some("used".to_owned()),
    }));
    let mut written = serde_json::to_value(error.to_json()).unwrap();
    // In JavaScript a number is a number.
    written["status"] = json!(400);
    let read: AuthError = serde_json::from_value(written).unwrap();

    assert_eq!(read.code, protocol::Code::TokenRefused);
    assert_eq!(read.kind, protocol::Kind::Server);
    assert_eq!(read.error.as_deref(), Some("invalid_grant"));
    assert_eq!(read.error_description.as_deref(), Some("used"));
    assert_eq!(read.status, Some(400));
    assert_eq!(read.to_string(), "token_refused: the provider said no");
}

#[test]
fn every_claim_is_there() {
    let user = serde_json::from_value::<nightlatch::User>(user()).unwrap();

    assert_eq!(user.sub(), "ada");
    assert_eq!(user.iss(), "https://id.example.com");
    assert_eq!(user.claim("name").text(), Some("Ada Lovelace"));
    assert_eq!(user.claim("exp").number(), Some(1_790_000_300.0));
    assert!(user.claim("email").is_null());
    assert_eq!(user.claims().len(), 6);
}

#[test]
fn the_client_has_the_calls_of_the_contract() {
    let source = read("src/surface/client.rs");
    // The snapshot has them.
    let without = ["getUser", "isAuthenticated", "status"];
    for name in members("Client") {
        let is_there = source.contains(&format!("js_name = {name}"))
            || source.contains(&format!("fn {name}(this"));
        assert_eq!(is_there, !without.contains(&name.as_str()), "{name}");
    }
}

/// What it is written as, once it was read.
fn kept<T: DeserializeOwned + Serialize + Debug>(value: Value) -> Value {
    let read: T = serde_json::from_value(value.clone()).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_eq!(written, value, "{read:?}");
    written
}

fn has_members(interface: &str, value: &impl Serialize, without: &[&str]) {
    let value = serde_json::to_value(value).unwrap();
    let mut found: BTreeSet<String> = value.as_object().unwrap().keys().cloned().collect();
    found.extend(without.iter().map(|name| (*name).to_owned()));
    assert_eq!(found, members(interface), "{interface}");
}

/// The members of an interface in `index.d.ts`.
fn members(interface: &str) -> BTreeSet<String> {
    let contract = read("pkg/index.d.ts");
    let is_end = |rest: &&str| rest.starts_with([' ', '<']);
    let rest = contract
        .split(&format!("\nexport interface {interface}"))
        .skip(1)
        .find(is_end)
        .unwrap();
    // What it extends, or is generic over, may take lines of its own.
    let (_, rest) = rest.split_once(" {\n").unwrap();
    let (body, _) = rest.split_once("\n}").unwrap();
    let is_name = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    body.lines()
        .filter_map(|line| {
            let line = line.strip_prefix("  ")?;
            let line = line.strip_prefix("readonly ").unwrap_or(line);
            let end = line.find(['?', ':', '(', '<'])?;
            Some(&line[..end]).filter(|name| !name.is_empty() && is_name(name))
        })
        .map(str::to_owned)
        .collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn user() -> Value {
    json!({
        "sub": "ada", "iss": "https://id.example.com", "aud": ["app"], "exp": 1_790_000_300.0, "iat": 1_790_000_000.0,
        "name": "Ada Lovelace",
    })
}

fn snapshot() -> Value {
    json!({
        "status": "signed-in", "isAuthenticated": true, "user": user(), "expiresAt": 1_790_000_300_000_u64,
        "endsAt": null, "scope": "openid profile", "storage": "browser",
    })
}

fn capabilities() -> Value {
    json!({
        "storage": "memory", "revocation": true, "endSession": false,
        "mayBeAlive": [{ "id": 1, "kind": "replaced", "at": 1_790_000_000_000_u64 }],
    })
}

fn report() -> Value {
    json!({
        "scope": "app", "complete": false, "startedAt": 1_790_000_000_000_u64, "durationMs": 207,
        "local": { "status": "partial", "removed": ["draft"], "residue": ["books (IndexedDB)"] },
        "tabs": { "acknowledged": 2, "deadlineMs": 200 },
        "tokens": { "refreshToken": "failed", "accessToken": "queued" },
        "application": "ended", "provider": "redirecting", "devices": "skipped",
        "cleaners": [{ "name": "cache", "status": "timedOut" }],
        "timings": {
            "local": 9, "tabs": 203, "refreshToken": 41, "accessToken": 44, "application": 5, "provider": 6, "devices": 7,
        },
        "problems": ["revocation_refused"],
        "capabilities": capabilities(),
    })
}
