//! The app's options, and the options of a sign-in.

use nightlatch::protocol::authorization::Login;
use nightlatch::protocol::options::{Place, Reach};
use nightlatch::protocol::{Code, Options};
use serde_json::{Value, json};

use crate::kit::{ORIGIN, app, code, core, document, options, options_with};

fn refused(changes: Value) -> Code {
    code(Options::parse(&core(app(changes)), ORIGIN))
}

#[test]
fn the_defaults_are_those_that_index_d_ts_documents() {
    let options = options();
    assert_eq!(options.issuer, "https://id.example");
    // AUTHZ-11
    assert_eq!(options.scope, "openid");
    assert_eq!(options.place, Place::Browser);
    assert_eq!(options.allowed_origins, ["https://app.example"]);
    assert_eq!(options.allowed_redirects, [""; 0]);
    assert_eq!(options.clear.json(), &core(json!("own")));
    assert_eq!(
        (options.clock_skew_ms, options.request_timeout_ms),
        (30_000, 10_000)
    );
    assert_eq!(options.post_logout_redirect_uri, None);
    assert!(options.metadata.is_none());
    assert!(!options.loopback);
    assert_eq!(options.restored, "".into());
}

#[test]
fn a_page_that_is_restored_is_led_nowhere_but_to_its_own_origin() {
    // RESP-13
    for (asked, taken) in [
        (json!("reload"), json!("")),
        (json!("event"), json!(null)),
        (json!("/bye?a#b"), json!("/bye?a#b")),
        (json!("https://app.example/bye"), json!("/bye")),
    ] {
        assert_eq!(
            options_with(json!({ "restored": asked })).restored,
            core(taken)
        );
    }
    for address in [
        "",
        "bye",
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
    ] {
        assert_eq!(
            refused(json!({ "restored": address })),
            Code::RedirectRefused,
            "{address}"
        );
    }
}

#[test]
fn what_is_to_be_cleared_is_taken_as_it_is_written() {
    for clear in [
        json!({}),
        json!({ "localStorage": true, "sessionStorage": false, "caches": null, "keep": ["theme"] }),
        json!({ "indexedDB": ["a", "b*"], "cookies": [], "serviceWorkers": true }),
    ] {
        let options = options_with(json!({ "clear": clear }));
        assert_eq!(options.clear.json(), &core(clear));
    }
}

#[test]
fn what_a_revocation_reaches_is_one_of_three_words() {
    assert_eq!(options().reach, Reach::Session);
    for (word, reach) in [
        ("session", Reach::Session),
        ("user", Reach::User),
        ("grant", Reach::Grant),
    ] {
        assert_eq!(
            options_with(json!({ "revocationReach": word })).reach,
            reach
        );
    }
    for odd in [json!("client"), json!(true)] {
        assert_eq!(
            refused(json!({ "revocationReach": odd })),
            Code::InvalidOptions
        );
    }
}

#[test]
fn every_option_is_taken() {
    let options = options_with(json!({
        "postLogoutRedirectUri": "https://app.example/bye",
        "scope": "  offline_access openid  profile\tprofile ",
        "storage": "tab",
        "allowedOrigins": ["https://api.example", "https://files.example/v1"],
        "allowedRedirects": ["https://shop.example"],
        "clear": "all",
        "keepSignedIn": 604_800,
        "clockSkew": 0,
        "requestTimeout": 2.5,
        "metadata": document(json!({})),
    }));
    assert_eq!(
        options.post_logout_redirect_uri.as_deref(),
        Some("https://app.example/bye")
    );
    // AUTHZ-7
    assert_eq!(options.scope, "openid offline_access profile");
    assert_eq!(options.place, Place::Tab);
    assert_eq!(options.allowed_origins.len(), 2);
    assert_eq!(options.allowed_redirects, ["https://shop.example"]);
    assert_eq!(options.clear.json(), &core(json!("all")));
    assert_eq!(
        (options.clock_skew_ms, options.request_timeout_ms),
        (0, 2_500)
    );
    assert_eq!(
        options.metadata.unwrap().token_endpoint,
        "https://id.example/token"
    );
}

