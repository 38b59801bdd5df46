//! Signing out: local first, then what the network can still reach, then the report.

use nightlatch::session::{Input, Signal, Status};
use serde_json::json;

use crate::world::World;

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
            "wipe own 2000",
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
fn a_logout_tells_the_app_the_reason_that_it_was_given() {
    for (options, told) in [
        (
            json!({ "reason": "providerSessionEnded" }),
            "providerSessionEnded",
        ),
        (json!({ "reason": "logout" }), "logout"),
    ] {
        let mut world = World::signed_in();
        let other = world.open();
        let id = world.log_out(0, options);
        world.pass(1_000);
        assert!(world.log(0).contains(&format!("event signedOut {told}")));
        assert!(
            world
                .log(other)
                .contains(&"event signedOut otherTab".to_owned())
        );
        assert_eq!(world.report(0, id)["complete"], true);
    }
    let mut world = World::signed_in();
    let id = world.log_out(0, json!({ "reason": "userChanged" }));
    assert_eq!(world.outcome(0, id), "invalid_options");
    assert_eq!(world.status(0), Status::SignedIn);
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
fn options_that_cannot_be_right_sign_nobody_out() {
    let mut world = World::signed_in();
    for (options, code) in [
        (json!({ "scope": "everything" }), "invalid_options"),
        (json!({ "scope": 1 }), "invalid_options"),
        (json!({ "clear": "some" }), "invalid_options"),
        (json!({ "clear": { "localStorage": 1 } }), "invalid_options"),
        (json!({ "timeout": "5" }), "invalid_options"),
        (
            json!({ "redirectTo": "//evil.example" }),
            "redirect_refused",
        ),
        (json!({ "redirectTo": 1 }), "invalid_options"),
        (json!({ "revoke": "yes" }), "invalid_options"),
        (
            json!({ "extraParams": { "id_token_hint": "a" } }),
            "invalid_options",
        ),
        (
            json!({ "extraParams": { "ui_locales": [1] } }),
            "invalid_options",
        ),
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
fn a_page_that_goes_away_without_a_sign_out_revokes_nothing() {
    let mut world = World::signed_in();
    world.tell(0, Input::Signal(Signal::Away)).unwrap();
    assert_eq!(world.log(0), ["hide"]);
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
