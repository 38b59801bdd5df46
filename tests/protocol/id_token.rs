//! The checks on an ID token.

use nightlatch::protocol::id_token::{self, Expected};
use nightlatch::protocol::{Claims, Code, Options, Result, Secret, base64url};
use serde_json::{Value, json};

use crate::kit::{ISSUER, core, merged, options, options_with, parse, plain, vectors};

const NOW: u64 = 1_790_000_000;
const ANY: Expected<'static> = Expected {
    nonce: Some("n"),
    previous: None,
    max_age: None,
    acr_values: None,
};

fn claims(changes: Value) -> Value {
    merged(
        json!({ "iss": ISSUER, "sub": "ada", "aud": "spa", "exp": NOW + 300, "iat": NOW, "nonce": "n" }),
        changes,
    )
}

fn token(header: Value, claims: Value) -> String {
    let part = |value: Value| base64url::encode(value.to_string().as_bytes());
    format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
}

fn judged_with(token: &str, expected: Expected<'_>, options: &Options) -> Result<Claims> {
    id_token::check(
        &Secret::new(token.to_owned()),
        None,
        expected,
        options,
        NOW * 1000,
        &parse,
    )
}

fn judged(claims: Value, expected: Expected<'_>) -> Result<Claims> {
    judged_with(
        &token(json!({ "alg": "RS256" }), claims),
        expected,
        &options(),
    )
}

#[track_caller]
fn refused(claims: Value, expected: Expected<'_>) {
    let error = judged(claims.clone(), expected).expect_err(&format!("refuse {claims}"));
    assert_eq!(error.code, Code::IdTokenInvalid);
    assert!(error.refusal.is_none());
}

#[track_caller]
fn taken(claims: Value, expected: Expected<'_>) {
    if let Err(error) = judged(claims.clone(), expected) {
        panic!("{claims}: {error}");
    }
}

#[test]
fn a_good_token_gives_its_claims() {
    let claims =
        claims(json!({ "name": "Ada", "not_heard_of": { "a": [null] }, "constructor": "x" }));
    let checked = judged(claims.clone(), ANY).unwrap();
    assert_eq!(checked.subject(), "ada");
    let given = plain(checked.json());
    // IDT-14
    assert_eq!(given["name"], "Ada");
    assert_eq!(given["not_heard_of"], json!({ "a": [null] }));
    assert_eq!(given["constructor"], "x");
}

#[test]
fn what_is_no_signed_token_in_three_parts_is_refused() {
    // IDT-1
    let good = token(json!({ "alg": "RS256" }), claims(json!({})));
    let parts: Vec<_> = good.split('.').collect();
    let (header, payload, signature) = (parts[0], parts[1], parts[2]);
    let text = |text: &str| base64url::encode(text.as_bytes());
    for bad in [
        String::new(),
        "..".to_owned(),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.") + ".",
        format!("{header}.{payload}.{signature}.x.y"),
        format!("{header}=.{payload}.{signature}"),
        format!("{header}.{payload}=.{signature}"),
        format!("{header}.{payload}.{signature}="),
        format!("{header}.{payload}.sig nature"),
        format!("{header}.{}.{signature}", text("null")),
        format!("{header}.{}.{signature}", text("[]")),
        format!("{header}.{}.{signature}", text("\"x\"")),
        format!("{header}.{}.{signature}", text("{")),
        format!("{}.{payload}.{signature}", text("[]")),
        format!("{}.{payload}.{signature}", text("RS256")),
        format!("{header}.{}.{signature}", base64url::encode(&[0xff, 0xfe])),
        format!(" {good}"),
    ] {
        let error = judged_with(&bad, ANY, &options()).expect_err(&bad);
        assert_eq!(error.code, Code::IdTokenInvalid, "{bad}");
    }
    assert!(judged_with(&good, ANY, &options()).is_ok());
    // RFC 7515's own example is read, and is not ours.
    let joe = vectors("jws")["token"].as_str().unwrap().to_owned();
    assert_eq!(
        judged_with(&joe, ANY, &options()).unwrap_err().code,
        Code::IdTokenInvalid
    );
}

#[test]
fn critical_extensions_are_refused() {
    // IDT-1
    for crit in [json!(["b64"]), json!([]), json!("x")] {
        let token = token(json!({ "alg": "RS256", "crit": crit }), claims(json!({})));
        assert_eq!(
            judged_with(&token, ANY, &options()).unwrap_err().code,
            Code::IdTokenInvalid,
            "{crit}"
        );
    }
}

#[test]
fn an_algorithm_that_needs_no_key_or_a_shared_one_is_refused() {
    // IDT-2, A24
    for alg in [
        json!("none"),
        json!("None"),
        json!("NoNe"),
        json!("NONE"),
        json!(""),
        json!("HS256"),
        json!("HS384"),
        json!("HS512"),
        json!("hs256"),
        json!(null),
        json!(1),
        json!(["RS256"]),
        json!("é"),
    ] {
        let token = token(json!({ "alg": alg }), claims(json!({})));
        assert_eq!(
            judged_with(&token, ANY, &options()).unwrap_err().code,
            Code::IdTokenInvalid,
            "{alg}"
        );
    }
    for alg in [
        "RS256", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519",
    ] {
        let token = token(
            json!({ "alg": alg, "kid": "1", "typ": "JWT", "jku": "https://evil.example/" }),
            claims(json!({})),
        );
        assert!(judged_with(&token, ANY, &options()).is_ok(), "{alg}");
    }
}

