//! What a sign-out takes along: what the app keeps in this browser, and its own clean-up.

use nightlatch::session::Status;
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::World;

fn wipes(world: &mut World, tab: usize) -> Vec<String> {
    let log = world.log(tab);
    log.into_iter()
        .filter(|word| word.starts_with("wipe"))
        .collect()
}

#[test]
fn every_tab_that_sees_the_sign_out_wipes_by_its_own_options_and_once() {
    // TAB-1: what a call asks for reaches its own tab; no message carries it.
    for (option, word) in [
        (json!("own"), "own"),
        (json!({ "caches": ["v1"] }), "lists"),
    ] {
        let mut world = World::signed_in_with(json!({ "clear": option }));
        let others = [world.open(), world.open()];
        world.forget_logs();
        world.log_out(0, json!({ "clear": "all" }));
        world.pass(1_000);
        assert_eq!(wipes(&mut world, 0), ["wipe all 2000"]);
        for tab in others {
            assert_eq!(
                wipes(&mut world, tab),
                [format!("wipe {word} less keys 2000")]
            );
        }
        world.pass(10_000);
        assert_eq!(wipes(&mut world, others[0]), [""; 0]);
    }
}

#[test]
fn a_session_that_ends_by_itself_is_wiped_like_any_other() {
    let mut world = World::signed_in_with(json!({ "clear": "all" }));
    let other = world.open();
    world.forget_logs();
    world.provider.token = Mood::Says(400, json!({ "error": "invalid_grant" }));
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    for tab in [0, other] {
        assert_eq!(wipes(&mut world, tab), ["wipe all less keys 2000"]);
    }
}

#[test]
fn what_tabs_share_is_left_to_those_whose_session_lives() {
    // Another user has signed in: what lies in local storage may be theirs by now.
    let mut world = World::signed_in_with(json!({ "clear": "all" }));
    let other = world.open();
    world.forget_logs();
    world.sign_in(other, "eve");
    for tab in [0, other] {
        assert_eq!(wipes(&mut world, tab), ["wipe all less keys alone 2000"]);
    }
    // A tab that leaves alone.
    world.log_out(0, json!({ "scope": "tab" }));
    world.run();
    assert_eq!(wipes(&mut world, 0), ["wipe all less keys alone 2000"]);
    assert_eq!(wipes(&mut world, other), [""; 0]);
    // A session of a tab's own that ended by itself.
    let mut world = World::signed_in_with(json!({ "clear": "all", "storage": "tab" }));
    world.provider.token = Mood::Says(400, json!({ "error": "invalid_grant" }));
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    assert_eq!(wipes(&mut world, 0), ["wipe all less keys alone 2000"]);
}

#[test]
fn a_tab_that_left_alone_has_not_forgotten_it_after_the_wipe() {
    let mut world = World::signed_in_with(json!({ "clear": "all" }));
    let id = world.log_out(0, json!({ "scope": "tab" }));
    world.run();
    assert_eq!(world.report(0, id)["complete"], true);
    world.reload(0);
    assert_eq!(world.status(0), Status::SignedOut);
    let other = world.open();
    assert_eq!(world.status(other), Status::SignedIn);
}

#[test]
fn the_wipe_takes_no_longer_than_the_sign_out_may() {
    let mut world = World::signed_in();
    world.log_out(0, json!({ "timeout": 0.5 }));
    world.run();
    assert_eq!(wipes(&mut world, 0), ["wipe own 500"]);
}

#[test]
fn what_is_left_behind_is_named_and_the_sign_out_is_not_complete() {
    let mut world = World::signed_in();
    world.stuck = vec!["other-db (IndexedDB)".into()];
    let id = world.log_out(0, json!({ "clear": "all" }));
    world.pass(1_000);
    let report = world.report(0, id);
    assert_eq!(report["local"]["status"], "partial");
    assert_eq!(report["local"]["residue"], json!(["other-db (IndexedDB)"]));
    assert_eq!(report["complete"], false);
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_cleaner_holds_up_the_report_and_nothing_else() {
    let mut world = World::signed_in();
    world.cleaners = json!([{ "name": "cache", "status": "timedOut" }]);
    world.hold("cleaners");
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.status(0), Status::SignedOut);
    assert!(world.provider.alive().is_empty());
    assert!(!world.is_settled(0, id));
    world.held_no_more();
    world.run();
    let report = world.report(0, id);
    assert_eq!(report["cleaners"], world.cleaners);
    assert_eq!(report["local"]["status"], "cleared");
    assert_eq!(report["complete"], false);
}

#[test]
fn a_sign_out_is_complete_only_when_every_cleaner_is_done() {
    let outcome = |status: &str| json!({ "name": status, "status": status });
    for (cleaners, complete) in [
        (vec![], true),
        (vec![outcome("done"), outcome("done")], true),
        (vec![outcome("failed"), outcome("done")], false),
        (vec![outcome("done"), outcome("timedOut")], false),
    ] {
        let mut world = World::signed_in();
        world.cleaners = Value::Array(cleaners);
        let id = world.log_out(0, json!({}));
        world.pass(1_000);
        let report = world.report(0, id);
        assert_eq!(report["complete"], complete);
        assert_eq!(report["cleaners"], world.cleaners);
    }
}

#[test]
fn calls_that_overlap_share_a_wipe_only_if_one_takes_what_the_other_asks_for() {
    let lists = || json!({ "clear": { "caches": true } });
    for (one, other, wiped) in [
        (json!({}), lists(), vec!["wipe lists 2000"]),
        (lists(), json!({ "clear": "own" }), vec!["wipe lists 2000"]),
        (lists(), lists(), vec!["wipe lists 2000"]),
        (lists(), json!({ "clear": "all" }), vec!["wipe all 2000"]),
        (
            lists(),
            json!({ "clear": { "cookies": true } }),
            vec!["wipe lists 2000"; 2],
        ),
    ] {
        let mut world = World::signed_in();
        let ids = [world.log_out(0, one), world.log_out(0, other)];
        world.pass(1_000);
        assert_eq!(wipes(&mut world, 0), wiped);
        for id in ids {
            assert_eq!(world.outcome(0, id), "signed out");
        }
        assert_eq!(world.status(0), Status::SignedOut);
    }
}
