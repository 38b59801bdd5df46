//! The provider's metadata.

use nightlatch::protocol::{Code, Metadata, discovery};
use serde_json::{Value, json};

use crate::kit::{ISSUER, answer, code, core, document, options, options_with, page};

fn judged(document: Value) -> Result<Metadata, nightlatch::protocol::Error> {
    discovery::response(&answer(200, document), &options())
}

#[test]
fn the_address_is_the_issuer_with_the_well_known_path_after_it() {
    // DISC-1
    for (issuer, address) in [
        (
            "https://h.example",
            "https://h.example/.well-known/openid-configuration",
        ),
        (
            "https://h.example/",
            "https://h.example/.well-known/openid-configuration",
        ),
        (
            "https://h.example/t/x",
            "https://h.example/t/x/.well-known/openid-configuration",
        ),
        (
            "https://h.example/t/x/",
            "https://h.example/t/x/.well-known/openid-configuration",
        ),
        (
            "https://h.example:8443",
            "https://h.example:8443/.well-known/openid-configuration",
        ),
    ] {
        let request = discovery::request(&options_with(
            json!({ "issuer": issuer, "requestTimeout": 3 }),
        ));
        assert_eq!(request.url, address);
        assert!(request.form.is_none());
        assert!(!request.keepalive);
        assert_eq!(request.timeout_ms, 3_000);
    }
}

#[test]
fn a_document_of_any_other_issuer_is_not_used_at_all() {
    // DISC-2, DISC-12: a name with a place for the tenant is another issuer than each tenant's, and nobody fills it in.
    for issuer in [
        json!("https://id.example/{tenantid}"),
        json!("https://{host}"),
        json!("https://id.example/"),
        json!("https://ID.example"),
        json!("https://id.example:443"),
        json!("https://id.example/tenant"),
        json!("http://id.example"),
        json!("https://id.example "),
        json!(""),
        json!([ISSUER]),
        json!({ "issuer": ISSUER }),
        json!(1),
        json!(true),
        Value::Null,
    ] {
        assert_eq!(
            code(judged(document(json!({ "issuer": issuer })))),
            Code::IssuerMismatch,
            "{issuer}"
        );
    }
}

#[test]
fn an_endpoint_that_is_not_https_spoils_the_document() {
    // DISC-4
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
        "jwks_uri",
    ] {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "blob:https://id.example/0",
            "//evil.example/x",
            "/x",
            "x",
            "",
            "http://evil.example",
            "http://localhost/x",
            "https://u:p@h.example/x",
            "https://h.example/x#y",
        ] {
            assert_eq!(
                code(judged(document(json!({ name: bad })))),
                Code::InsecureEndpoint,
                "{name} {bad}"
            );
        }
        for bad in [json!(1), json!([]), json!({}), json!(true)] {
            assert_eq!(
                code(judged(document(json!({ name: bad })))),
                Code::InvalidResponse,
                "{name} {bad}"
            );
        }
    }
}

#[test]
fn nothing_but_a_200_with_an_object_is_metadata() {
    // DISC-6
    let good = document(json!({}));
    for status in [201, 204, 301, 302, 400, 401, 404, 500, 503] {
        let error = discovery::response(&answer(status, good.clone()), &options()).unwrap_err();
        assert_eq!(error.code, Code::DiscoveryRefused, "{status}");
        assert_eq!(error.refusal.unwrap().status, Some(status));
    }
    for body in [json!([]), json!("x"), json!(1), json!(true), Value::Null] {
        assert_eq!(code(judged(body.clone())), Code::InvalidResponse, "{body}");
    }
    assert_eq!(
        code(discovery::response(&page(200), &options())),
        Code::InvalidResponse
    );
}

#[test]
fn what_the_provider_does_not_offer_is_off_and_what_is_unknown_is_ignored() {
    // DISC-6
    let minimal = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://id.example/authorize",
        "token_endpoint": "https://id.example/token",
        "revocation_endpoint": null,
        "registration_endpoint": "javascript:alert(1)",
        "unheard_of": { "of": ["this"] },
        "__proto__": { "token_endpoint": "https://evil.example/" },
    });
    let metadata = judged(minimal).unwrap();
    assert_eq!(metadata.token_endpoint, "https://id.example/token");
    assert_eq!(metadata.revocation_endpoint, None);
    assert_eq!(metadata.end_session_endpoint, None);
    assert!(!metadata.names_issuer);
    for name in ["authorization_endpoint", "token_endpoint"] {
        assert_eq!(
            code(judged(document(json!({ name: null })))),
            Code::InvalidResponse,
            "{name}"
        );
    }
}

#[test]
fn a_provider_that_says_it_has_no_s256_is_refused() {
    // DISC-8
    let with = |methods: Value| {
        judged(document(
            json!({ "code_challenge_methods_supported": methods }),
        ))
    };
    assert!(judged(document(json!({}))).is_ok());
    assert!(with(json!(["plain", "S256"])).is_ok());
    for methods in [
        json!(["plain"]),
        json!([]),
        json!(["s256"]),
        json!("S256"),
        json!([["S256"]]),
        json!(256),
    ] {
        assert_eq!(
            code(with(methods.clone())),
            Code::PkceUnsupported,
            "{methods}"
        );
    }
}

#[test]
fn only_true_says_that_answers_name_their_issuer() {
    // RESP-4
    let name = "authorization_response_iss_parameter_supported";
    assert!(
        judged(document(json!({ name: true })))
            .unwrap()
            .names_issuer
    );
    for other in [json!(false), json!("true"), json!(1), json!({})] {
        assert!(
            !judged(document(json!({ name: other })))
                .unwrap()
                .names_issuer,
            "{other}"
        );
    }
}

#[test]
fn metadata_comes_back_from_the_record_as_it_went_in() {
    for changes in [
        json!({}),
        json!({ "revocation_endpoint": null, "end_session_endpoint": null }),
        json!({ "jwks_uri": "https://id.example/keys" }),
    ] {
        let metadata = judged(document(changes)).unwrap();
        let again = Metadata::parse(&metadata.to_json(ISSUER), ISSUER, false).unwrap();
        assert_eq!(again, metadata);
    }
    let poisoned = core(document(
        json!({ "token_endpoint": "http://evil.example/" }),
    ));
    // DISC-10
    assert_eq!(
        code(Metadata::parse(&poisoned, ISSUER, false)),
        Code::InsecureEndpoint
    );
}
