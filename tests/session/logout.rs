//! Signing out: local first, then what the network can still reach, then the report.

use nightlatch::protocol::Failure;
use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, World};

#[test]
fn a_logout_does_these_things_in_this_order() {
    // REV-3, REV-8
    let mut world = World::signed_in();
    let id = world.log_out(0, json!({}));
    // At once, before anything has answered.
    assert_eq!(
        world.log(0),
        [
            "shut",
            "mark",
            "abort",
            "drop SignIn",
            "commit End",
            "show signing-out"
        ]
    );
    assert_eq!(world.cookie, None);
    assert_eq!(world.status(0), Status::SigningOut);
    world.pass(1_000);
    assert_eq!(
        world.log(0),
        [
            "forget",
            "drop Left",
            "post look",
            "mark",
            "wipe own",
            "revoke RT1.0",
            "revoke AT2",
            "wait 200",
            "show signed-out",
            "event signedOut logout",
            "commit Confirm",
            "settle signed out",
        ]
    );
    assert_eq!(world.outcome(0, id), "signed out");
    assert_eq!(world.provider.seen, ["revoke RT1.0", "revoke AT2"]);
    assert_eq!(world.session(), None);
    assert!(world.disk.sealed.is_none());
    assert!(world.provider.alive().is_empty());
    assert!(world.ledger().is_empty());
}

#[test]
fn the_report_says_what_was_reached() {
    let mut world = World::signed_in();
    let started_at = world.now;
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    let report = world.report(0, id);
    assert_eq!(
        report,
        json!({
            "scope": "app",
            "complete": true,
            "startedAt": started_at as f64,
            "durationMs": 200.0,
            "local": { "status": "cleared", "removed": ["nightlatch (IndexedDB)", "nightlatch (cookie)"], "residue": [] },
            "tabs": { "acknowledged": 0.0, "deadlineMs": 200.0 },
            "tokens": { "refreshToken": "revoked", "accessToken": "revoked" },
            "application": "skipped",
            "provider": "skipped",
            "devices": "skipped",
            "cleaners": [],
            "timings": { "local": 0.0, "refreshToken": 0.0, "accessToken": 0.0, "tabs": 200.0 },
            "problems": [],
        })
    );
}

#[test]
fn signed_out_is_before_any_answer_of_the_network() {
    // REV-8
    let mut world = World::signed_in();
    world.hold("revoke");
    let id = world.log_out(0, json!({}));
    let token = world.token(0, json!({}));
    world.run();
    assert_eq!(world.status(0), Status::SignedOut);
    assert!(world.log(0).contains(&"event signedOut logout".to_owned()));
    assert_eq!(world.outcome(0, token), "login_required");
    assert!(!world.is_settled(0, id));
    assert_eq!(world.session(), None);
    assert_eq!(world.ledger(), ["Logout"]);
    world.pass(60_000);
    world.release("revoke");
    assert_eq!(world.outcome(0, id), "signed out");
}

#[test]
fn no_token_is_handed_out_between_the_call_and_its_commit() {
    // REV-9
    let mut world = World::signed_in();
    world.hold("commit End");
    world.log_out(0, json!({}));
    for _ in 0..2 {
        let id = world.token(0, json!({}));
        world.run();
        assert_eq!(world.outcome(0, id), "login_required");
        world.pass(100);
    }
    assert_eq!(world.status(0), Status::SigningOut);
}

#[test]
fn a_call_that_waits_for_a_token_is_told_at_once() {
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    let (first, second) = (
        world.token(0, json!({ "forceRefresh": true })),
        world.token(0, json!({ "forceRefresh": true })),
    );
    world.run();
    world.log_out(0, json!({}));
    assert_eq!(world.outcome(0, first), "login_required");
    assert_eq!(world.outcome(0, second), "login_required");
    // And it is not told twice.
    world.pass(1_000);
    world.release("answer to refresh");
    world.pass(1_000);
}

