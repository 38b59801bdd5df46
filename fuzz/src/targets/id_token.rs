//! An ID token: its header on the first line, its claims on the others; or, on one line, what stands where one should.

use nightlatch::protocol::id_token::{self, Expected};
use nightlatch::protocol::{Claims, Secret, base64url};
use serde_json::Value;

use crate::door::START;
use crate::kit::{ISSUER, core, options, plain};
use crate::oracle::{MARK, parse, unmarked, value};

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let part = |text: &str| base64url::encode(text.as_bytes());
    let token = match text.split_once('\n') {
        Some((header, claims)) => format!("{}.{}.{MARK}ab", part(header), part(claims)),
        None => text.clone(),
    };
    let now = START / 1000;
    let previous = Claims::restored(core(
        serde_json::json!({ "iss": ISSUER, "sub": "ada", "nonce": "n", "auth_time": now - 60 }),
    ));
    for expected in [
        Expected {
            nonce: Some("n"),
            previous: None,
            max_age: None,
            acr_values: None,
        },
        Expected {
            nonce: Some("n"),
            previous: None,
            max_age: Some(60),
            acr_values: Some("gold silver"),
        },
        Expected {
            nonce: None,
            previous: Some(&previous),
            max_age: None,
            acr_values: None,
        },
    ] {
        let check = |flaw| {
            let token = Secret::new(token.clone());
            id_token::check(&token, flaw, expected, &options(), START, &parse)
        };
        assert!(check(Some("unproven")).is_err());
        match check(None) {
            Ok(claims) => {
                accepted(&token, &claims, expected, now);
                assert!(!format!("{claims:?}").contains(MARK));
            }
            Err(error) => {
                let told = format!("{error} {error:?} {}", plain(&error.to_json()));
                // A short one may be a word of the message.
                assert!(!told.contains(&token) || token.len() < 60);
            }
        }
    }
}

/// What is accepted is signed, from this issuer, to this client, for this sign-in, and of now.
fn accepted(token: &str, ours: &Claims, expected: Expected<'_>, now: u64) {
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, _signature] = parts.as_slice() else {
        panic!("a token of {} parts", parts.len());
    };
    let read = |part: &str| -> Value {
        let bytes = base64url::decode(part).unwrap();
        value(core::str::from_utf8(&bytes).unwrap()).unwrap()
    };
    let (header, claims) = (read(header), read(claims));
    assert_eq!(plain(ours.json()), plain(&core(claims.clone())));
    let algorithm = header["alg"].as_str().unwrap();
    assert!(
        !algorithm.starts_with("HS")
            && !algorithm.eq_ignore_ascii_case("none")
            && header["crit"].is_null()
    );
    assert_eq!(claims["iss"], ISSUER);
    let subject = claims["sub"].as_str().unwrap();
    assert!(!subject.is_empty() && subject.len() <= 255);
    match &claims["aud"] {
        Value::String(audience) => assert_eq!(audience, "spa"),
        Value::Array(audiences) => {
            assert!(audiences.contains(&"spa".into()));
            assert!(audiences.len() == 1 || claims["azp"] == "spa");
        }
        other => panic!("an audience of {other}"),
    }
    assert!(claims["azp"].is_null() || claims["azp"] == "spa");
    let time = |name: &str| claims[name].as_f64();
    let fresh = expected.previous.is_none();
    let (now, skew) = (now as f64, 30.0);
    assert!(!fresh || now < time("exp").unwrap() + skew);
    assert!(!fresh || time("iat").unwrap() < now + skew + 1.0);
    assert!(!fresh || time("nbf").is_none_or(|at| at < now + skew + 1.0));
    assert!(claims["events"].is_null());
    match expected.previous {
        None => assert_eq!(claims["nonce"], "n"),
        Some(previous) => {
            assert_eq!(subject, previous.subject());
            assert!(claims["nonce"].is_null() || claims["nonce"] == "n");
            let at = previous.json().member("auth_time").number();
            assert!(claims["auth_time"].is_null() || time("auth_time") == at);
        }
    }
    if let Some(age) = expected.max_age {
        assert!(time("auth_time").unwrap() + age as f64 + skew + 1.0 > now);
    }
    if expected.acr_values.is_some() {
        assert!(["gold", "silver"].contains(&claims["acr"].as_str().unwrap()));
    }
}
