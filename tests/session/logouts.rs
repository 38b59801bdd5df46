//! Several sign-outs: at once or one after the other, in one tab or in two.

use nightlatch::session::Status;
use serde_json::json;

use crate::world::World;

#[test]
fn calls_that_overlap_share_one_sign_out() {
    let mut world = World::signed_in();
    let calls: Vec<_> = (0..3).map(|_| world.log_out(0, json!({}))).collect();
    world.pass(1_000);
    let report = world.report(0, calls[0]);
    for id in calls {
        assert_eq!(world.report(0, id), report);
    }
    assert_eq!(world.provider.seen, ["revoke RT1.0", "revoke AT2"]);
    assert_eq!(world.ledger(), [""; 0]);
}

#[test]
fn a_call_that_overlaps_signs_out_whoever_came_between_the_commit_and_its_answer() {
    for held in ["opened End", "opened"] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold("opened End");
        world.log_out(0, json!({}));
        world.run();
        world.sign_in(other, "grace");
        world.hold(held);
        world.log_out(0, json!({}));
        world.held_no_more();
        world.pass(1_000);
        assert_eq!(world.session(), None, "{held}");
        assert_eq!(world.provider.alive(), [""; 0], "{held}");
        for tab in [0, other] {
            assert_eq!(world.status(tab), Status::SignedOut, "{held}");
        }
    }
}

#[test]
fn a_look_that_overtakes_the_commit_is_taken_again() {
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("opened End");
    world.log_out(0, json!({}));
    world.run();
    world.sign_in(other, "grace");
    // It has looked, and took nothing in while it was signing out.
    assert_eq!(world.status(0), Status::SigningOut);
    world.release("opened End");
    world.pass(1_000);
    assert_eq!(world.user(0).as_deref(), Some("grace"));
}

#[test]
fn a_shared_sign_out_reaches_as_far_as_either_call_asks() {
    let mut world = World::signed_in();
    let first = world.log_out(0, json!({}));
    let second = world.log_out(0, json!({ "scope": "provider", "redirectTo": "/bye" }));
    world.pass(1_000);
    for id in [first, second] {
        assert_eq!(world.report(0, id)["scope"], "provider");
    }
    assert!(world.tabs[0].navigated.is_some());
}

#[test]
fn a_shared_sign_out_wipes_and_revokes_as_much_as_either_call_asks() {
    let mut world = World::signed_in();
    world.log_out(0, json!({ "revoke": false }));
    world.log_out(0, json!({ "clear": "all" }));
    world.pass(1_000);
    assert!(world.log(0).contains(&"wipe all 2000".to_owned()));
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_sign_out_after_a_sign_out_finds_nothing_and_harms_nothing() {
    // REV-18
    let mut world = World::signed_in();
    let other = world.open();
    let first = world.log_out(0, json!({}));
    let second = world.log_out(other, json!({}));
    world.pass(1_000);
    for (tab, id) in [(0, first), (other, second)] {
        assert_eq!(world.outcome(tab, id), "signed out");
        assert_eq!(world.status(tab), Status::SignedOut);
    }
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_session_that_is_taken_out_and_cannot_be_opened_is_not_said_to_be_none() {
    // Two tabs sign out at once. The first has deleted the key share and dies before its commit; the
    // second finds a session whose key only the first had.
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("commit End");
    world.log_out(0, json!({}));
    world.run();
    assert_eq!(world.status(other), Status::SignedOut);
    world.close(0, false);
    world.held_no_more();
    let id = world.log_out(other, json!({}));
    world.pass(1_000);
    assert_eq!(world.provider.alive(), ["RT1.0"]);
    assert_eq!(world.ledger(), ["Logout"]);
    let report = world.report(other, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "unknown", "accessToken": "unknown" })
    );
    assert_eq!(report["complete"], false);
}

#[test]
fn a_sign_out_that_is_called_after_a_new_sign_in_ends_that_one_too() {
    // The sign-out before it is still waiting for the network.
    for knows in [true, false] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold("revoke");
        world.log_out(0, json!({}));
        world.run();
        if !knows {
            world.hold("message to 0");
            world.hold("mark to 0");
        }
        world.sign_in(other, "grace");
        world.pass(1_000);
        world.log_out(0, json!({}));
        world.held_no_more();
        world.pass(1_000);
        assert_eq!(world.session(), None, "{knows}");
        for tab in [0, other] {
            assert_eq!(world.status(tab), Status::SignedOut, "{knows}");
        }
    }
}

#[test]
fn what_memory_remembers_does_not_confirm_a_session_that_could_not_be_opened() {
    // A refresh has just replaced what both tabs remember, and both sign out at once: the one that
    // commits first has not got the key.
    for looks in [false, true] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold("opened Renew");
        world.token(0, json!({ "forceRefresh": true }));
        world.run();
        for held in ["commit", "message", "mark"] {
            world.hold(held);
        }
        world.log_out(0, json!({}));
        let id = world.log_out(other, json!({}));
        let at = world
            .jobs
            .iter()
            .position(|job| job.tab == other && job.name == "commit End")
            .unwrap();
        world.step(at);
        if looks {
            // A look that read the record after the commit is answered before it.
            world.hold("opened End");
            world.held_no_more_of("commit");
            world.token(other, json!({}));
            world.run();
        }
        world.held_no_more();
        world.pass(1_000);
        assert_eq!(world.outcome(other, id), "signed out");
        assert!(
            world.provider.alive().is_empty() || !world.ledger().is_empty(),
            "{:?} is alive and forgotten",
            world.provider.alive()
        );
        if !world.provider.alive().is_empty() {
            assert_eq!(world.report(other, id)["complete"], false);
        }
    }
}

#[test]
fn whoever_signs_in_while_a_sign_out_waits_for_the_provider_is_shown_signed_in() {
    // Tokens are handed out then, and to an app that is signing out none are.
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("revoke");
    world.log_out(0, json!({ "scope": "provider" }));
    world.run();
    assert_eq!(world.status(0), Status::SigningOut);
    world.sign_in(other, "grace");
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    assert!(world.outcome(0, id).starts_with("AT"));
    assert_eq!(world.status(0), Status::SignedIn);
}
