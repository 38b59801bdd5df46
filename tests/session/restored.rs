//! A page that leaves and comes back: out of the back/forward cache, or out of a frozen tab. WEB-1, TAB-10.

use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::World;

/// The page leaves, and nothing of it runs.
fn leave(world: &mut World, tab: usize) {
    world.tell(tab, Input::Signal(Signal::Away)).unwrap();
    world.tabs[tab].frozen = true;
}

fn come_back(world: &mut World, tab: usize) {
    world.tabs[tab].frozen = false;
    world.tell(tab, Input::Signal(Signal::Restored)).unwrap();
}

/// Two tabs of one session; the first one has left.
fn left(changes: Value) -> World {
    let mut world = World::signed_in_with(changes);
    world.open();
    leave(&mut world, 0);
    world
}

fn memory_holds(world: &World, tab: usize, secret: &str) -> bool {
    // `Debug` redacts secrets; whether there is a session it says.
    assert!(!secret.is_empty());
    let machine = format!("{:?}", world.tabs[tab].machine);
    !machine.contains("session: None")
}

#[test]
fn a_page_that_leaves_is_hidden_and_its_memory_is_empty() {
    for storage in ["browser", "tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "storage": storage }));
        assert!(memory_holds(&world, 0, "AT2"));
        leave(&mut world, 0);
        assert_eq!(
            world.log(0),
            ["hide"],
            "{storage}: and no transaction begins"
        );
        assert!(!memory_holds(&world, 0, "AT2"), "{storage}");
    }
}

#[test]
fn nothing_is_hidden_where_nobody_is_signed_in() {
    let mut world = World::new();
    world.open();
    world.forget_logs();
    leave(&mut world, 0);
    assert!(world.log(0).is_empty());
    come_back(&mut world, 0);
    world.run();
    assert!(!world.tabs[0].hidden);
    // Nor is such a page loaded anew because the record is silent.
    leave(&mut world, 0);
    world.hold("commit Look");
    come_back(&mut world, 0);
    world.pass(10_000);
    assert!(!world.log(0).iter().any(|line| line.contains("reveal \"")));
}

#[test]
fn a_page_that_comes_back_to_the_same_session_is_shown_and_the_app_hears_of_nothing() {
    for storage in ["browser", "tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "storage": storage }));
        leave(&mut world, 0);
        world.now += 3_600;
        come_back(&mut world, 0);
        assert!(world.tabs[0].hidden, "before the record was looked at");
        world.run();
        assert_eq!(
            world.log(0),
            ["hide", "wait 5000", "commit Look", "reveal null"],
            "{storage}"
        );
        let id = world.token(0, json!({}));
        world.run();
        assert_eq!(world.outcome(0, id), "AT2", "{storage}");
        // The page was told to be loaded anew if the look would not end. It has ended.
        world.pass(10_000);
        assert!(!world.tabs[0].hidden);
    }
}

#[test]
fn a_page_that_comes_back_after_a_logout_is_not_shown_but_loaded_anew_or_elsewhere_or_told() {
    for (restored, last) in [
        (json!("reload"), "reveal \"\""),
        (Value::Null, "reveal \"\""),
        (json!("event"), "reveal null"),
        (json!("/goodbye?a#b"), "reveal \"/goodbye?a#b\""),
        (json!("https://app.example/bye"), "reveal \"/bye\""),
    ] {
        let mut world = left(json!({ "restored": restored }));
        world.log_out(1, json!({}));
        world.pass(1_000);
        world.forget_logs();
        come_back(&mut world, 0);
        assert!(world.tabs[0].hidden);
        world.run();
        // The app hears of it before anything shows.
        assert_eq!(
            world.log(0),
            [
                "wait 5000",
                "commit Look",
                "abort",
                "wipe own less keys 2000",
                "show signed-out",
                "event signedOut otherTab",
                last,
                "post acknowledge"
            ]
        );
    }
}

#[test]
fn a_page_that_comes_back_to_another_user_is_not_shown_either() {
    let mut world = left(json!({}));
    world.sign_in(1, "bob");
    world.forget_logs();
    come_back(&mut world, 0);
    world.run();
    assert_eq!(
        world.log(0)[2..],
        [
            "abort",
            "wipe own less keys alone 2000",
            "show signed-in",
            "event signedOut userChanged",
            "event signedIn",
            "reveal \"\""
        ]
    );
}

