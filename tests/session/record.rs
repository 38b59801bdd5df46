//! Every change to the one record, alone.

use std::rc::Rc;

use nightlatch::protocol::options::{Limits, Place};
use nightlatch::session::change::{Applied, Content, Verdict};
use nightlatch::session::ledger::Kind;
use nightlatch::session::record::{Slot, Version};
use nightlatch::session::{Change, Record, Session};
use serde_json::json;

use crate::provider::{core, plain};
use crate::world::World;

const NOW: u64 = 1_790_000_000_000;

fn session() -> Rc<Session> {
    Rc::new(World::signed_in().session().unwrap())
}

fn live() -> Record {
    let slot = Slot {
        present: true,
        sealed: true,
        generation: 5,
        revision: 3,
        ..Slot::default()
    };
    Record {
        generation: 5,
        slot,
        serial: 9,
        ..Record::default()
    }
}

fn of() -> Version {
    Version {
        generation: 5,
        revision: 3,
    }
}

/// Applies a change that must be made.
#[track_caller]
fn made(change: Change, record: &mut Record) -> Applied {
    let applied = change.apply(record, Place::Browser, true, NOW);
    assert!(applied.write, "{change:?}");
    applied
}

/// Applies a change that must leave everything as it is.
#[track_caller]
fn refused(change: Change, record: &Record, share: bool) -> Verdict {
    let mut after = record.clone();
    let applied = change.apply(&mut after, Place::Browser, share, NOW);
    assert_eq!(&after, record, "{change:?}");
    assert!(!applied.write);
    assert_eq!(applied.content, Content::Keep);
    applied.verdict
}

#[test]
fn a_sign_out_raises_the_generation_and_notes_what_it_takes_out() {
    let mut record = live();
    let applied = made(Change::End, &mut record);
    assert_eq!(
        (applied.content, applied.reveal, applied.verdict),
        (Content::Remove, true, Verdict::Done { entry: 10 })
    );
    assert_eq!((record.generation, record.slot.present), (6, false));
    assert_eq!(record.ledger[0].kind, Kind::Logout);
    // Even where nobody is signed in: a sign-in under way must not survive it.
    let applied = made(Change::End, &mut record);
    assert_eq!(
        (record.generation, applied.verdict, applied.reveal),
        (7, Verdict::Done { entry: 0 }, false)
    );
    assert_eq!(record.ledger.len(), 1);
}

#[test]
fn a_tab_that_ends_its_own_session_ends_nobody_elses() {
    let mut record = live();
    let applied = made(Change::EndOwn, &mut record);
    assert_eq!(
        (record.generation, record.slot.present, applied.reveal),
        (5, false, true)
    );
}

#[test]
fn nothing_of_an_ended_generation_can_be_installed_renewed_or_reserved() {
    let mut record = live();
    made(Change::End, &mut record);
    for change in [
        Change::Redeem { generation: 5 },
        Change::Install {
            generation: 5,
            entry: 0,
            session: session(),
            limits: Limits::NONE,
        },
        Change::Renew {
            of: of(),
            entry: 0,
            session: session(),
        },
        Change::Reserve {
            of: of(),
            after: 0,
            patience_ms: 0,
        },
        Change::Release { of: of(), entry: 0 },
        Change::Invalidate { of: of(), entry: 0 },
    ] {
        assert_eq!(refused(change, &record, true), Verdict::Superseded);
    }
}

#[test]
fn nothing_is_renewed_or_reserved_without_the_key_share() {
    // A sign-out deletes the share first of all.
    for change in [
        Change::Renew {
            of: of(),
            entry: 0,
            session: session(),
        },
        Change::Reserve {
            of: of(),
            after: 0,
            patience_ms: 0,
        },
        Change::Release { of: of(), entry: 0 },
        Change::Invalidate { of: of(), entry: 0 },
    ] {
        assert_eq!(refused(change, &live(), false), Verdict::Superseded);
    }
    assert!(!live().is_live(false, NOW));
}

