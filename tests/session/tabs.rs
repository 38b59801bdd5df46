//! Several tabs: a message only says "look again", and the record decides.

use nightlatch::session::change::Verdict;
use nightlatch::session::record::Version;
use nightlatch::session::{Input, Message, Reply, Seen, Signal, Status};
use serde_json::{Value, json};

use crate::provider::{core, plain};
use crate::world::{Work, World};

#[test]
fn a_sign_out_in_one_tab_is_a_sign_out_in_all_and_they_say_so() {
    let mut world = World::signed_in();
    let others = [world.open(), world.open()];
    world.forget_logs();
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    for tab in others {
        assert_eq!(world.status(tab), Status::SignedOut);
        assert_eq!(
            world.log(tab)[..6],
            [
                "commit Look",
                "abort",
                "wipe own less keys 2000",
                "show signed-out",
                "event signedOut otherTab",
                "post acknowledge"
            ]
        );
    }
    assert_eq!(world.report(0, id)["tabs"]["acknowledged"], json!(2.0));
}

#[test]
fn a_sign_in_in_one_tab_is_a_sign_in_in_all() {
    let mut world = World::new();
    let (one, two) = (world.open(), world.open());
    world.sign_in(one, "ada");
    assert_eq!(world.status(two), Status::SignedIn);
    assert_eq!(world.user(two).as_deref(), Some("ada"));
}

#[test]
fn a_tab_that_hears_nothing_is_signed_out_all_the_same() {
    let mut world = World::signed_in();
    let other = world.open();
    for carrier in ["message", "mark"] {
        world.hold(carrier);
    }
    world.log_out(0, json!({}));
    world.pass(1_000);
    // Only the display is late.
    assert_eq!(world.status(other), Status::SignedIn);
    let id = world.token(other, json!({}));
    world.run();
    assert_eq!(world.outcome(other, id), "login_required");
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn either_carrier_is_enough() {
    for lost in ["message", "mark"] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold(lost);
        world.log_out(0, json!({}));
        world.pass(1_000);
        assert_eq!(world.status(other), Status::SignedOut, "without {lost}");
    }
}