#[test]
fn the_issuer_is_compared_character_for_character() {
    // IDT-4, DISC-3, DISC-12
    for issuer in [
        json!("https://id.example/{tenantid}"),
        json!("https://id.example/"),
        json!("https://ID.example"),
        json!("https://evil.example"),
        json!("id.example"),
        json!([ISSUER]),
        json!(null),
        json!(1),
    ] {
        refused(claims(json!({ "iss": issuer })), ANY);
    }
}

#[test]
fn the_subject_is_a_text_of_1_to_255() {
    // IDT-4
    for subject in [
        json!(""),
        json!(null),
        json!(1),
        json!(["ada"]),
        json!("x".repeat(256)),
    ] {
        refused(claims(json!({ "sub": subject })), ANY);
    }
    taken(claims(json!({ "sub": "x".repeat(255) })), ANY);
}

#[test]
fn the_audience_is_this_client() {
    // IDT-4
    taken(claims(json!({ "aud": "spa" })), ANY);
    taken(claims(json!({ "aud": ["spa"] })), ANY);
    for audience in [
        json!("other"),
        json!("spa2"),
        json!("SPA"),
        json!(""),
        json!([]),
        json!(["other"]),
        json!({}),
        json!({ "0": "spa" }),
        json!([["spa"]]),
        json!(null),
        json!(1),
        json!(true),
    ] {
        refused(claims(json!({ "aud": audience })), ANY);
    }
}

#[test]
fn another_audience_beside_this_client_needs_azp() {
    // IDT-5
    taken(
        claims(json!({ "aud": ["other", "spa"], "azp": "spa" })),
        ANY,
    );
    taken(claims(json!({ "azp": "spa" })), ANY);
    for changes in [
        json!({ "aud": ["spa", "other"] }),
        json!({ "aud": ["spa", "other"], "azp": "other" }),
        json!({ "aud": ["spa", "other"], "azp": ["spa"] }),
        json!({ "aud": ["spa", 1] }),
        json!({ "azp": "other" }),
        json!({ "azp": "" }),
        json!({ "azp": 1 }),
        json!({ "aud": ["other"], "azp": "spa" }),
    ] {
        refused(claims(changes), ANY);
    }
}

#[test]
fn the_times_are_numbers_within_the_skew() {
    // IDT-6
    let skew = 30;
    for good in [
        json!({ "exp": NOW - skew + 1 }),
        json!({ "exp": 9_007_199_254_740_991_u64 }),
        json!({ "iat": NOW + skew }),
        json!({ "iat": 0 }),
        json!({ "nbf": NOW + skew }),
        json!({ "exp": NOW as f64 + 300.5 }),
    ] {
        taken(claims(good), ANY);
    }
    for bad in [
        json!({ "exp": NOW - skew }),
        json!({ "exp": 0 }),
        json!({ "exp": null }),
        json!({ "exp": (NOW + 300).to_string() }),
        json!({ "exp": -1 }),
        json!({ "exp": [NOW + 300] }),
        json!({ "iat": NOW + skew + 1 }),
        json!({ "iat": null }),
        json!({ "iat": NOW.to_string() }),
        json!({ "iat": "2026-11-21" }),
        json!({ "nbf": NOW + skew + 1 }),
        json!({ "nbf": "0" }),
        json!({ "nbf": true }),
    ] {
        refused(claims(bad), ANY);
    }
    let strict = options_with(json!({ "clockSkew": 0 }));
    let at = |changes| {
        judged_with(
            &token(json!({ "alg": "RS256" }), claims(changes)),
            ANY,
            &strict,
        )
        .is_ok()
    };
    assert!(at(json!({ "exp": NOW + 1 })));
    assert!(!at(json!({ "exp": NOW })));
    assert!(!at(json!({ "iat": NOW + 1 })));
}

#[test]
fn the_nonce_is_that_of_the_request() {
    // IDT-7
    for nonce in [
        json!(null),
        json!("m"),
        json!(""),
        json!("N"),
        json!(["n"]),
        json!(1),
    ] {
        refused(claims(json!({ "nonce": nonce })), ANY);
    }
    // None was sent.
    let none = Expected { nonce: None, ..ANY };
    refused(claims(json!({})), none);
}

