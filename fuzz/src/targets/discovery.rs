//! A status on the first line, the provider's document on the others.

use nightlatch::protocol::Metadata;
use nightlatch::session::{Input, Output, Status};
use serde_json::{Value, json};
use url::Url;

use crate::door::{Door, What};
use crate::kit::{ISSUER, core};
use crate::oracle::{is_endpoint, parse, unmarked, value};

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let (status, body) = text.split_once('\n').unwrap_or(("200", &text));
    let status = status.trim().parse().unwrap_or(200);
    judged(body);
    led_to(status, body);
}

/// What is accepted is of this issuer, secure, and knows S256.
fn judged(body: &str) {
    let (Some(json), Some(document)) = (parse(body), value(body)) else {
        return;
    };
    for loopback in [false, true] {
        let metadata = match Metadata::parse(&json, ISSUER, loopback) {
            Ok(metadata) => metadata,
            Err(error) => {
                assert!(error.refusal.is_none());
                continue;
            }
        };
        assert_eq!(document["issuer"], ISSUER);
        let methods = &document["code_challenge_methods_supported"];
        assert!(methods.is_null() || methods.as_array().unwrap().contains(&json!("S256")));
        let taken = [
            (
                "authorization_endpoint",
                Some(&metadata.authorization_endpoint),
            ),
            ("token_endpoint", Some(&metadata.token_endpoint)),
            ("revocation_endpoint", metadata.revocation_endpoint.as_ref()),
            ("jwks_uri", metadata.jwks_uri.as_ref()),
            (
                "end_session_endpoint",
                metadata.end_session_endpoint.as_ref(),
            ),
        ];
        for (name, endpoint) in taken {
            assert_eq!(document[name].as_str(), endpoint.map(String::as_str));
            if let Some(endpoint) = endpoint {
                is_endpoint(endpoint, loopback);
            }
        }
        let named = &document["authorization_response_iss_parameter_supported"];
        assert_eq!(metadata.names_issuer, *named == Value::Bool(true));
        let again = Metadata::parse(&metadata.to_json(ISSUER), ISSUER, loopback);
        assert_eq!(again, Ok(metadata));
    }
}

/// A page leaves for nothing but an accepted authorization endpoint, with what it needs.
fn led_to(status: u16, body: &str) {
    let mut door = Door::new(json!({}));
    door.start();
    door.settle_all();
    let id = door.log_in(core(json!({})));
    let is_fetch = |door: &Door| {
        door.pending
            .iter()
            .position(|pending| matches!(pending.what, What::Fetch(_)))
    };
    while is_fetch(&door).is_none() {
        door.go(0);
    }
    let asked = door.pending.remove(is_fetch(&door).unwrap());
    let reply = door.answered(status, "", body).unwrap();
    let _ = door.tell(Input::Reply {
        id: asked.id,
        part: asked.part,
        reply,
    });
    door.settle_all();
    let left = door.log.iter().find_map(|output| match output {
        Output::Navigate(to) => Some(to.url.reveal().to_owned()),
        _ => None,
    });
    let Some(left) = left else {
        assert!(
            matches!(door.settled.get(&id), Some(Err(_))),
            "nobody is told"
        );
        assert_eq!(door.status(), Some(Status::SignedOut));
        return;
    };
    let document = value(body).expect("a document");
    let endpoint = document["authorization_endpoint"].as_str().unwrap();
    assert!(status == 200 && left.starts_with(endpoint));
    let (Ok(left), Ok(endpoint)) = (Url::parse(&left), Url::parse(endpoint)) else {
        return;
    };
    assert_eq!(
        (left.origin(), left.path()),
        (endpoint.origin(), endpoint.path())
    );
    let own = endpoint.query_pairs().count();
    let sent: Vec<_> = left.query_pairs().skip(own).collect();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "spa"),
        ("redirect_uri", "https://app.example/callback"),
        ("code_challenge_method", "S256"),
    ] {
        let found: Vec<_> = sent.iter().filter(|(own, _)| own == name).collect();
        assert!(
            matches!(found.as_slice(), [(_, only)] if only == value),
            "{name}"
        );
    }
}