#[test]
fn a_frozen_tab_wakes_up_signed_out() {
    let mut world = World::signed_in();
    let other = world.open();
    world.tabs[other].frozen = true;
    world.log_out(0, json!({}));
    world.pass(60_000);
    world.tabs[other].frozen = false;
    let id = world.token(other, json!({}));
    world.run();
    assert_eq!(world.outcome(other, id), "login_required");
    world.tell(other, Input::Signal(Signal::Restored)).unwrap();
    world.run();
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn a_look_that_is_answered_late_does_not_bring_a_session_back() {
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("opened Look");
    world.tell(other, Input::Signal(Signal::Look)).unwrap();
    let early = world.token(other, json!({}));
    // Two looks have read the record while the session stood; neither has been heard of.
    world.run();
    world.hold("message");
    world.hold("mark");
    world.log_out(0, json!({}));
    world.pass(1_000);
    // A third look sees that it is over, and is answered first.
    world.held_no_more();
    world.pass(100);
    let at = world.token(other, json!({}));
    let last = world.jobs.len() - 1;
    world.step(last);
    world.run();
    assert_eq!(world.outcome(other, at), "login_required");
    assert_eq!(world.status(other), Status::SignedOut);
    assert!(world.is_settled(other, early));
}

#[test]
fn a_sign_in_that_is_called_off_still_hears_what_its_look_has_seen() {
    let mut world = World::new();
    let (one, two) = (world.open(), world.open());
    world.hold("message");
    world.hold("mark");
    world.sign_in(one, "ada");
    world.hold("opened Look");
    // This look reads the record while the session stands, and is answered last.
    world.tell(two, Input::Signal(Signal::Look)).unwrap();
    world.run();
    world.hold("commit Look");
    let login = world.log_in(two, json!({}));
    world.log_out(two, json!({ "scope": "tab" }));
    world.log_out(one, json!({}));
    // The sign-in's own reads it when the session is over, and is answered first.
    world.held_no_more_of("commit Look");
    world.run();
    world.forget_logs();
    world.held_no_more_of("opened Look");
    let last = world.jobs.iter().rposition(|job| job.name == "opened Look");
    world.step(last.unwrap());
    world.run();
    assert_eq!(world.outcome(two, login), "sign_in_superseded");
    assert!(
        !world.log(two).contains(&"show signed-in".to_owned()),
        "{:?}",
        world.log(two)
    );
    assert_eq!(world.status(two), Status::SignedOut);
}

#[test]
fn a_reply_with_an_older_order_shows_nothing() {
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("opened Look");
    world.tell(other, Input::Signal(Signal::Look)).unwrap();
    world.run();
    let old = world
        .jobs
        .iter()
        .find(|job| job.name == "opened Look")
        .cloned()
        .unwrap();
    let Work::Open { verdict, seen, .. } = old.work else {
        panic!()
    };
    world.lose("opened Look");
    world.held_no_more();
    world.log_out(0, json!({}));
    world.pass(1_000);
    let id = world.token(other, json!({}));
    world.run();
    assert_eq!(world.outcome(other, id), "login_required");
    let _ = world.tell(
        other,
        Input::Reply {
            id: old.id,
            part: old.part,
            reply: Reply::Committed { verdict, seen },
        },
    );
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn whoever_hears_a_message_writes_nothing() {
    let mut world = World::signed_in();
    let other = world.open();
    let before = world.record();
    for message in [
        json!({ "kind": "look", "generation": 1 }),
        json!({ "kind": "acknowledge", "generation": 99 }),
        json!({ "kind": "wipe" }),
        json!(null),
        json!("x"),
    ] {
        let signal = Signal::parse("message", &core(message)).unwrap();
        world.tell(other, Input::Signal(signal)).unwrap();
        world.run();
    }
    assert_eq!(world.record(), before);
    assert_eq!(world.status(other), Status::SignedIn);
}

#[test]
fn messages_carry_generations_alone() {
    for message in [
        Message::Look { generation: 3 },
        Message::Acknowledge { generation: 3 },
    ] {
        let json = plain(&message.to_json());
        let names: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["generation", "kind"]);
    }
    let back = |message: Message| Signal::parse("message", &message.to_json()).unwrap();
    assert_eq!(back(Message::Look { generation: 3 }), Signal::Look);
    assert_eq!(
        back(Message::Acknowledge { generation: 3 }),
        Signal::Acknowledged { generation: 3 }
    );
    // What is not understood is a reason to look.
    for odd in [
        json!({ "kind": "acknowledge" }),
        json!({ "kind": 1 }),
        Value::Null,
    ] {
        assert_eq!(Signal::parse("message", &core(odd)), Some(Signal::Look));
    }
}

#[test]
fn looks_that_are_asked_for_while_one_is_under_way_become_one_more() {
    let mut world = World::signed_in();
    world.hold("commit Look");
    for _ in 0..10 {
        world.tell(0, Input::Signal(Signal::Look)).unwrap();
    }
    world.held_no_more();
    world.run();
    assert_eq!(world.log(0), ["commit Look", "commit Look"]);
}

#[test]
fn a_record_that_was_deleted_is_a_sign_out_and_is_never_taken_for_the_old_one() {
    let mut world = World::signed_in();
    let generation = world.record().generation;
    world.delete_record();
    world.pass(100);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    assert_eq!(world.status(0), Status::SignedOut);
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
    assert!(world.record().generation > generation);
    world.sign_in(next, "grace");
    assert_eq!(world.user(next).as_deref(), Some("grace"));
    assert_eq!(world.user(0).as_deref(), Some("grace"));
}

#[test]
fn a_cookie_that_was_deleted_is_a_sign_out() {
    // The browser was closed: what stands on the disk can no longer be opened.
    let mut world = World::signed_in();
    world.cookie = None;
    world.pass(100);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
    assert_eq!(world.ledger(), ["Unopened"]);
    assert!(world.disk.sealed.is_none());
}

#[test]
fn one_tab_can_leave_and_the_others_and_the_record_do_not_notice() {
    let mut world = World::signed_in();
    let other = world.open();
    let before = (world.record(), world.session());
    world.forget_logs();
    let id = world.log_out(0, json!({ "scope": "tab" }));
    assert_eq!(
        world.log(0),
        [
            "abort",
            "drop SignIn",
            "keep Left",
            "wipe own less keys alone 2000",
            "show signing-out"
        ]
    );
    world.run();
    assert_eq!(
        world.log(0),
        [
            "show signed-out",
            "event signedOut logout",
            "settle signed out"
        ]
    );
    let report = world.report(0, id);
    assert_eq!(report["scope"], "tab");
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "skipped", "accessToken": "skipped" })
    );
    assert_eq!((world.record(), world.session()), before);
    assert!(world.provider.seen.is_empty());
    assert_eq!(world.status(other), Status::SignedIn);
    // It stays so: after a look, after a reload.
    for _ in 0..2 {
        let id = world.token(0, json!({}));
        world.run();
        assert_eq!(world.outcome(0, id), "login_required");
        world.reload(0);
        assert_eq!(world.status(0), Status::SignedOut);
    }
    // Until there is another sign-in, here or elsewhere.
    world.sign_in(other, "grace");
    assert_eq!(world.user(0).as_deref(), Some("grace"));
}

#[test]
fn a_tab_that_has_left_comes_back_by_its_own_sign_in() {
    let mut world = World::signed_in();
    world.log_out(0, json!({ "scope": "tab" }));
    world.sign_in(0, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
    world.reload(0);
    assert_eq!(world.status(0), Status::SignedIn);
}

#[test]
fn what_a_look_could_not_open_is_no_session() {
    // The content was sealed under a share that is gone.
    let mut world = World::signed_in();
    let other = world.open();
    world.cookie = Some("another-share".to_owned());
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
    let _ = other;
    let seen = Seen {
        order: 99,
        generation: 0,
        version: Version::default(),
        live: true,
        ended: None,
        ends_at: 0,
        ledger: Vec::new(),
        session: None,
    };
    world.hold("commit Look");
    world.tell(next, Input::Signal(Signal::Look)).unwrap();
    let id = world.jobs.last().unwrap().id;
    let reply = Reply::Committed {
        verdict: Verdict::Done { entry: 0 },
        seen,
    };
    world
        .tell(next, Input::Reply { id, part: 0, reply })
        .unwrap();
    assert_eq!(world.status(next), Status::SignedOut);
}

#[test]
fn a_tab_that_leaves_while_its_own_sign_in_is_arriving_stays_out() {
    for held in [
        "commit Redeem",
        "answer to exchange",
        "commit Install",
        "opened Install",
    ] {
        let mut world = World::new();
        let tab = world.open();
        world.log_in(tab, json!({}));
        world.run();
        let address = world.answer_as(tab, "ada");
        world.reload(tab);
        world.hold(held);
        world.come_back(tab, &address);
        world.run();
        world.log_out(tab, json!({ "scope": "tab" }));
        world.release(held);
        world.pass(1_000);
        assert_eq!(world.status(tab), Status::SignedOut, "{held}");
        let id = world.token(tab, json!({}));
        world.run();
        assert_eq!(world.outcome(tab, id), "login_required", "{held}");
        world.reload(tab);
        assert_eq!(world.status(tab), Status::SignedOut, "{held}");
    }
}