#[test]
fn each_outcome_of_a_revocation_is_in_the_report_and_none_leaves_anyone_signed_in() {
    // REV-4, REV-5, REV-6, REV-7
    let well = Mood::Well;
    for (mood, outcome, problems, complete, ledger) in [
        (well, "revoked", json!([]), true, 0),
        (
            Mood::Says(200, json!({ "error": "invalid_token" })),
            "revoked",
            json!([]),
            true,
            0,
        ),
        (
            Mood::Says(400, json!({ "error": "unsupported_token_type" })),
            "unsupported",
            json!([]),
            false,
            1,
        ),
        (
            Mood::Says(503, Value::Null),
            "failed",
            json!(["revocation_refused"]),
            false,
            1,
        ),
        (
            Mood::Says(401, json!({ "error": "invalid_client" })),
            "failed",
            json!(["revocation_refused"]),
            false,
            1,
        ),
        (
            Mood::Unreachable(NETWORK),
            "unknown",
            json!(["network_error"]),
            false,
            1,
        ),
        (
            Mood::Unreachable(Failure::Timeout),
            "unknown",
            json!(["timeout"]),
            false,
            1,
        ),
        (
            Mood::Unreachable(Failure::TooLarge),
            "unknown",
            json!(["invalid_response"]),
            false,
            1,
        ),
        (
            Mood::Unreachable(Failure::Offline),
            "failed",
            json!(["network_error"]),
            false,
            1,
        ),
        (
            Mood::Loses(NETWORK),
            "unknown",
            json!(["network_error"]),
            false,
            1,
        ),
    ] {
        let mut world = World::signed_in();
        world.provider.revocation = mood.clone();
        let id = world.log_out(0, json!({}));
        world.pass(1_000);
        let report = world.report(0, id);
        assert_eq!(
            report["tokens"],
            json!({ "refreshToken": outcome, "accessToken": outcome }),
            "{mood:?}"
        );
        assert_eq!(report["problems"], problems, "{mood:?}");
        assert_eq!(report["complete"], complete, "{mood:?}");
        assert_eq!(world.ledger().len(), ledger, "{mood:?}");
        assert_eq!(world.status(0), Status::SignedOut);
        assert_eq!(world.session(), None);
    }
}

#[test]
fn a_refused_refresh_token_does_not_keep_the_access_token_from_being_asked() {
    // REV-3, REV-5
    let mut world = World::signed_in();
    world.hold("revoke AT");
    world.provider.revocation = Mood::Says(503, Value::Null);
    let id = world.log_out(0, json!({}));
    world.run();
    world.provider.revocation = Mood::Says(400, json!({ "error": "unsupported_token_type" }));
    world.release("revoke AT");
    world.pass(1_000);
    assert_eq!(
        world.report(0, id)["tokens"],
        json!({ "refreshToken": "failed", "accessToken": "unsupported" })
    );
}

#[test]
fn a_provider_without_revocation_is_said_to_be_so() {
    // REV-16
    let mut world = World::new();
    world.provider.metadata = json!({ "revocation_endpoint": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    world.provider.seen.clear();
    let id = world.log_out(tab, json!({}));
    world.pass(1_000);
    let report = world.report(tab, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "unsupported", "accessToken": "unsupported" })
    );
    assert_eq!(report["complete"], false);
    assert!(world.provider.seen.is_empty());
    assert_eq!(world.ledger(), ["Logout"]);
    assert_eq!(world.status(tab), Status::SignedOut);
}

#[test]
fn without_revoke_nothing_is_sent_and_the_note_stays() {
    let mut world = World::signed_in();
    let id = world.log_out(0, json!({ "revoke": false }));
    world.pass(1_000);
    let report = world.report(0, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "skipped", "accessToken": "skipped" })
    );
    assert_eq!(report["complete"], true);
    assert!(world.provider.seen.is_empty());
    assert_eq!(world.ledger(), ["Logout"]);
}

#[test]
fn a_session_without_a_refresh_token_is_reported_so() {
    let mut world = World::new();
    world.provider.grant = json!({ "refresh_token": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    let id = world.log_out(tab, json!({}));
    world.pass(1_000);
    let report = world.report(tab, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "none", "accessToken": "revoked" })
    );
    assert_eq!(report["complete"], true);
    assert!(world.ledger().is_empty());
}

#[test]
fn nobody_signed_in_can_sign_out_too() {
    let mut world = World::new();
    let tab = world.open();
    let id = world.log_out(tab, json!({}));
    world.pass(1_000);
    let report = world.report(tab, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "none", "accessToken": "none" })
    );
    assert_eq!(report["complete"], true);
    assert!(world.provider.seen.is_empty());
}

