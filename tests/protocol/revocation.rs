//! Token revocation.

use nightlatch::protocol::revocation::{self, Hint, Outcome};
use nightlatch::protocol::{Code, Failure, Request, Secret};
use serde_json::{Value, json};

use crate::kit::{answer, form, options, owned, page};

fn request(hint: Hint, token: &str) -> Request {
    revocation::request(
        &options(),
        "https://id.example/revoke",
        hint,
        &Secret::new(token.to_owned()),
        5_000,
    )
}

#[test]
fn a_token_is_revoked_by_a_post_that_outlives_the_page_and_needs_no_preflight() {
    // REV-1, REV-2, REV-12
    for (hint, word) in [
        (Hint::RefreshToken, "refresh_token"),
        (Hint::AccessToken, "access_token"),
    ] {
        let request = request(hint, "a+b&c");
        assert_eq!(request.url, "https://id.example/revoke");
        assert_eq!(
            form(&request),
            owned(&[
                ("token", "a+b&c"),
                ("token_type_hint", word),
                ("client_id", "spa")
            ])
        );
        assert!(request.keepalive);
        assert_eq!(request.timeout_ms, 5_000);
    }
}

#[test]
fn two_large_tokens_do_not_go_over_what_a_page_may_leave_behind() {
    // REV-12: 64 KiB of keepalive bodies, all together
    let fits = request(Hint::RefreshToken, &"x".repeat(29_000));
    assert!(fits.keepalive);
    assert!(2 * fits.form.unwrap().0.reveal().len() < 65_536);
    assert!(!request(Hint::RefreshToken, &"x".repeat(40_000)).keepalive);
}

#[test]
fn a_200_is_done_whatever_its_body() {
    // REV-4
    for body in [
        json!({ "error": "invalid_token" }),
        json!({}),
        json!([]),
        json!("x"),
        json!({ "error": "unsupported_token_type" }),
    ] {
        assert_eq!(
            revocation::response(&Ok(answer(200, body.clone()))),
            (Outcome::Revoked, None),
            "{body}"
        );
    }
    assert_eq!(
        revocation::response(&Ok(page(200))),
        (Outcome::Revoked, None)
    );
}

#[test]
fn a_kind_of_token_that_the_server_does_not_revoke_is_said_to_be_unsupported() {
    // REV-5
    let answer = answer(400, json!({ "error": "unsupported_token_type" }));
    assert_eq!(
        revocation::response(&Ok(answer)),
        (Outcome::Unsupported, None)
    );
}

#[test]
fn an_answer_that_no_script_may_read_proves_nothing_and_is_no_problem() {
    // REV-14
    for answer in [answer(0, Value::Null), page(0)] {
        let seen = revocation::response(&Ok(answer));
        assert_eq!(seen, (Outcome::Unknown, None));
    }
}

#[test]
fn every_other_answer_is_a_failure_and_says_why() {
    // REV-6, REV-7
    let none = Value::Null;
    for (status, body) in [
        (503, none.clone()),
        (500, json!({ "error": "server_error" })),
        (400, json!({ "error": "invalid_token" })),
        (400, json!({ "error": "invalid_request" })),
        (401, json!({ "error": "invalid_client" })),
        (403, none.clone()),
        (404, none.clone()),
        (405, none.clone()),
        (429, none.clone()),
        (204, none.clone()),
        (302, none),
    ] {
        let (outcome, error) = revocation::response(&Ok(answer(status, body.clone())));
        assert_eq!(outcome, Outcome::Failed, "{status} {body}");
        let error = error.unwrap();
        assert_eq!(error.code, Code::RevocationRefused);
        assert_eq!(error.refusal.unwrap().status, Some(status));
    }
}

#[test]
fn no_answer_proves_nothing_unless_nothing_was_sent() {
    // REV-7
    for (failure, outcome, code) in [
        (Failure::Network, Outcome::Unknown, Code::NetworkError),
        (Failure::Timeout, Outcome::Unknown, Code::Timeout),
        (Failure::TooLarge, Outcome::Unknown, Code::InvalidResponse),
        (Failure::Offline, Outcome::Failed, Code::NetworkError),
    ] {
        let (seen, error) = revocation::response(&Err(failure));
        assert_eq!((seen, error.unwrap().code), (outcome, code), "{failure:?}");
    }
}

#[test]
fn only_what_is_proven_is_final() {
    for (outcome, word, is_final) in [
        (Outcome::Revoked, "revoked", true),
        (Outcome::None, "none", true),
        (Outcome::Failed, "failed", false),
        (Outcome::Unknown, "unknown", false),
        (Outcome::Unsupported, "unsupported", false),
        (Outcome::Skipped, "skipped", false),
    ] {
        assert_eq!((outcome.as_str(), outcome.is_final()), (word, is_final));
    }
}
