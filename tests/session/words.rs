//! What the shell says of an effect, and what it is told for the app.

use std::rc::Rc;

use nightlatch::protocol::{Claims, Failure, Response, Secret};
use nightlatch::session::{Reply, Settled};
use serde_json::{Value, json};

use crate::provider::{core, plain};

fn parse(kind: &str, value: Value) -> Option<Reply> {
    Reply::parse(kind, &core(value), &crate::provider::parse)
}

#[test]
fn a_digest_is_its_bytes_or_none() {
    assert_eq!(
        parse("digest", json!([0, 127, 255])),
        Some(Reply::Digest(Some(vec![0, 127, 255])))
    );
    for none in [json!(null), json!([]), json!("x"), json!({ "0": 1 })] {
        assert_eq!(parse("digest", none), Some(Reply::Digest(None)));
    }
    for odd in [json!([256]), json!([-1]), json!(["1"]), json!([1, null])] {
        assert_eq!(parse("digest", odd.clone()), None, "{odd}");
    }
}

#[test]
fn what_a_browser_offers_is_there_only_where_it_is_said_to_be() {
    let all = json!({ "record": true, "cookies": true, "sessionStorage": true });
    assert_eq!(
        parse("probed", all),
        Some(Reply::Probed {
            record: true,
            cookies: true,
            session_storage: true
        })
    );
    for odd in [
        json!(null),
        json!([]),
        json!({ "record": 1, "cookies": "true", "sessionStorage": {} }),
    ] {
        assert_eq!(
            parse("probed", odd.clone()),
            Some(Reply::Probed {
                record: false,
                cookies: false,
                session_storage: false
            }),
            "{odd}"
        );
    }
}

#[test]
fn what_was_wiped_is_told_by_name() {
    assert_eq!(
        parse("wiped", json!({ "removed": ["a", "b"], "residue": ["c"] })),
        Some(Reply::Wiped {
            removed: vec!["a".into(), "b".into()],
            residue: vec!["c".into()],
        })
    );
    for odd in [
        json!(null),
        json!({ "removed": "a", "residue": { "0": "c" } }),
    ] {
        assert_eq!(
            parse("wiped", odd),
            Some(Reply::Wiped {
                removed: vec![],
                residue: vec![]
            })
        );
    }
}

#[test]
fn what_the_cleaners_came_to_is_taken_as_it_is_told() {
    let outcomes = json!([{ "name": "cache", "status": "done" }]);
    assert_eq!(
        parse("cleanedUp", outcomes.clone()),
        Some(Reply::CleanedUp(core(outcomes)))
    );
}

#[test]
fn an_answer_is_read_as_one() {
    assert_eq!(
        parse("answer", json!({ "status": 204 })),
        Some(Reply::Answer(Ok(Response {
            status: 204,
            body: None,
            retry_after: 0,
            flaw: Some("the provider's keys cannot be read"),
        })))
    );
    assert_eq!(
        parse("answer", json!({ "failure": "timeout" })),
        Some(Reply::Answer(Err(Failure::Timeout)))
    );
}

#[test]
fn whoever_was_woken_needs_no_word_and_other_kinds_are_none() {
    assert_eq!(parse("woken", json!("x")), Some(Reply::Woken));
    // The first three are read by others.
    for kind in ["committed", "refused", "login", "", "Woken", "__proto__"] {
        assert_eq!(parse(kind, json!({ "status": 200 })), None, "{kind}");
    }
}

#[test]
fn what_the_app_is_given_has_the_form_that_is_documented() {
    let user = Rc::new(Claims::restored(core(json!({ "sub": "ada", "a": [1] }))));
    let report = Rc::new(core(json!({ "complete": true })));
    for (settled, expected) in [
        (
            Settled::AccessToken(Secret::new("AT".to_owned())),
            json!("AT"),
        ),
        (Settled::Done, json!(null)),
        (Settled::NoAnswer, json!(null)),
        (
            Settled::SignedIn {
                return_to: "/a?b#c".to_owned(),
                user,
            },
            json!({ "kind": "login", "returnTo": "/a?b#c", "user": { "sub": "ada", "a": [1.0] } }),
        ),
        (Settled::Told(report.clone()), json!({ "complete": true })),
        (
            Settled::Returned {
                return_to: "/".to_owned(),
                report,
            },
            json!({ "kind": "logout", "returnTo": "/", "report": { "complete": true } }),
        ),
    ] {
        assert_eq!(plain(&settled.to_json()), expected);
    }
}