#[test]
fn what_the_record_holds_is_revoked_and_not_what_memory_remembers() {
    // REV-10
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("message");
    world.hold("mark");
    world.token(other, json!({ "forceRefresh": true }));
    world.run();
    world.provider.seen.clear();
    world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.provider.seen, ["revoke RT1.1", "revoke AT3"]);
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_token_that_arrives_in_another_tab_after_the_logout_is_revoked_and_not_stored() {
    // REV-10
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("answer to refresh");
    let late = world.token(other, json!({ "forceRefresh": true }));
    world.run();
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.outcome(0, id), "signed out");
    // RT1.0 was rotated away when it was revoked: only the late answer says what is alive.
    assert_eq!(world.provider.alive(), ["RT1.1"]);
    assert_eq!(world.ledger(), ["Refresh"]);
    world.provider.seen.clear();
    world.release("answer to refresh");
    world.pass(1_000);
    assert_eq!(world.outcome(other, late), "login_required");
    assert_eq!(world.provider.seen, ["revoke RT1.1", "revoke AT3"]);
    assert!(world.provider.alive().is_empty());
    assert!(world.ledger().is_empty());
    assert_eq!(world.session(), None);
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn a_token_that_arrives_in_the_same_tab_after_the_logout_is_revoked_too() {
    // REV-10
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    world.log_out(0, json!({}));
    world.pass(1_000);
    world.release("answer to refresh");
    world.pass(1_000);
    assert!(world.provider.alive().is_empty());
    assert!(world.ledger().is_empty());
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_refresh_that_answers_before_the_commit_of_a_logout_does_not_escape_it() {
    // REV-10
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("answer to refresh");
    world.hold("commit End");
    world.token(other, json!({ "forceRefresh": true }));
    world.run();
    world.log_out(0, json!({}));
    world.release("answer to refresh");
    // The share is gone, so there is nothing to put the new token into.
    assert!(
        world.provider.alive().is_empty(),
        "{:?}",
        world.provider.seen
    );
    world.release("commit End");
    world.pass(1_000);
    assert_eq!(world.session(), None);
    assert!(world.provider.alive().is_empty());
}

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
    assert!(world.log(0).contains(&"wipe all".to_owned()));
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
fn options_that_cannot_be_right_sign_nobody_out() {
    let mut world = World::signed_in();
    for (options, code) in [
        (json!({ "scope": "everything" }), "invalid_options"),
        (json!({ "scope": 1 }), "invalid_options"),
        (json!({ "clear": "some" }), "invalid_options"),
        (json!({ "timeout": "5" }), "invalid_options"),
        (
            json!({ "redirectTo": "//evil.example" }),
            "redirect_refused",
        ),
        (json!({ "redirectTo": 1 }), "invalid_options"),
        (json!({ "revoke": "yes" }), "invalid_options"),
    ] {
        world.forget_logs();
        let id = world.log_out(0, options.clone());
        assert!(world.is_settled(0, id), "{options}");
        assert_eq!(world.outcome(0, id), code, "{options}");
        assert_eq!(world.log(0), [format!("settle {code}")]);
    }
    assert_eq!(world.status(0), Status::SignedIn);
}

#[test]
fn a_page_that_goes_away_before_the_commit_has_answered_revokes_what_memory_holds() {
    // REV-12
    let mut world = World::signed_in();
    world.hold("commit End");
    world.log_out(0, json!({}));
    world.tell(0, Input::Signal(Signal::Away)).unwrap();
    assert_eq!(
        world
            .log(0)
            .iter()
            .filter(|line| line.starts_with("revoke"))
            .count(),
        2
    );
    world.close(0, false);
    assert_eq!(world.provider.seen, ["revoke RT1.0", "revoke AT2"]);
    // The transaction was lost with the page, and still nobody is signed in: the key is gone.
    assert_eq!(world.session(), None);
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
    let id = world.token(next, json!({}));
    world.run();
    assert_eq!(world.outcome(next, id), "login_required");
    assert_eq!(world.ledger(), ["Unopened"]);
}

#[test]
fn a_page_that_goes_away_without_a_sign_out_does_nothing() {
    let mut world = World::signed_in();
    world.tell(0, Input::Signal(Signal::Away)).unwrap();
    assert!(world.log(0).is_empty());
}

#[test]
fn a_page_that_only_seemed_to_go_away_ends_in_one_report() {
    let mut world = World::signed_in();
    world.hold("commit End");
    let id = world.log_out(0, json!({}));
    world.tell(0, Input::Signal(Signal::Away)).unwrap();
    world.run();
    world.release("commit End");
    world.pass(1_000);
    assert_eq!(world.report(0, id)["complete"], true);
    assert_eq!(world.status(0), Status::SignedOut);
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
fn what_was_revoked_on_the_way_out_is_not_taken_for_what_the_record_held() {
    // The page seemed to go away, and memory was behind the record.
    let mut world = World::signed_in();
    let other = world.open();
    for held in ["message", "mark", "revoke", "commit End"] {
        world.hold(held);
    }
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    let id = world.log_out(other, json!({}));
    world.tell(other, Input::Signal(Signal::Away)).unwrap();
    world.release("commit End");
    let answered = |world: &mut World, name: &str, mood: Mood| {
        world.provider.revocation = mood;
        let at = world.jobs.iter().position(|job| job.name == name).unwrap();
        world.step(at);
        world.run();
    };
    for name in ["revoke RT1.0", "revoke AT2"] {
        answered(&mut world, name, Mood::Well);
    }
    for name in ["revoke RT1.1", "revoke AT3"] {
        answered(&mut world, name, Mood::Says(503, Value::Null));
    }
    world.held_no_more();
    world.pass(1_000);
    let report = world.report(other, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "failed", "accessToken": "failed" })
    );
    assert_eq!(report["complete"], false);
    assert_eq!(world.ledger(), ["Logout"]);
}