#[test]
fn what_is_not_sealed_needs_no_share() {
    // A session in memory, where the browser may keep no cookies.
    let mut record = Record {
        generation: 5,
        ..Record::default()
    };
    let install = Change::Install {
        generation: 5,
        entry: 0,
        session: session(),
        limits: Limits::NONE,
    };
    install.apply(&mut record, Place::Memory, false, NOW);
    assert!(record.is_live(false, NOW));
    for place in [Place::Browser, Place::Tab] {
        let mut record = Record {
            generation: 5,
            ..Record::default()
        };
        install.apply(&mut record, place, true, NOW);
        assert!(record.is_live(true, NOW) && !record.is_live(false, NOW));
    }
    // What was written by somebody else does not get around it.
    let slot = core(json!({ "present": true, "generation": 5, "revision": 1 }));
    assert!(!Record::from_json(&core(json!({ "generation": 5 })), &slot, NOW).is_live(false, NOW));
}

#[test]
fn a_sign_in_raises_the_generation_and_replaces_what_is_there() {
    let mut record = live();
    let Verdict::Done { entry } = made(Change::Redeem { generation: 5 }, &mut record).verdict
    else {
        panic!()
    };
    assert_eq!(record.ledger[0].kind, Kind::Exchange);
    let applied = made(
        Change::Install {
            generation: 5,
            entry,
            session: session(),
            limits: Limits::NONE,
        },
        &mut record,
    );
    assert_eq!((applied.content, applied.reveal), (Content::Replace, true));
    assert_eq!(
        (record.generation, record.slot.generation, record.slot.sent),
        (6, 6, 0)
    );
    assert_eq!(
        record
            .ledger
            .iter()
            .map(|entry| entry.kind)
            .collect::<Vec<_>>(),
        [Kind::Replaced]
    );
    // A second sign-in that began at the same time comes too late.
    assert_eq!(
        refused(
            Change::Install {
                generation: 5,
                entry,
                session: session(),
                limits: Limits::NONE,
            },
            &record,
            true
        ),
        Verdict::Superseded
    );
}

#[test]
fn the_right_to_send_a_refresh_token_is_given_once() {
    let reserve = |after| Change::Reserve {
        of: of(),
        after,
        patience_ms: 12_000,
    };
    let mut record = live();
    assert_eq!(
        made(reserve(0), &mut record).verdict,
        Verdict::Send { entry: 10 }
    );
    assert_eq!(refused(reserve(0), &record, true), Verdict::Wait);
    assert_eq!(refused(reserve(9), &record, true), Verdict::Wait);
    // Again only for whom sent last, and then nobody else.
    assert_eq!(
        made(reserve(10), &mut record).verdict,
        Verdict::Send { entry: 11 }
    );
    assert_eq!(refused(reserve(10), &record, true), Verdict::Wait);
    assert_eq!(record.ledger.len(), 2);
}

#[test]
fn an_attempt_counts_as_lost_after_a_while_whatever_the_clock_did() {
    let reserve = Change::Reserve {
        of: of(),
        after: 0,
        patience_ms: 12_000,
    };
    for (sent_at, lost) in [
        (NOW - 11_999, false),
        (NOW - 12_000, true),
        (NOW + 11_999, false),
        (NOW + 12_000, true),
        (0, true),
    ] {
        let mut record = live();
        (record.slot.sent, record.slot.sent_at) = (1, sent_at);
        let applied = reserve.apply(&mut record, Place::Browser, true, NOW);
        assert_eq!(
            matches!(applied.verdict, Verdict::Send { entry: 10 }),
            lost,
            "{sent_at}"
        );
        assert_eq!(applied.verdict == Verdict::Wait, !lost);
    }
}

#[test]
fn a_renewed_session_has_a_new_revision_and_no_attempts() {
    let mut record = live();
    let Verdict::Send { entry } = made(
        Change::Reserve {
            of: of(),
            after: 0,
            patience_ms: 1,
        },
        &mut record,
    )
    .verdict
    else {
        panic!()
    };
    made(
        Change::Renew {
            of: of(),
            entry,
            session: session(),
        },
        &mut record,
    );
    assert_eq!(
        (record.generation, record.slot.revision, record.slot.sent),
        (5, record.serial, 0)
    );
    assert!(record.ledger.is_empty());
    // Who was meant is no longer there.
    assert_eq!(
        refused(
            Change::Renew {
                of: of(),
                entry,
                session: session()
            },
            &record,
            true
        ),
        Verdict::Superseded
    );
    assert_eq!(
        refused(Change::Invalidate { of: of(), entry: 0 }, &record, true),
        Verdict::Superseded
    );
}

