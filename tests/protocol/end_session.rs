//! The end of the provider's session.

use nightlatch::protocol::{Secret, end_session};
use serde_json::json;

use crate::kit::{options, options_with, owned, pairs};

#[test]
fn the_provider_is_told_who_signs_out_and_where_to_go_on() {
    let options = options_with(json!({ "postLogoutRedirectUri": "https://app.example/bye" }));
    let hint = Secret::new("a.b.c".to_owned());
    let address =
        end_session::request(&options, "https://id.example/logout?ui=1", Some(&hint), "s");
    let (endpoint, query) = address.reveal().split_once('?').unwrap();
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
    assert_eq!(format!("{address:?}"), "[redacted]");
}

#[test]
fn no_state_goes_to_a_provider_that_keeps_the_user() {
    let address = end_session::request(&options(), "https://id.example/logout", None, "s");
    assert_eq!(address.reveal(), "https://id.example/logout?client_id=spa");
}