#[test]
fn a_token_that_is_asked_for_right_on_the_return_is_looked_at_first() {
    // The session stands.
    let mut world = left(json!({}));
    world.tabs[0].frozen = false;
    // The app's own listener may come before ours.
    let early = world.token(0, json!({}));
    come_back(&mut world, 0);
    let late = world.token(0, json!({}));
    world.pass(250);
    assert_eq!(world.outcome(0, early), "AT2");
    assert_eq!(world.outcome(0, late), "AT2");

    // The session has ended.
    let mut world = left(json!({}));
    world.log_out(1, json!({}));
    world.pass(1_000);
    world.tabs[0].frozen = false;
    let early = world.token(0, json!({}));
    come_back(&mut world, 0);
    let late = world.token(0, json!({}));
    world.pass(250);
    assert_eq!(world.outcome(0, early), "login_required");
    assert_eq!(world.outcome(0, late), "login_required");
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_look_that_was_under_way_when_the_page_left_says_nothing_on_its_return() {
    // What it says may have been true then: the session was live when it read the record.
    for ends in [false, true] {
        let mut world = World::signed_in();
        world.open();
        let before = world.token(0, json!({ "forceRefresh": true }));
        world.hold("opened");
        world.run();
        leave(&mut world, 0);
        world.held_no_more();
        if ends {
            world.log_out(1, json!({}));
        }
        world.pass(1_000);
        world.forget_logs();
        come_back(&mut world, 0);
        world.pass(20_000);
        let log = world.log(0);
        let (first, last) = if ends {
            ("AT2", "login_required")
        } else {
            ("login_required", "AT")
        };
        assert!(
            !log.iter()
                .any(|line| line.contains(&format!("settle {first}"))),
            "{log:?}"
        );
        assert!(world.outcome(0, before).starts_with(last));
        let events = log
            .iter()
            .filter(|line| line.starts_with("event signed"))
            .count();
        assert_eq!(events, usize::from(ends), "{log:?}");
    }
}

#[test]
fn a_look_that_another_overtook_is_taken_again_on_the_return() {
    let mut world = left(json!({}));
    world.hold("opened Look");
    come_back(&mut world, 0);
    let id = world.token(0, json!({}));
    world.run();
    // The second has read the record later, and is heard of first.
    let replies: Vec<_> = (0..world.jobs.len())
        .filter(|at| world.jobs[*at].name == "opened Look")
        .collect();
    assert_eq!(replies.len(), 2);
    world.step(replies[1]);
    world.forget_logs();
    world.release("opened Look");
    let log = world.log(0);
    assert_eq!(log.first().unwrap(), "commit Look", "{log:?}");
    assert!(!log.iter().any(|line| line.starts_with("event")), "{log:?}");
    assert_eq!(world.outcome(0, id), "AT2");
    assert!(!world.tabs[0].hidden);
}

#[test]
fn a_refresh_that_was_under_way_when_the_page_left_is_used_or_revoked() {
    for stopped in [
        "commit Reserve",
        "opened Reserve",
        "refresh",
        "answer to refresh",
        "commit Renew",
        "opened Renew",
    ] {
        for ends in [false, true] {
            let mut world = World::signed_in();
            world.open();
            let id = world.token(0, json!({ "forceRefresh": true }));
            world.hold(stopped);
            world.run();
            leave(&mut world, 0);
            world.held_no_more();
            if ends {
                world.log_out(1, json!({}));
                world.pass(1_000);
            }
            come_back(&mut world, 0);
            world.pass(1_000);
            let log = world.log(0);
            let events = log.iter().filter(|line| line.starts_with("event signed"));
            assert_eq!(events.count(), usize::from(ends), "{stopped}: {log:?}");
            assert!(world.ledger().is_empty(), "{stopped}");
            if ends {
                assert_eq!(world.outcome(0, id), "login_required", "{stopped}");
                assert_eq!(world.session(), None, "{stopped}");
                // New tokens are revoked, or were not given for a token that was.
                let at = |line: &str| world.provider.seen.iter().position(|seen| seen == line);
                let given =
                    at("refresh RT1.0").is_some_and(|given| Some(given) < at("revoke RT1.0"));
                assert!(!given || at("revoke RT1.1").is_some(), "{stopped}");
            } else {
                assert_eq!(world.outcome(0, id), "AT3", "{stopped}");
                assert_eq!(world.status(0), Status::SignedIn, "{stopped}");
            }
        }
    }
}

#[test]
fn a_refresh_that_failed_while_the_page_was_away_is_tried_again_on_its_return() {
    let mut world = World::signed_in();
    world.provider.token = Mood::Says(503, Value::Null);
    let id = world.token(0, json!({ "forceRefresh": true }));
    world.hold("opened Release");
    world.run();
    leave(&mut world, 0);
    world.held_no_more();
    world.provider.token = Mood::Well;
    come_back(&mut world, 0);
    world.pass(1_000);
    assert_eq!(world.outcome(0, id), "AT3");
}

#[test]
fn a_page_that_leaves_again_before_the_record_has_answered_takes_that_answer_for_nothing() {
    let mut world = left(json!({}));
    world.hold("opened Look");
    come_back(&mut world, 0);
    world.run();
    leave(&mut world, 0);
    world.held_no_more();
    world.log_out(1, json!({}));
    world.pass(1_000);
    world.forget_logs();
    world.tabs[0].frozen = false;
    world.tell(0, Input::Signal(Signal::Restored)).unwrap();
    world.run();
    let log = world.log(0);
    let reveals: Vec<_> = log
        .iter()
        .filter(|line| line.starts_with("reveal"))
        .collect();
    assert_eq!(reveals, ["reveal \"\""]);
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_page_never_stays_hidden_where_the_record_does_not_answer() {
    for restored in ["reload", "event", "/bye"] {
        let mut world = left(json!({ "restored": restored }));
        world.hold("commit Look");
        come_back(&mut world, 0);
        world.pass(4_999);
        assert!(world.tabs[0].hidden);
        assert!(!world.log(0).iter().any(|line| line.starts_with("reveal")));
        world.pass(1);
        assert_eq!(world.log(0).last().unwrap(), "reveal \"\"", "{restored}");
    }
}

#[test]
fn a_page_that_is_seen_is_back_though_nothing_said_so() {
    let mut world = left(json!({}));
    world.tabs[0].frozen = false;
    world.tell(0, Input::Signal(Signal::Look)).unwrap();
    world.run();
    assert!(!world.tabs[0].hidden);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "AT2");
}

#[test]
fn a_page_that_signs_out_on_its_return_is_shown_and_finishes() {
    let mut world = left(json!({}));
    come_back(&mut world, 0);
    let id = world.log_out(0, json!({}));
    assert_eq!(world.status(0), Status::SigningOut);
    world.pass(1_000);
    assert_eq!(world.report(0, id)["complete"], true);
    // Its memory was empty; the record had what is revoked.
    assert!(world.provider.seen.contains(&"revoke RT1.0".to_owned()));
    assert!(!world.tabs[0].hidden);
    assert_eq!(world.tabs[0].leads_to, None);
}
