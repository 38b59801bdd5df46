//! What stands at rest: the head, the slot, an unsealed session and a sign-in under way, a line each; then changes that are made.

use std::rc::Rc;

use nightlatch::protocol::Json;
use nightlatch::protocol::authorization::Pending;
use nightlatch::protocol::options::{Limits, NEVER, Place};
use nightlatch::session::change::{Content, Verdict};
use nightlatch::session::record::Version;
use nightlatch::session::{Change, Record, Session};
use serde_json::{Value, json};

use crate::door::START;
use crate::kit::{core, document, metadata, options, plain};
use crate::oracle::{MARK, is_endpoint, json as read, tells_no_secret, unmarked};

/// Beyond this a number cannot be raised and read back. Nobody who counts comes near it.
const FAR: u64 = 1 << 52;

pub(crate) fn run(text: &str) {
    let text = unmarked(text);
    let mut lines = text.lines();
    let mut next = || read(lines.next().unwrap_or_default());
    let (head, slot, session, pending) = (next(), next(), next(), next());
    let record = Record::from_json(&head, &slot, START);
    same(&record);
    sealed(&session);
    under_way(&pending);
    let changes: Vec<_> = lines.take(64).filter_map(change).collect();
    for place in [Place::Browser, Place::Tab, Place::Memory] {
        changed(record.clone(), &changes, place);
    }
}

/// A record that is read, written and read again is the same.
fn same(record: &Record) {
    let again = Record::from_json(&record.to_json(), &record.slot.to_json(), 0);
    assert_eq!(
        again,
        Record {
            is_new: false,
            ..record.clone()
        }
    );
}

/// So is a session, whose tokens are seen nowhere.
fn sealed(json: &Json) {
    let options = options();
    let mut value = plain(json);
    for name in ["accessToken", "refreshToken", "idToken"] {
        if let Some(Value::String(token)) = value.get_mut(name) {
            token.insert_str(0, MARK);
        }
    }
    // A whole document is long for an input.
    if value.get("metadata") == Some(&json!("DOCUMENT")) {
        value["metadata"] = document(json!({}));
    }
    let Some(session) = Session::from_json(&core(value.clone()), &options) else {
        return;
    };
    tells_no_secret(&format!("{session:?}"));
    assert_eq!(
        Session::from_json(&session.to_json(&options), &options),
        Some(session.clone())
    );
    assert_eq!(value["accessToken"], session.access_token.reveal());
    is_endpoint(&session.metadata.token_endpoint, false);
    for endpoint in [
        &session.metadata.revocation_endpoint,
        &session.metadata.end_session_endpoint,
    ] {
        endpoint
            .iter()
            .for_each(|endpoint| is_endpoint(endpoint, false));
    }
}

/// So is a sign-in under way, which leads to this origin alone.
fn under_way(json: &Json) {
    let options = options();
    let mut value = plain(json);
    if let Some(Value::String(verifier)) = value.get_mut("verifier") {
        verifier.insert_str(0, MARK);
    }
    let Some(pending) = Pending::from_json(&core(value), &options) else {
        return;
    };
    tells_no_secret(&format!("{pending:?}"));
    assert_eq!(
        Pending::from_json(&pending.to_json(), &options),
        Some(pending.clone())
    );
    let here = url::Url::parse(&options.origin).unwrap();
    assert_eq!(
        here.join(&pending.return_to).unwrap().origin(),
        here.origin()
    );
    assert!(!pending.state.is_empty() && !pending.nonce.is_empty());
}

