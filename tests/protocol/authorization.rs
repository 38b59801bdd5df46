//! The authorization request and its answer.

use std::collections::HashSet;

use nightlatch::protocol::authorization::{self, Arrival, Login, Pending};
use nightlatch::protocol::{Code, Metadata, Options, Result, Secret};
use serde_json::{Value, json};

use crate::kit::{
    ISSUER, ORIGIN, code, core, metadata, metadata_with, options, options_with, owned, pairs, plain,
};

const NOW: u64 = 1_790_000_000_000;
const CALLBACK: &str = "https://app.example/callback";

fn login(asked: Value) -> Login {
    Login::parse(&core(asked), ORIGIN, &options()).unwrap()
}

fn pending(login: &Login) -> Pending {
    let mut entropy = [0; 96];
    for (byte, value) in entropy.iter_mut().zip(0..) {
        *byte = value;
    }
    Pending::new(login, &entropy, 7, NOW)
}

fn address(options: &Options, metadata: &Metadata, asked: Value) -> String {
    let login = Login::parse(&core(asked), ORIGIN, options).unwrap();
    authorization::request(
        options,
        metadata,
        &login,
        &pending(&login),
        "challenge",
        None,
    )
}

#[test]
fn the_request_has_exactly_these_parameters_each_once() {
    // AUTHZ-1, AUTHZ-2, AUTHZ-6, AUTHZ-7, A5
    let options = options_with(json!({ "scope": "profile offline_access" }));
    let address = address(&options, &metadata(), json!({}));
    let (endpoint, query) = address.split_once('?').unwrap();
    assert_eq!(endpoint, "https://id.example/authorize");
    let pending = pending(&login(json!({})));
    assert_eq!(
        pairs(query),
        owned(&[
            ("response_type", "code"),
            ("client_id", "spa"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid profile offline_access"),
            ("state", &pending.state),
            ("nonce", &pending.nonce),
            ("code_challenge", "challenge"),
            ("code_challenge_method", "S256"),
        ])
    );
}

#[test]
fn a_request_that_asks_nobody_says_whom_it_is_about() {
    // AUTHZ-10
    let hint = |options: &Options, asked: Value, length: usize| {
        let login = Login::parse(&core(asked), ORIGIN, options).unwrap();
        let held = Secret::new("h".repeat(length));
        let address = authorization::request(
            options,
            &metadata(),
            &login,
            &pending(&login),
            "challenge",
            Some(&held),
        );
        let pairs = pairs(address.split_once('?').unwrap().1);
        let mut hints = pairs.iter().filter(|(name, _)| name == "id_token_hint");
        let first = hints.next().map(|(_, hint)| hint.len());
        assert_eq!(hints.next(), None);
        first
    };
    let silent = json!({ "prompt": "none" });
    assert_eq!(hint(&options(), silent.clone(), 1_000), Some(1_000));
    assert_eq!(hint(&options(), silent.clone(), 6_000), Some(6_000));
    // Too long for an address.
    assert_eq!(hint(&options(), silent.clone(), 6_001), None);
    // The app wants no ID token in any.
    let by_post = options_with(json!({ "endSessionMethod": "post" }));
    assert_eq!(hint(&by_post, silent, 1_000), None);
    for asked in [json!({}), json!({ "prompt": "login" })] {
        assert_eq!(hint(&options(), asked, 1_000), None);
    }
    let asked = json!({ "extraParams": { "id_token_hint": "x" } });
    let refused = Login::parse(&core(asked), ORIGIN, &options());
    assert_eq!(code(refused), Code::InvalidOptions);
}

#[test]
fn scopes_of_a_sign_in_are_added_to_those_of_the_client_each_once() {
    // RS-5: what an API wants beyond them (RFC 6750 §3.1).
    let options = options_with(json!({ "scope": "profile" }));
    let asked = json!({ "scope": "books:read openid  books:read" });
    let address = address(&options, &metadata(), asked);
    let pairs = pairs(address.split_once('?').unwrap().1);
    let scopes: Vec<_> = pairs.iter().filter(|(name, _)| name == "scope").collect();
    assert_eq!(
        scopes,
        [&("scope".to_owned(), "openid profile books:read".to_owned())]
    );
}

#[test]
fn what_the_app_asks_for_is_added_each_once() {
    // AUTHZ-7, AUTHZ-12
    let asked = json!({
        "returnTo": "/inbox?secret=1",
        "prompt": "login consent",
        "loginHint": "ada@example.com",
        "maxAge": 0,
        "acrValues": "silver gold",
        "extraParams": { "ui_locales": "de en", "audience": "https://api.example/?a=b&c" },
    });
    let address = address(&options(), &metadata(), asked);
    let pairs = pairs(address.split_once('?').unwrap().1);
    for (name, value) in [
        ("prompt", "login consent"),
        ("login_hint", "ada@example.com"),
        ("max_age", "0"),
        ("acr_values", "silver gold"),
        ("ui_locales", "de en"),
        ("audience", "https://api.example/?a=b&c"),
    ] {
        assert!(
            pairs.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
    let names: HashSet<_> = pairs.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), pairs.len());
    assert_eq!(pairs.len(), 14);
    // AUTHZ-4: the way back is in nobody's address.
    assert!(!address.contains("inbox") && !address.contains("secret"));
}

#[test]
fn a_list_stands_several_times_and_claims_create_and_step_up_go_as_they_are() {
    // AUTHZ-9, AUTHZ-12; RFC 8707 §2, OpenID Connect Core 1.0 §5.5
    let claims = r#"{"id_token":{"auth_time":{"essential":true}}}"#;
    let resources = ["https://a.example/", "https://b.example/?c&d"];
    let asked = json!({
        "prompt": "create",
        "maxAge": 60,
        "acrValues": "gold",
        "extraParams": { "resource": resources, "claims": claims },
    });
    let address = address(&options(), &metadata(), asked);
    let pairs = pairs(address.split_once('?').unwrap().1);
    let all = |wanted: &str| -> Vec<_> {
        let of = pairs.iter().filter(|(name, _)| name == wanted);
        of.map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(all("resource"), resources);
    assert_eq!(all("claims"), [claims]);
    assert_eq!(all("prompt"), ["create"]);
    assert_eq!(all("max_age"), ["60"]);
    assert_eq!(all("acr_values"), ["gold"]);

    for wrong in [json!({ "state": ["a"] }), json!({ "resource": ["a", 5] })] {
        let asked = core(json!({ "extraParams": wrong }));
        let refused = Login::parse(&asked, ORIGIN, &options());
        assert_eq!(code(refused), Code::InvalidOptions);
    }
}

#[test]
fn the_query_of_the_endpoint_is_kept() {
    // AUTHZ-8
    let metadata =
        metadata_with(json!({ "authorization_endpoint": "https://h.example/a?tenant=1" }));
    let address = address(&options(), &metadata, json!({}));
    assert!(
        address.starts_with("https://h.example/a?tenant=1&response_type=code&"),
        "{address}"
    );
}

#[test]
fn state_nonce_and_verifier_are_each_of_their_own_random_bytes() {
    // AUTHZ-3, AUTHZ-4, AUTHZ-5
    let login = login(json!({}));
    let of = |byte, at: usize| {
        let mut entropy = [0_u8; 96];
        entropy[at] = byte;
        Pending::new(&login, &entropy, 1, NOW)
    };
    let zero = of(0, 0);
    for text in [zero.state.as_str(), &zero.nonce, zero.verifier.reveal()] {
        assert_eq!(text.len(), 43);
    }
    for at in 0..96 {
        let one = of(1, at);
        assert_eq!(one.state != zero.state, at < 32);
        assert_eq!(one.nonce != zero.nonce, (32..64).contains(&at));
        assert_eq!(one.verifier != zero.verifier, at >= 64);
    }
    let whole = Pending::new(&login, &[0xff; 96], 1, NOW);
    assert!(
        whole
            .verifier
            .reveal()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    );
}

#[test]
fn a_sign_in_under_way_comes_back_from_storage_as_it_went_in() {
    // AUTHZ-12
    for asked in [
        json!({}),
        json!({ "returnTo": "/a?b#c", "maxAge": 0, "acrValues": "gold" }),
    ] {
        let pending = pending(&login(asked));
        assert_eq!(
            Pending::from_json(&pending.to_json(), &options()),
            Some(pending)
        );
    }
}

#[test]
fn what_storage_gives_is_not_believed() {
    let whole = plain(&pending(&login(json!({ "returnTo": "/inbox" }))).to_json());
    for (name, bad) in [
        ("state", json!("")),
        ("state", json!(1)),
        ("nonce", json!("")),
        ("nonce", Value::Null),
        ("verifier", json!([])),
        ("generation", json!("7")),
        ("generation", json!(-1)),
        ("begunAt", json!("now")),
        ("returnTo", Value::Null),
    ] {
        let mut broken = whole.clone();
        broken[name] = bad.clone();
        assert_eq!(
            Pending::from_json(&core(broken), &options()),
            None,
            "{name} {bad}"
        );
    }
    for nothing in [json!(null), json!([]), json!("x"), json!({})] {
        assert_eq!(Pending::from_json(&core(nothing), &options()), None);
    }
    // RESP-13
    let mut elsewhere = whole;
    elsewhere["returnTo"] = json!("//evil.example");
    assert_eq!(
        Pending::from_json(&core(elsewhere), &options())
            .unwrap()
            .return_to,
        "/"
    );
}

#[test]
fn a_sign_in_cannot_be_answered_after_an_hour() {
    // RESP-12
    let pending = pending(&login(json!({})));
    assert!(!pending.is_stale(NOW));
    assert!(!pending.is_stale(NOW + 3_600_000));
    assert!(pending.is_stale(NOW + 3_600_001));
}

#[test]
fn only_an_address_at_the_redirect_uri_with_a_state_is_an_answer() {
    // RESP-1, RESP-2
    let arrives = |address: &str, at: &str| {
        Arrival::parse(address, at)
            .unwrap()
            .map(|arrival| arrival.state)
    };
    let some = Some("s".to_owned());
    for address in [
        "https://app.example/callback?state=s&code=c",
        "https://app.example/callback?code=c&foo=1&foo=2&session_state=x&state=s",
        "https://app.example/callback?state=s#state=t",
        "https://app.example/callback?flag&state=s&&=",
    ] {
        assert_eq!(arrives(address, CALLBACK), some, "{address}");
    }
    for (address, at) in [
        ("https://app.example?state=s", "https://app.example/"),
        ("https://app.example/?state=s", "https://app.example"),
        (
            "https://app.example/callback?state=s",
            "https://app.example/callback?x=1",
        ),
    ] {
        assert_eq!(arrives(address, at), some, "{address}");
    }
    for address in [
        "",
        "no address",
        CALLBACK,
        "https://app.example/callback?code=c",
        "https://app.example/callback#state=s&code=c",
        "https://app.example/callback/?state=s",
        "https://app.example/callback2?state=s",
        "https://app.example/other?state=s",
        "https://app.example:8443/callback?state=s",
        "http://app.example/callback?state=s",
        "https://evil.example/callback?state=s",
    ] {
        assert_eq!(arrives(address, CALLBACK), None, "{address}");
    }
}

#[test]
fn a_parameter_that_stands_twice_spoils_the_answer() {
    // RESP-2
    for query in [
        "state=s&state=s",
        "state=s&state=t&code=c",
        "state=s&code=a&code=b",
        "state=s&code=c&iss=a&iss=b",
        "state=s&error=a&error=b",
        "state=s&code=c&%63ode=d",
    ] {
        assert_eq!(
            code(Arrival::parse(&format!("{CALLBACK}?{query}"), CALLBACK)),
            Code::InvalidResponse,
            "{query}"
        );
    }
}

#[test]
fn an_implicit_answer_is_no_answer_to_a_sign_in() {
    // RESP-10, RESP-11
    let fragment = format!("{CALLBACK}#access_token=evil&state=s&code=c");
    assert_eq!(Arrival::parse(&fragment, CALLBACK), Ok(None));
    let query = format!("{CALLBACK}?access_token=evil&id_token=evil&state=s");
    assert!(
        !Arrival::parse(&query, CALLBACK)
            .unwrap()
            .unwrap()
            .is_authorization()
    );
}

fn judged(query: &str, metadata: &Metadata) -> Result<Secret> {
    let arrival = Arrival::parse(&format!("{CALLBACK}?state=s&{query}"), CALLBACK)
        .unwrap()
        .unwrap();
    authorization::response(&arrival, &options(), metadata)
}

#[test]
fn an_answer_that_names_another_issuer_is_refused_whether_it_brings_a_code_or_an_error() {
    // RESP-3
    let metadata = metadata();
    assert_eq!(
        judged("code=c&iss=https%3A%2F%2Fid.example", &metadata)
            .unwrap()
            .reveal(),
        "c"
    );
    assert_eq!(
        judged("code=c&iss=https://id.example", &metadata)
            .unwrap()
            .reveal(),
        "c"
    );
    for issuer in [
        "",
        "https://evil.example",
        "https://id.example/",
        "https://ID.example",
        "https://id.example:443",
        "https%253A%252F%252Fid.example",
        "id.example",
    ] {
        for query in [
            format!("code=c&iss={issuer}"),
            format!("error=access_denied&iss={issuer}"),
        ] {
            let error = judged(&query, &metadata).unwrap_err();
            assert_eq!(error.code, Code::ResponseIssuerMismatch, "{query}");
            // It is not from the provider that was asked, so its words are not that provider's.
            assert!(error.refusal.is_none());
        }
    }
}

#[test]
fn an_answer_must_name_its_issuer_where_the_provider_says_that_it_does() {
    // RESP-4
    let metadata = metadata_with(json!({ "authorization_response_iss_parameter_supported": true }));
    assert_eq!(
        code(judged("code=c", &metadata)),
        Code::ResponseIssuerMismatch
    );
    assert!(judged(&format!("code=c&iss={ISSUER}"), &metadata).is_ok());
    // Measured: such providers leave it out of errors.
    assert_eq!(
        code(judged("error=access_denied", &metadata)),
        Code::AuthorizationRefused
    );
}

#[test]
fn a_refusal_keeps_the_providers_words_without_what_does_not_belong_in_them() {
    // RESP-8, A35
    let query = "error=access_denied&error_description=%3Cimg%20onerror%3D%22x%22%3E%5C%00%0A%C3%A9&error_uri=javascript:alert(1)";
    let error = judged(query, &metadata()).unwrap_err();
    assert_eq!(error.code, Code::AuthorizationRefused);
    let refusal = error.refusal.unwrap();
    assert_eq!(refusal.status, None);
    assert_eq!(refusal.error.as_deref(), Some("access_denied"));
    assert_eq!(
        refusal.description.as_deref(),
        Some("<img onerror=?x?>????")
    );
    let long = judged(
        &format!("error=x&error_description={}", "y".repeat(5_000)),
        &metadata(),
    )
    .unwrap_err();
    assert_eq!(long.refusal.unwrap().description.unwrap().len(), 300);
    // An unknown code stays as it is.
    let unknown = judged("error=unmet_authentication_requirements", &metadata()).unwrap_err();
    assert_eq!(
        unknown.refusal.unwrap().error.as_deref(),
        Some("unmet_authentication_requirements")
    );
}

#[test]
fn an_answer_without_a_code_is_none() {
    // RESP-11
    for query in [
        "",
        "code=",
        "access_token=evil&token_type=Bearer",
        "id_token=evil",
    ] {
        assert_eq!(
            code(judged(query, &metadata())),
            Code::InvalidResponse,
            "{query}"
        );
    }
    // An error beside a code is an error.
    assert_eq!(
        code(judged("code=c&error=access_denied", &metadata())),
        Code::AuthorizationRefused
    );
}

#[test]
fn the_address_is_cleaned_of_the_answer_and_of_nothing_else() {
    // RESP-7
    for (address, cleaned) in [
        (
            "https://app.example/callback?code=c&state=s",
            "https://app.example/callback",
        ),
        (
            "https://app.example/callback?a=1&code=c&state=s&iss=i&session_state=x&b=2",
            "https://app.example/callback?a=1&b=2",
        ),
        (
            "https://app.example/callback?error=e&error_description=d&error_uri=u&state=s#top",
            "https://app.example/callback#top",
        ),
        (
            "https://app.example/callback?barcode=1&mystate=2",
            "https://app.example/callback?barcode=1&mystate=2",
        ),
        (
            "https://app.example/?q=a%20b&code=c",
            "https://app.example/?q=a%20b",
        ),
        (
            // Read as the names, so taken out as the names.
            "https://app.example/callback?%63ode=c&st%61te=s&c%6Fded=1",
            "https://app.example/callback?c%6Fded=1",
        ),
        ("https://app.example/", "https://app.example/"),
        ("https://app.example/#code=c", "https://app.example/#code=c"),
    ] {
        assert_eq!(authorization::cleaned(address), cleaned);
    }
}