#[test]
fn an_option_that_cannot_be_right_is_refused() {
    for changes in [
        json!({ "issuer": null }),
        json!({ "issuer": "" }),
        json!({ "issuer": 1 }),
        json!({ "issuer": "https://id.example?tenant=1" }),
        json!({ "keepSignedIn": true }),
        json!({ "keepSignedIn": "7 days" }),
        json!({ "keepSignedIn": -1 }),
        json!({ "clientId": null }),
        json!({ "clientId": "" }),
        json!({ "clientId": ["spa"] }),
        json!({ "redirectUri": null }),
        json!({ "redirectUri": "/callback" }),
        json!({ "redirectUri": "https://evil.example/callback" }),
        json!({ "redirectUri": "https://app.example:8443/callback" }),
        json!({ "redirectUri": "https://app.example/callback#x" }),
        json!({ "redirectUri": 1 }),
        json!({ "postLogoutRedirectUri": "https://evil.example/" }),
        json!({ "postLogoutRedirectUri": "javascript:alert(1)" }),
        json!({ "postLogoutRedirectUri": false }),
        json!({ "scope": ["openid"] }),
        json!({ "storage": "local" }),
        json!({ "storage": 1 }),
        json!({ "allowedOrigins": "https://api.example" }),
        json!({ "allowedOrigins": [1] }),
        json!({ "allowedOrigins": ["api.example"] }),
        json!({ "allowedOrigins": ["*"] }),
        json!({ "allowedOrigins": ["https://api.example?x"] }),
        json!({ "allowedOrigins": ["https://api.example#x"] }),
        json!({ "clear": "some" }),
        json!({ "clear": true }),
        json!({ "clear": ["localStorage"] }),
        json!({ "clear": { "localstorage": true } }),
        json!({ "clear": { "caches": "v1" } }),
        json!({ "clear": { "caches": [1] } }),
        json!({ "clear": { "caches": 1 } }),
        json!({ "clear": { "keep": true } }),
        json!({ "allowedRedirects": "https://shop.example" }),
        json!({ "allowedRedirects": {} }),
        json!({ "allowedRedirects": [1] }),
        json!({ "allowedRedirects": ["/inbox"] }),
        json!({ "allowedRedirects": ["javascript:alert(1)"] }),
        json!({ "allowedRedirects": ["https://shop.example?x"] }),
        json!({ "allowedRedirects": ["http://shop.example"] }),
        json!({ "allowedRedirects": ["http://localhost:4000"] }),
        json!({ "clear": "everything" }),
        json!({ "clear": true }),
        json!({ "restored": 1 }),
        json!({ "clockSkew": -1 }),
        json!({ "clockSkew": "30" }),
        json!({ "clockSkew": 1e12 }),
        json!({ "requestTimeout": "10" }),
    ] {
        assert_eq!(refused(changes.clone()), Code::InvalidOptions, "{changes}");
    }
}

#[test]
fn an_issuer_is_https_unless_page_and_issuer_stand_on_this_machine() {
    // DISC-4
    for issuer in [
        "http://id.example",
        "http://localhost:4000",
        "javascript:alert(1)",
        "//id.example",
        "https://u@id.example",
    ] {
        assert_eq!(
            refused(json!({ "issuer": issuer })),
            Code::InsecureEndpoint,
            "{issuer}"
        );
    }
    let local = core(json!({
        "issuer": "http://127.0.0.1:4000", "clientId": "spa", "redirectUri": "http://localhost:3000/callback",
    }));
    assert!(
        Options::parse(&local, "http://localhost:3000")
            .unwrap()
            .loopback
    );
    let elsewhere = core(json!({
        "issuer": "http://id.example", "clientId": "spa", "redirectUri": "http://localhost:3000/callback",
    }));
    assert_eq!(
        code(Options::parse(&elsewhere, "http://localhost:3000")),
        Code::InsecureEndpoint
    );
}

#[test]
fn metadata_by_hand_is_held_to_the_issuer_like_any_other() {
    // DISC-7
    let other = document(json!({ "issuer": "https://id.example/" }));
    assert_eq!(refused(json!({ "metadata": other })), Code::IssuerMismatch);
    let insecure = document(json!({ "token_endpoint": "http://id.example/token" }));
    assert_eq!(
        refused(json!({ "metadata": insecure })),
        Code::InsecureEndpoint
    );
    assert_eq!(
        refused(json!({ "metadata": "https://id.example" })),
        Code::IssuerMismatch
    );
}

#[test]
fn two_clients_on_one_origin_do_not_share_their_keys() {
    let own = |issuer: &str, client: &str| {
        options_with(json!({ "issuer": issuer, "clientId": client })).namespace()
    };
    assert_eq!(
        own("https://id.example", "spa"),
        own("https://id.example", "spa")
    );
    assert_ne!(
        own("https://id.example", "spa"),
        own("https://id.example", "spa2")
    );
    assert_ne!(
        own("https://id.example", "spa"),
        own("https://id.example/", "spa")
    );
    let name = own("https://id.example", "spa");
    assert!(
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'),
        "{name}"
    );
}

