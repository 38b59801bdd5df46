//! A request and its answer as they pass between the core and the shell, and errors as the app sees them.

use nightlatch::protocol::message::{self, Form};
use nightlatch::protocol::{Code, Error, Failure, Refusal, Request, Response, Secret};
use serde_json::{Value, json};

use crate::kit::{core, parse, plain};

fn answer(value: Value) -> Result<Response, Failure> {
    message::answer(&core(value), &parse)
}

#[test]
fn a_request_is_told_with_its_form_or_as_one_without() {
    let get = Request {
        url: "https://id.example/a?b=c".to_owned(),
        form: None,
        keepalive: false,
        expires_at: None,
        timeout_ms: 10_000,
        keys: Some("https://id.example/keys".to_owned()),
    };
    assert_eq!(
        plain(&get.to_json()),
        json!({ "url": "https://id.example/a?b=c", "form": null, "keepalive": false, "timeoutMs": 10_000.0, "expiresAt": null, "keys": "https://id.example/keys" })
    );
    let post = Request {
        form: Some(Form(Secret::new("token=s3cr3t".to_owned()))),
        keepalive: true,
        expires_at: Some(1_790_000_000_000),
        ..get.clone()
    };
    let told = plain(&post.to_json());
    assert_eq!(
        (&told["form"], &told["keepalive"]),
        (&json!("token=s3cr3t"), &json!(true))
    );
    // A form without a pair is still one: it makes a POST.
    let empty = Request {
        form: Some(Form(Secret::new(String::new()))),
        ..get
    };
    assert_eq!(plain(&empty.to_json())["form"], json!(""));
}

#[test]
fn an_id_token_is_proven_by_the_word_for_it_alone() {
    // IDT-3: whoever forgets to say so has proven nothing
    for (proof, flaw) in [
        (json!("valid"), None),
        (json!("forged"), Some("the ID token's signature is wrong")),
        (
            json!("at_hash"),
            Some("the ID token's `at_hash` is another"),
        ),
        (json!("keys"), Some("the provider's keys cannot be read")),
        (json!("Valid"), Some("the provider's keys cannot be read")),
        (json!(true), Some("the provider's keys cannot be read")),
        (Value::Null, Some("the provider's keys cannot be read")),
    ] {
        let told = answer(json!({ "status": 200, "proof": proof })).unwrap();
        assert_eq!(told.flaw, flaw, "{proof}");
    }
}

#[test]
fn an_answer_has_its_status_and_its_body() {
    let read = answer(json!({ "status": 200, "body": "{ \"a\": [1, null] }" })).unwrap();
    assert_eq!(read.status, 200);
    assert_eq!(plain(&read.body.unwrap()), json!({ "a": [1.0, null] }));
    for body in ["false", "0", "\"\"", "[]", "null"] {
        let read = answer(json!({ "status": 200, "body": body })).unwrap();
        assert!(read.body.is_some(), "{body}");
    }
    for absent in [
        json!({ "status": 400 }),
        json!({ "status": 400, "body": "" }),
        json!({ "status": 400, "body": "<html>" }),
        json!({ "status": 400, "body": { "error": "x" } }),
    ] {
        let read = answer(absent).unwrap();
        assert_eq!((read.status, read.body), (400, None));
    }
}

#[test]
fn a_status_that_is_none_is_no_success() {
    for odd in [
        json!(null),
        json!("x"),
        json!({}),
        json!({ "status": "200" }),
        json!({ "status": -200 }),
        json!({ "status": 65_736 }),
        json!({ "status": [200] }),
    ] {
        assert_eq!(answer(odd.clone()).unwrap().status, 0, "{odd}");
    }
}

#[test]
fn each_failure_has_its_word_and_a_word_that_nobody_knows_is_the_network() {
    for (word, failure) in [
        ("offline", Failure::Offline),
        ("timeout", Failure::Timeout),
        ("too_large", Failure::TooLarge),
        ("network", Failure::Network),
        ("", Failure::Network),
        ("Timeout", Failure::Network),
    ] {
        // Whatever else is said with it.
        let said = json!({ "failure": word, "status": 200, "body": {} });
        assert_eq!(answer(said), Err(failure), "{word}");
    }
}

#[test]
fn what_a_server_calls_a_failure_is_none() {
    // Only the shell's own member counts, not one of the body.
    let said = json!({ "status": 200, "body": { "failure": "timeout" } });
    assert_eq!(answer(said).unwrap().status, 200);
}

#[test]
fn an_error_is_told_with_its_code_its_kind_and_its_words() {
    let own = Error::new(Code::Timeout, "no answer in time");
    assert_eq!(
        plain(&own.to_json()),
        json!({
            "code": "timeout", "kind": "transport", "message": "no answer in time",
            "error": null, "errorDescription": null, "status": null,
        })
    );
}

#[test]
fn a_server_s_words_are_told_where_it_said_them() {
    let refused = |refusal| Error {
        refusal: Some(Box::new(refusal)),
        ..Error::new(Code::TokenRefused, "the token endpoint refused")
    };
    let all = plain(
        &refused(Refusal {
            status: Some(400),
            error: Some("invalid_grant".to_owned()),
            description: Some("it is over".to_owned()),
        })
        .to_json(),
    );
    assert_eq!(
        (&all["status"], &all["error"], &all["errorDescription"]),
        (&json!(400.0), &json!("invalid_grant"), &json!("it is over"))
    );
    assert_eq!(
        (&all["code"], &all["kind"]),
        (&json!("token_refused"), &json!("server"))
    );
    let none = plain(&refused(Refusal::default()).to_json());
    assert_eq!(
        (&none["status"], &none["error"], &none["errorDescription"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
}

#[test]
fn every_code_is_told_by_its_word_and_its_kind_s() {
    for code in Code::ALL {
        let told = plain(&Error::new(*code, "").to_json());
        assert_eq!(told["code"], code.as_str());
        assert_eq!(told["kind"], code.kind().as_str());
    }
}
