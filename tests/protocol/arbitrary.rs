//! Nothing that arrives from outside makes the core panic, and no error repeats a secret.

use nightlatch::protocol::authorization::{self, Arrival, Login, Pending};
use nightlatch::protocol::id_token::{self, Expected};
use nightlatch::protocol::{
    Error, Members, Metadata, Options, Response, Secret, base64url, discovery, revocation, token,
    url,
};
use nightlatch::session::Record;
use proptest::prelude::*;
use serde_json::Value;

use crate::kit::{ISSUER, ORIGIN, core, metadata, options, parse};

/// Text that is likely to go far: pieces of addresses, forms and tokens, and anything at all.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z0-9]{0,6}",
        2 => proptest::sample::select(vec![
            "https://", "http://", "app.example", "id.example", "localhost", "[::1]", "/callback", "/", "//", "\\", "?",
            "#", "&", "=", "%", "%2e", "%63", "%ff", "+", ":", ":443", "@", ".", "..", "state=", "code=", "iss=", "error=",
            "eyJhbGciOiJSUzI1NiJ9", "e30", "é", "\u{0}", "\u{7f}", " ", "\t", "漢", "🔒",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Any JSON, with members that the core knows among its names.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 48, 8, |inner| {
        let name = proptest::sample::select(vec![
            "generation",
            "serial",
            "ledger",
            "id",
            "kind",
            "at",
            "present",
            "revision",
            "sent",
            "sentAt",
            "slot",
            "state",
            "nonce",
            "verifier",
            "begunAt",
            "returnTo",
            "maxAge",
            "acrValues",
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "issuer",
            "access_token",
            "token_type",
            "expires_in",
            "error",
            "error_description",
            "extraParams",
            "clientId",
            "redirectUri",
            "allowedOrigins",
            "scope",
            "metadata",
            "token_endpoint",
            "__proto__",
        ]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..8).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

const SECRET: &str = "s3cr3t-value";

fn holds_no_secret(error: &Error) {
    assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_address_is_cut_judged_and_cleaned(text in text(), other in text()) {
        if let Some(parts) = url::parts(&text) {
            prop_assert!(text.starts_with(parts.origin));
            prop_assert!(parts.origin.contains(parts.host));
        }
        let _ = url::endpoint(&text, true);
        let _ = url::is_under(&text, &[other.clone(), ORIGIN.to_owned()]);
        let _ = url::is_loopback(&text);
        let _ = Arrival::parse(&text, &other);
        let cleaned = authorization::cleaned(&text);
        prop_assert!(cleaned.len() <= text.len());
        if let Ok(Some(arrival)) = Arrival::parse(&format!("https://app.example/callback?{text}"), "https://app.example/callback") {
            let _ = authorization::response(&arrival, &options(), &metadata());
        }
    }

    #[test]
    fn a_target_never_leaves_the_origin(text in text()) { // RESP-13
        if let Ok(target) = url::target(&text, ORIGIN, &[]) {
            prop_assert!(target.starts_with('/') && !target.starts_with("//"));
            prop_assert!(!target.contains('\\') && !target.contains(char::is_control) && !target.contains(' '));
        }
    }

    #[test]
    fn forms_are_read_back(pairs in proptest::collection::vec((text(), text()), 0..5)) {
        let borrowed: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert_eq!(&url::read_form(&url::form(&borrowed)), &pairs);
        let _ = url::read_form(&url::with_query("https://id.example/a?b", &borrowed));
    }

    #[test]
    fn base64url_is_read_back(bytes in any::<Vec<u8>>(), text in text()) {
        prop_assert_eq!(base64url::decode(&base64url::encode(&bytes)), Some(bytes));
        if let Some(bytes) = base64url::decode(&text) {
            prop_assert_eq!(base64url::encode(&bytes), text);
        }
    }

    #[test]
    fn any_token_is_judged(text in text(), header in json(), claims in json()) {
        let expected = Expected { nonce: Some("n"), previous: None, max_age: Some(u64::MAX), acr_values: Some("a") };
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        for token in [text, format!("{}.{}.", part(&header), part(&claims)), format!("eyJhbGciOiJSUzI1NiJ9.{}.c2ln", part(&claims))] {
            let _ = id_token::check(&Secret::new(token), None, expected, &options(), u64::MAX, &parse);
        }
    }

    #[test]
    fn any_json_is_judged(value in json(), status in any::<u16>()) {
        let json = core(value.clone());
        let _ = Options::parse(&json, ORIGIN);
        let _ = Metadata::parse(&json, ISSUER, true);
        let _ = Pending::from_json(&json, &options());
        let _ = Login::parse(&json, ORIGIN, &options());
        let response = Response { status, body: Some(json), retry_after: 0, flaw: None };
        let _ = discovery::response(&response, &options());
        let _ = token::response(&response);
        let _ = revocation::response(&Ok(response));
    }

    #[test]
    fn any_record_is_read_and_written_as_it_was_read(head in json(), slot in json(), now in any::<u64>()) {
        let record = Record::from_json(&core(head), &core(slot), now);
        if now < 1 << 53 {
            let again = Record::from_json(&record.to_json(), &record.slot.to_json(), 0);
            prop_assert_eq!(Record { is_new: false, ..record }, again);
        }
    }

    #[test]
    fn no_error_repeats_what_was_sent(before in text(), after in text()) {
        let value = format!("{before}{SECRET}{after}");
        let json = core(serde_json::json!({
            "issuer": value, "clientId": value, "redirectUri": value, "access_token": value, "token_type": value,
            "returnTo": value, "prompt": value, "extraParams": { "state": value },
        }));
        let secret = Secret::new(value.clone());
        prop_assert_eq!(format!("{secret:?}"), "[redacted]");
        let json_shape = format!("{json:?}");
        prop_assert!(!json_shape.contains(SECRET));
        let expected = Expected { nonce: Some("n"), previous: None, max_age: None, acr_values: None };
        let errors = [
            Options::parse(&json, ORIGIN).err(),
            Metadata::parse(&json, ISSUER, true).err(),
            Login::parse(&json, ORIGIN, &options()).err(),
            token::response(&Response { status: 200, retry_after: 0, flaw: None, body: Some(Members::new().with("access_token", value.as_str()).object()) }).err(),
            id_token::check(&secret, None, expected, &options(), 0, &parse).err(),
            url::target(&value, "https://elsewhere.example", &[]).err(),
            url::endpoint(&value, false).err(),
        ];
        errors.iter().flatten().for_each(holds_no_secret);
    }
}