#[test]
fn the_place_to_come_back_to_is_this_app_s_own() {
    // RESP-13
    let options = options();
    let back = |asked: Value, here: &str| {
        Login::parse(&core(asked), here, &options).map(|login| login.return_to)
    };
    assert_eq!(
        back(json!({ "returnTo": "/inbox?a#b" }), ORIGIN),
        Ok("/inbox?a#b".to_owned())
    );
    assert_eq!(
        back(json!({ "returnTo": "https://app.example/inbox" }), ORIGIN),
        Ok("/inbox".to_owned())
    );
    assert_eq!(
        back(json!({}), "https://app.example/here?a#b"),
        Ok("/here?a#b".to_owned())
    );
    assert_eq!(back(json!({}), "https://app.example"), Ok("/".to_owned()));
    // An address that cannot be taken is no reason not to sign in.
    assert_eq!(
        back(json!({}), "https://app.example//evil.example"),
        Ok("/".to_owned())
    );
    assert_eq!(
        back(json!({}), "blob:https://app.example/0"),
        Ok("/".to_owned())
    );
    for bad in [
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "inbox",
    ] {
        assert_eq!(
            code(back(json!({ "returnTo": bad }), ORIGIN)),
            Code::RedirectRefused,
            "{bad}"
        );
    }
}

#[test]
fn a_login_option_that_cannot_be_right_is_refused() {
    // AUTHZ-7, AUTHZ-9
    for asked in [
        json!({ "returnTo": 1 }),
        json!({ "prompt": ["login"] }),
        json!({ "prompt": "none login" }),
        json!({ "prompt": "login none" }),
        json!({ "loginHint": 1 }),
        json!({ "acrValues": ["a"] }),
        json!({ "scope": ["a"] }),
        json!({ "maxAge": "0" }),
        json!({ "maxAge": -1 }),
        json!({ "extraParams": { "ui_locales": 1 } }),
        json!({ "extraParams": { "ui_locales": ["de", 1] } }),
        json!({ "loginHint": "a", "extraParams": { "login_hint": "b" } }),
    ] {
        assert_eq!(
            code(Login::parse(&core(asked.clone()), ORIGIN, &options())),
            Code::InvalidOptions,
            "{asked}"
        );
    }
}

#[test]
fn extra_parameters_cannot_take_the_place_of_nightlatch_s_own() {
    // AUTHZ-7, A5
    for name in [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "response_mode",
        "request",
        "request_uri",
        "prompt",
    ] {
        let asked = core(json!({ "extraParams": { name: "x" } }));
        assert_eq!(
            code(Login::parse(&asked, ORIGIN, &options())),
            Code::InvalidOptions,
            "{name}"
        );
    }
}

#[test]
fn extra_parameters_cannot_ask_for_what_would_then_not_be_checked() {
    // AUTHZ-7, AUTHZ-12: what is asked for by name is held against the ID token.
    for name in ["max_age", "acr_values"] {
        for asked in [
            json!({ "extraParams": { name: "1" } }),
            json!({ "maxAge": 5, "acrValues": "a", "extraParams": { name: "1" } }),
        ] {
            let parsed = Login::parse(&core(asked.clone()), ORIGIN, &options());
            assert_eq!(code(parsed), Code::InvalidOptions, "{asked}");
        }
    }
}

#[test]
fn the_app_s_own_session_is_ended_on_its_own_origin_or_one_that_is_listed() {
    let with =
        |url: Value| json!({ "allowedOrigins": ["https://api.example/v1"], "application": url });
    for url in [
        "/logout",
        "https://app.example/logout",
        "https://api.example/v1/logout",
    ] {
        assert!(options_with(with(json!(url))).application);
    }
    assert!(!options_with(with(Value::Null)).application);
    // What is left of the option once the shell has taken what it can use.
    assert_eq!(refused(json!({ "outbox": true })), Code::InvalidOptions);
    for url in [
        json!(""),
        json!("logout"),
        json!("//evil.example/logout"),
        json!("https://evil.example/logout"),
        json!("https://api.example/v2/logout"),
        json!("javascript:alert(1)"),
        json!(1),
    ] {
        assert_eq!(refused(with(url)), Code::InvalidOptions);
    }
}
