//! The token endpoint.

use nightlatch::protocol::{
    Code, Error, Failure, Metadata, Options, Result, Secret, Tokens, token,
};
use serde_json::{Value, json};

use crate::kit::{
    answer, code, form, merged, metadata, metadata_with, options, options_with, owned, page,
};

fn granted(changes: Value) -> Value {
    merged(
        json!({ "access_token": "AT", "token_type": "Bearer" }),
        changes,
    )
}

fn judged(body: Value) -> Result<Tokens> {
    token::response(&answer(200, body))
}

#[test]
fn a_code_is_exchanged_by_exactly_these_parameters() {
    // TOK-1, AUTHZ-6
    let (code, verifier) = (Secret::new("c&d".to_owned()), Secret::new("v".to_owned()));
    let request = token::exchange(&options(), &metadata(), &code, &verifier);
    assert_eq!(request.url, "https://id.example/token");
    assert_eq!(
        form(&request),
        owned(&[
            ("grant_type", "authorization_code"),
            ("code", "c&d"),
            ("redirect_uri", "https://app.example/callback"),
            ("code_verifier", "v"),
            ("client_id", "spa"),
        ])
    );
    assert!(!request.keepalive);
    assert_eq!(request.timeout_ms, 10_000);
}

#[test]
fn a_refresh_sends_the_token_and_asks_for_no_other_scope() {
    // TOK-1, TOK-14
    let request = token::refresh(&options(), &metadata(), &Secret::new("RT".to_owned()));
    assert_eq!(request.url, "https://id.example/token");
    assert_eq!(
        form(&request),
        owned(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", "RT"),
            ("client_id", "spa")
        ])
    );
}

#[test]
fn the_keys_that_prove_the_answer_are_the_issuers_own() {
    // IDT-3, DISC-9
    let known = metadata_with(json!({ "jwks_uri": "https://id.example/keys" }));
    let keys = |options: &Options, metadata: &Metadata| {
        token::refresh(options, metadata, &Secret::new("RT".to_owned())).keys
    };
    let own = Some("https://id.example/keys".to_owned());
    assert_eq!(keys(&options(), &known), own);
    assert_eq!(keys(&options(), &metadata()), None);
    let unsigned = options_with(json!({ "dangerouslySkipIdTokenSignature": true }));
    assert_eq!(keys(&unsigned, &known), None);
}

#[test]
fn a_request_does_not_print_what_it_carries() {
    let request = token::refresh(
        &options(),
        &metadata(),
        &Secret::new("top-secret".to_owned()),
    );
    assert!(!format!("{request:?}").contains("top-secret"));
}

#[test]
fn a_grant_is_taken_member_by_member() {
    // TOK-3, TOK-5, TOK-6
    let tokens = judged(granted(json!({
        "refresh_token": "RT", "id_token": "a.b.c", "expires_in": 3600, "scope": "openid",
        "not_heard_of": { "nested": [1, 2, { "access_token": "evil" }] },
    })))
    .unwrap();
    assert_eq!(tokens.access_token.reveal(), "AT");
    assert_eq!(tokens.refresh_token.unwrap().reveal(), "RT");
    assert_eq!(tokens.id_token.unwrap().reveal(), "a.b.c");
    assert_eq!(tokens.expires_in, Some(3600));
    assert_eq!(tokens.scope.as_deref(), Some("openid"));
    let least = judged(granted(json!({}))).unwrap();
    assert_eq!(
        (
            least.refresh_token,
            least.id_token,
            least.expires_in,
            least.scope
        ),
        (None, None, None, None)
    );
    assert_eq!(
        judged(granted(json!({ "scope": "" })))
            .unwrap()
            .scope
            .as_deref(),
        Some("")
    );
}

#[test]
fn a_token_is_not_taken_from_a_prototype() {
    // TOK-17, A11
    let body = r#"{ "__proto__": { "access_token": "evil", "token_type": "Bearer" }, "token_type": "Bearer" }"#;
    assert_eq!(
        code(judged(serde_json::from_str(body).unwrap())),
        Code::InvalidResponse
    );
}

#[test]
fn only_a_200_with_an_object_and_an_access_token_is_a_grant() {
    // TOK-3, A22
    for body in [
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        granted(json!({ "access_token": null })),
        granted(json!({ "access_token": "" })),
        granted(json!({ "access_token": 1 })),
        granted(json!({ "access_token": ["AT"] })),
        granted(json!({ "access_token": "x".repeat(65_537) })),
        granted(json!({ "refresh_token": 1 })),
        granted(json!({ "refresh_token": "" })),
        granted(json!({ "id_token": {} })),
        granted(json!({ "token_type": null })),
    ] {
        assert_eq!(code(judged(body.clone())), Code::InvalidResponse, "{body}");
    }
    assert_eq!(code(token::response(&page(200))), Code::InvalidResponse);
    for status in [201, 204, 302, 400, 401, 500] {
        assert_eq!(
            code(token::response(&answer(status, granted(json!({}))))),
            Code::TokenRefused,
            "{status}"
        );
    }
    // TOK-18: 8 KB is a token.
    assert!(judged(granted(json!({ "access_token": "x".repeat(65_536) }))).is_ok());
}