/// Whatever is changed: nothing counts backwards, who is superseded changes nothing, and who ends a session ends it.
fn changed(mut record: Record, changes: &[(Change, u64, bool)], place: Place) {
    // A number that was given and not counted is no number of ours.
    let given = record.ledger.iter().map(|entry| entry.id);
    if given
        .chain([record.slot.revision, record.slot.sent])
        .any(|number| number > record.serial)
    {
        return;
    }
    for (change, now, share) in changes {
        if [record.generation, record.serial]
            .iter()
            .any(|count| *count > FAR)
        {
            return;
        }
        let before = record.clone();
        let applied = change.apply(&mut record, place, *share, *now);
        assert!(record.generation >= before.generation && record.serial >= before.serial);
        assert!(record.ledger.len() <= 33, "the ledger grows");
        assert!(
            applied.write || record == before,
            "{change:?} changes what is not written"
        );
        assert!(
            !change.only_looks(place) || !applied.write,
            "{change:?} writes"
        );
        match applied.verdict {
            Verdict::Superseded | Verdict::Wait => {
                let (slot, generation) = (before.slot, before.generation);
                assert_eq!((record.slot, record.generation), (slot, generation));
                assert_eq!(applied.content, Content::Keep);
            }
            Verdict::Send { entry } => {
                assert!(matches!(change, Change::Reserve { .. }) && before.is_live(*share, *now));
                assert!(record.slot.sent == entry && before.slot.sent != entry);
            }
            Verdict::Done { .. } => {}
        }
        match applied.content {
            Content::Remove => assert!(!record.slot.present && !record.is_live(true, *now)),
            Content::Replace => {
                assert!(change.session().is_some() && record.slot.present);
                assert!(
                    record.version() != before.version(),
                    "a version that was there before"
                );
            }
            Content::Keep => assert_eq!(record.slot.present, before.slot.present),
        }
        if matches!(change, Change::End | Change::EndAtProvider) {
            assert!(record.generation > before.generation && !record.slot.present);
        }
        tells_no_secret(&format!("{change:?} {record:?}"));
        // What was in the ledger's way goes before it is written.
        same(&record);
    }
}

/// A change by its name and numbers, when it is made, and whether the key share stands: `Reserve 4 7 0 12000 @5 share`.
fn change(line: &str) -> Option<(Change, u64, bool)> {
    let mut words = line.split_ascii_whitespace();
    let name = words.next()?;
    let mut numbers = [0_u64; 4];
    let mut given = numbers.iter_mut();
    let (mut now, mut share) = (START, true);
    for word in words {
        if let Some(later) = word.strip_prefix('@') {
            now = START + later.parse::<u32>().unwrap_or(0) as u64;
        } else if word == "unshared" {
            share = false;
        } else if let Some(number) = given.next() {
            *number = word.parse().unwrap_or(0).min(FAR);
        }
    }
    let [first, second, third, fourth] = numbers;
    let of = Version {
        generation: first,
        revision: second,
    };
    let session = || {
        Rc::new(Session::from_json(
            &core(json!({
                "accessToken": format!("{MARK}-access"), "idToken": format!("{MARK}-id"), "scope": "openid",
                "claims": { "sub": "ada" }, "metadata": plain(&metadata().to_json(&options().issuer)),
            })),
            &options(),
        ).unwrap())
    };
    let limit = |ms: u64| if ms == 0 { NEVER } else { ms.min(NEVER) };
    let change = match name {
        "Confirm" => Change::Confirm { entry: first },
        "End" => Change::End,
        "EndAtProvider" => Change::EndAtProvider,
        "EndOwn" => Change::EndOwn,
        "Install" => Change::Install {
            generation: first,
            entry: second,
            session: session(),
            limits: Limits {
                idle_ms: limit(third),
                max_ms: limit(fourth),
            },
        },
        "Invalidate" => Change::Invalidate { of, entry: third },
        "Look" => Change::Look { known: of },
        "Open" => Change::Open,
        "Redeem" => Change::Redeem { generation: first },
        "Release" => Change::Release { of, entry: third },
        "Remain" => Change::Remain { entry: first },
        "Renew" => Change::Renew {
            of,
            entry: third,
            session: session(),
        },
        "Reserve" => Change::Reserve {
            of,
            after: third,
            patience_ms: fourth,
        },
        "Touch" => Change::Touch {
            known: of,
            idle_ms: third,
        },
        _ => return None,
    };
    Some((change, now, share))
}