#[test]
fn max_age_is_checked_also_where_it_is_0() {
    // IDT-9, AUTHZ-12
    let asked = |seconds| Expected {
        max_age: Some(seconds),
        ..ANY
    };
    taken(claims(json!({ "auth_time": NOW })), asked(0));
    taken(claims(json!({ "auth_time": NOW - 30 })), asked(0));
    taken(claims(json!({ "auth_time": NOW - 90 })), asked(60));
    taken(claims(json!({})), ANY);
    refused(claims(json!({ "auth_time": NOW - 31 })), asked(0));
    refused(claims(json!({ "auth_time": NOW - 91 })), asked(60));
    refused(claims(json!({})), asked(0));
    refused(claims(json!({})), asked(u64::MAX));
    refused(claims(json!({ "auth_time": NOW.to_string() })), asked(60));
}

#[test]
fn the_authentication_context_is_one_of_those_asked_for() {
    // IDT-9
    let asked = Expected {
        acr_values: Some("silver gold"),
        ..ANY
    };
    taken(claims(json!({ "acr": "gold" })), asked);
    taken(claims(json!({ "acr": "silver" })), asked);
    for acr in [
        json!(null),
        json!("bronze"),
        json!("silver gold"),
        json!(""),
        json!(["gold"]),
        json!("old"),
    ] {
        refused(claims(json!({ "acr": acr })), asked);
    }
}

#[test]
fn a_logout_token_is_no_id_token() {
    // IDT-16, A25
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    refused(claims(json!({ "events": events, "nonce": null })), ANY);
    refused(claims(json!({ "events": events })), ANY);
}

/// The claims that a session holds from its sign-in.
fn before() -> Claims {
    let claims = claims(json!({ "auth_time": NOW - 1_000, "iat": NOW - 1_000, "exp": NOW - 700 }));
    Claims::restored(core(claims))
}

#[test]
fn a_refreshed_token_needs_no_nonce_and_keeps_the_user() {
    // IDT-10, IDT-11, A25
    let before = before();
    let refreshed = Expected {
        nonce: None,
        previous: Some(&before),
        max_age: None,
        acr_values: None,
    };
    taken(claims(json!({ "nonce": null })), refreshed);
    taken(
        claims(json!({ "nonce": null, "auth_time": NOW - 1_000 })),
        refreshed,
    );
    taken(claims(json!({})), refreshed);
    // TOK-8: a clock that was set since the sign-in says nothing about a token that has just been asked for.
    for at in [NOW - 86_400, NOW + 86_400] {
        taken(
            claims(json!({ "iat": at, "exp": at + 300, "nbf": at })),
            refreshed,
        );
    }
    for deviation in [
        json!({ "sub": "grace" }),
        json!({ "sub": "Ada" }),
        json!({ "iss": "https://evil.example" }),
        json!({ "aud": "other" }),
        json!({ "exp": "soon" }),
        json!({ "iat": "now" }),
        json!({ "azp": "other" }),
    ] {
        refused(
            claims(merged(json!({ "nonce": null }), deviation)),
            refreshed,
        );
    }
}

#[test]
fn a_refreshed_token_that_has_a_nonce_has_the_one_of_the_sign_in() {
    // IDT-10: Core §12.2 "if a nonce Claim is present … its value MUST be the same"
    let before = before();
    let refreshed = Expected {
        nonce: None,
        previous: Some(&before),
        max_age: None,
        acr_values: None,
    };
    refused(claims(json!({ "nonce": "m" })), refreshed);
    refused(claims(json!({ "nonce": 1 })), refreshed);
}

#[test]
fn a_refreshed_token_does_not_say_that_the_user_signed_in_at_another_time() {
    // IDT-10: Core §12.2 "if the ID Token contains an auth_time Claim, its value MUST represent the time
    // of the original authentication"
    let before = before();
    let refreshed = Expected {
        nonce: None,
        previous: Some(&before),
        max_age: None,
        acr_values: None,
    };
    refused(
        claims(json!({ "nonce": null, "auth_time": NOW })),
        refreshed,
    );
    // Where the sign-in did not say it, there is nothing to compare.
    let silent = Claims::restored(core(claims(json!({}))));
    let refreshed = Expected {
        previous: Some(&silent),
        ..refreshed
    };
    taken(
        claims(json!({ "nonce": null, "auth_time": NOW })),
        refreshed,
    );
}

#[test]
fn a_token_whose_signature_is_not_proven_is_refused_unless_the_app_asks_for_that() {
    // IDT-3
    let good = Secret::new(token(json!({ "alg": "RS256" }), claims(json!({}))));
    let judged = |options: &Options| {
        id_token::check(&good, Some("not proven"), ANY, options, NOW * 1000, &parse)
    };
    let error = judged(&options()).unwrap_err();
    assert_eq!(
        (error.code, error.message),
        (Code::IdTokenInvalid, "not proven")
    );
    let unsigned = options_with(json!({ "dangerouslySkipIdTokenSignature": true }));
    assert!(judged(&unsigned).is_ok());
    // What else is wrong with it is said first, and is refused either way.
    let bad = Secret::new(token(
        json!({ "alg": "RS256" }),
        claims(json!({ "aud": "other" })),
    ));
    for options in [options(), unsigned] {
        let error = id_token::check(&bad, Some("not proven"), ANY, &options, NOW * 1000, &parse);
        assert_eq!(
            error.unwrap_err().message,
            "the ID token's `aud` is another"
        );
    }
}