#[test]
fn an_access_token_is_not_looked_into() {
    // IDT-15: it may be anything, also what is no JWT and what looks like one that has ended or is somebody else's.
    for token in [
        "x",
        "a.b.c",
        "..",
        "{\"exp\":1}",
        "eyJhbGciOiJub25lIn0.eyJleHAiOjF9.",
    ] {
        let tokens = judged(granted(json!({ "access_token": token }))).unwrap();
        assert_eq!(tokens.access_token.reveal(), token);
    }
}

#[test]
fn the_token_type_is_bearer_in_any_case_and_nothing_else() {
    // TOK-4
    for kind in ["Bearer", "bearer", "BEARER"] {
        assert!(
            judged(granted(json!({ "token_type": kind }))).is_ok(),
            "{kind}"
        );
    }
    for kind in [
        json!("DPoP"),
        json!("mac"),
        json!("N_A"),
        json!(""),
        json!("Bearer "),
        json!(1),
        json!(["Bearer"]),
    ] {
        assert_eq!(
            code(judged(granted(json!({ "token_type": kind })))),
            Code::InvalidResponse,
            "{kind}"
        );
    }
}

#[test]
fn a_lifetime_is_a_number_of_seconds_or_unknown() {
    // TOK-7
    for (said, taken) in [
        (json!(3600), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(3599.9), Some(3599)),
        (json!(0), Some(0)),
        (json!(1_u64 << 31), Some(1 << 31)),
        (Value::Null, None),
    ] {
        assert_eq!(
            judged(granted(json!({ "expires_in": said })))
                .unwrap()
                .expires_in,
            taken,
            "{said}"
        );
    }
    // `null` in the body itself, too.
    let null =
        serde_json::from_str(r#"{"access_token":"AT","token_type":"Bearer","expires_in":null}"#)
            .unwrap();
    assert_eq!(judged(null).unwrap().expires_in, None);
    for said in [
        json!(-1),
        json!(1e12),
        json!("1e12"),
        json!("abc"),
        json!(""),
        json!("-1"),
        json!(true),
        json!([3600]),
        json!((1_u64 << 31) + 1),
    ] {
        assert_eq!(
            code(judged(granted(json!({ "expires_in": said })))),
            Code::InvalidResponse,
            "{said}"
        );
    }
}

#[test]
fn a_refusal_is_told_by_the_servers_word_and_terminal_only_if_it_can_never_succeed() {
    // TOK-9
    let refusal = |status, body: Value| token::response(&answer(status, body)).unwrap_err();
    for word in [
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
    ] {
        for status in [400, 401] {
            let error = refusal(status, json!({ "error": word, "error_description": "no" }));
            assert_eq!(error.code, Code::TokenRefused);
            assert!(token::is_terminal(&error), "{status} {word}");
            let refusal = error.refusal.unwrap();
            assert_eq!(
                (
                    refusal.status,
                    refusal.error.as_deref(),
                    refusal.description.as_deref()
                ),
                (Some(status), Some(word), Some("no"))
            );
        }
    }
    for (status, body) in [
        (400, json!({ "error": "temporarily_unavailable" })),
        (400, json!({ "error": "server_error" })),
        (400, json!({ "error": "invalid_request" })),
        (400, json!({ "error": "invalid_scope" })),
        (400, json!({ "error": ["invalid_grant"] })),
        (400, json!({})),
        (408, json!({})),
        (429, json!({ "error": "slow_down" })),
        (500, json!({ "error": "server_error" })),
        (503, json!([])),
    ] {
        let error = refusal(status, body.clone());
        assert_eq!(error.code, Code::TokenRefused);
        assert!(!token::is_terminal(&error), "{status} {body}");
    }
    // No JSON at all.
    let gateway = token::response(&page(502)).unwrap_err();
    assert!(!token::is_terminal(&gateway));
    assert_eq!(gateway.refusal.unwrap().status, Some(502));
}

#[test]
fn no_answer_is_never_terminal_and_not_told_apart_further_than_a_script_can() {
    // TOK-9, TOK-10
    for (failure, code) in [
        (Failure::Network, Code::NetworkError),
        (Failure::Offline, Code::NetworkError),
        (Failure::Timeout, Code::Timeout),
        (Failure::TooLarge, Code::InvalidResponse),
    ] {
        let error = Error::from(failure);
        assert_eq!(error.code, code);
        assert!(!token::is_terminal(&error));
    }
}