#[test]
fn an_attempt_that_was_refused_is_no_longer_noted_whatever_became_of_the_session() {
    for share in [true, false] {
        let mut record = live();
        let Verdict::Send { entry } = made(
            Change::Reserve {
                of: of(),
                after: 0,
                patience_ms: 1,
            },
            &mut record,
        )
        .verdict
        else {
            panic!()
        };
        made(Change::End, &mut record);
        let of = of();
        for change in [
            Change::Invalidate { of, entry },
            Change::Release { of, entry },
        ] {
            let mut after = record.clone();
            let applied = change.apply(&mut after, Place::Browser, share, NOW);
            assert_eq!(applied.verdict, Verdict::Superseded);
            assert_eq!(applied.content, Content::Keep);
            assert!(applied.write);
            record.ledger.retain(|note| note.id != entry);
            assert_eq!(after, record);
        }
    }
}

#[test]
fn a_right_is_given_back_only_by_whom_has_it_however_often_it_was_given_since() {
    let reserve = |record: &mut Record| {
        let patience_ms = 0;
        let change = Change::Reserve {
            of: of(),
            after: 0,
            patience_ms,
        };
        let Verdict::Send { entry } = made(change, record).verdict else {
            panic!()
        };
        entry
    };
    let release = |entry| Change::Release { of: of(), entry };
    let mut record = live();
    // The first is lost, the second given back: the third must not be taken for the first.
    let first = reserve(&mut record);
    let second = reserve(&mut record);
    made(release(second), &mut record);
    assert_eq!(record.slot.sent, 0);
    let third = reserve(&mut record);
    let late = release(first).apply(&mut record, Place::Browser, true, NOW);
    assert_eq!(late.verdict, Verdict::Superseded);
    assert_eq!(record.slot.sent, third);
    made(release(third), &mut record);
    assert_eq!(record.slot.sent, 0);
    assert!(record.ledger.is_empty());
}

#[test]
fn a_look_gives_the_session_only_where_it_is_not_known() {
    let record = live();
    let look = |known, share| {
        let mut after = record.clone();
        let applied = Change::Look { known }.apply(&mut after, Place::Browser, share, NOW);
        assert_eq!(after, record);
        assert!(!applied.write);
        applied.reveal
    };
    assert!(look(Version::default(), true));
    assert!(!look(of(), true));
    assert!(!look(Version::default(), false));
}

#[test]
fn a_session_whose_share_is_gone_is_buried_by_the_next_page() {
    let mut record = live();
    let applied = Change::Open.apply(&mut record, Place::Browser, false, NOW);
    assert_eq!(
        (applied.content, applied.reveal, applied.write),
        (Content::Remove, false, true)
    );
    assert_eq!(
        (record.generation, record.ledger[0].kind),
        (6, Kind::Unopened)
    );
}

#[test]
fn the_first_look_writes_a_new_record_down_and_nothing_else() {
    let mut record = Record::from_json(&core(json!(null)), &core(json!(null)), NOW);
    assert_eq!((record.generation, record.is_new), (NOW, true));
    assert!(
        Change::Open
            .apply(&mut record, Place::Browser, false, NOW)
            .write
    );
    let again = Record::from_json(&record.to_json(), &record.slot.to_json(), NOW + 1);
    assert_eq!((again.generation, again.is_new), (NOW, false));
    assert!(
        !Change::Open
            .apply(&mut again.clone(), Place::Browser, false, NOW)
            .write
    );
}

#[test]
fn a_note_is_cleared_by_its_number_and_the_ledger_is_bounded() {
    let mut record = live();
    for _ in 0..100 {
        made(Change::Redeem { generation: 5 }, &mut record);
    }
    assert_eq!(record.ledger.len(), 32);
    let last = record.ledger[31].id;
    assert_eq!(last, 109);
    made(Change::Confirm { entry: last }, &mut record);
    assert_eq!(record.ledger.len(), 31);
    made(Change::Confirm { entry: 12_345 }, &mut record);
    assert_eq!(record.ledger.len(), 31);
}

#[test]
fn a_record_comes_back_as_it_was_written() {
    let mut record = live();
    for kind in [
        Change::Redeem { generation: 5 },
        Change::Reserve {
            of: of(),
            after: 0,
            patience_ms: 1,
        },
        Change::End,
    ] {
        made(kind, &mut record);
        let again = Record::from_json(&record.to_json(), &record.slot.to_json(), NOW);
        assert_eq!(again, record);
    }
    assert_eq!(
        plain(&record.to_json())["ledger"].as_array().unwrap().len(),
        3
    );
}
