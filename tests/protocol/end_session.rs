//! The end of the provider's session.

use nightlatch::protocol::{Options, Secret, end_session};
use serde_json::json;

use crate::kit::{ORIGIN, app, core, options, options_with, owned, pairs};

#[test]
fn the_provider_is_told_who_signs_out_and_where_to_go_on() {
    let options = options_with(json!({ "postLogoutRedirectUri": "https://app.example/bye" }));
    let hint = Secret::new("a.b.c".to_owned());
    let address = end_session::request(
        &options,
        "https://id.example/logout?ui=1",
        Some(&hint),
        "s",
        &[],
    );
    let (endpoint, query) = address.url.reveal().split_once('?').unwrap();
    assert_eq!(endpoint, "https://id.example/logout");
    assert_eq!(
        pairs(query),
        owned(&[
            ("ui", "1"),
            ("client_id", "spa"),
            ("id_token_hint", "a.b.c"),
            ("post_logout_redirect_uri", "https://app.example/bye"),
            ("state", "s"),
        ])
    );
    // It holds the ID token.
    assert!(!format!("{address:?}").contains("a.b.c"));
}

#[test]
fn no_state_goes_to_a_provider_that_keeps_the_user() {
    let address = end_session::request(&options(), "https://id.example/logout", None, "s", &[]);
    assert_eq!(
        address.url.reveal(),
        "https://id.example/logout?client_id=spa"
    );
}

#[test]
fn lout_10_a_form_keeps_the_id_token_out_of_the_address() {
    let options = options_with(json!({
        "postLogoutRedirectUri": "https://app.example/bye",
        "endSessionMethod": "post",
    }));
    let hint = Secret::new("a.b.c".to_owned());
    let left = end_session::request(
        &options,
        "https://id.example/logout?ui=1",
        Some(&hint),
        "s",
        &[],
    );
    // The provider's own query stays where it is (RFC 6749 §3.1 says so of its endpoints).
    assert_eq!(left.url.reveal(), "https://id.example/logout?ui=1");
    assert_eq!(
        pairs(left.form.as_ref().unwrap().0.reveal()),
        owned(&[
            ("client_id", "spa"),
            ("id_token_hint", "a.b.c"),
            ("post_logout_redirect_uri", "https://app.example/bye"),
            ("state", "s"),
        ])
    );
    assert!(!format!("{left:?}").contains("a.b.c"));
}

#[test]
fn lout_9_an_id_token_that_is_too_long_for_an_address_goes_in_a_form() {
    for (length, posted) in [(6_000, false), (6_001, true), (12_000, true)] {
        let hint = Secret::new("x".repeat(length));
        let left = end_session::request(
            &options(),
            "https://id.example/logout",
            Some(&hint),
            "s",
            &[],
        );
        assert_eq!(left.form.is_some(), posted, "{length}");
        assert_eq!(left.url.reveal().contains("xxx"), !posted, "{length}");
    }
}

#[test]
fn a_way_to_end_the_session_that_nobody_knows_is_refused() {
    for odd in [json!("put"), json!("POST"), json!(1), json!(true)] {
        let error =
            Options::parse(&core(app(json!({ "endSessionMethod": odd }))), ORIGIN).unwrap_err();
        assert_eq!(error.code.as_str(), "invalid_options");
        assert!(error.message.contains("endSessionMethod"));
    }
}

#[test]
fn whoever_signs_in_after_it_is_asked_in_one_of_two_ways() {
    for (asked, prompt) in [
        (json!(null), "login"),
        (json!("login"), "login"),
        (json!("select_account"), "select_account"),
    ] {
        let options = Options::parse(&core(app(json!({ "promptAfterLogout": asked }))), ORIGIN);
        assert_eq!(options.unwrap().prompt_after_logout, prompt);
    }
    for odd in [json!("none"), json!("login none"), json!(""), json!(true)] {
        let error =
            Options::parse(&core(app(json!({ "promptAfterLogout": odd }))), ORIGIN).unwrap_err();
        assert_eq!(error.code.as_str(), "invalid_options");
        assert!(error.message.contains("promptAfterLogout"));
    }
}

#[test]
fn lout_11_the_app_s_own_parameters_go_along() {
    let further = [("ui_locales", "de en"), ("logout_hint", "ada@example.com")];
    let further = further.map(|(name, value)| (name.to_owned(), value.to_owned()));
    for method in ["get", "post"] {
        let options = options_with(json!({ "endSessionMethod": method }));
        let left = end_session::request(&options, "https://id.example/logout", None, "s", &further);
        let sent = match &left.form {
            Some(form) => form.0.reveal(),
            None => left.url.reveal().split_once('?').unwrap().1,
        };
        assert_eq!(
            pairs(sent),
            owned(&[
                ("client_id", "spa"),
                ("ui_locales", "de en"),
                ("logout_hint", "ada@example.com"),
            ])
        );
    }
}
