//! What a sign-out revokes, and what its report says of each token.

use nightlatch::protocol::Failure;
use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, World};

#[test]
fn each_outcome_of_a_revocation_is_in_the_report_and_none_leaves_anyone_signed_in() {
    // REV-4, REV-5, REV-6, REV-7, A28
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
            Mood::Unreachable(Failure::Queued),
            "queued",
            json!(["network_error"]),
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

#[test]
fn where_a_revocation_ends_all_that_a_user_has_nothing_replaced_or_late_is_revoked_while_somebody_is_signed_in()
 {
    // Rule 12 of the protocol between tabs.
    for (reach, revoked) in [("session", true), ("user", false)] {
        let mut world = World::signed_in_with(json!({ "revocationReach": reach }));
        let other = world.open();
        // Replaced.
        world.sign_in(other, "ada");
        world.run();
        assert_eq!(
            world
                .provider
                .seen
                .iter()
                .any(|line| line.starts_with("revoke")),
            revoked
        );
        assert_eq!(world.ledger().contains(&"Replaced".to_owned()), !revoked);
        // Late, after a sign-out and another sign-in.
        world.hold("answer to refresh");
        world.token(0, json!({ "forceRefresh": true }));
        world.run();
        world.log_out(other, json!({}));
        world.pass(1_000);
        world.sign_in(other, "ada");
        world.run();
        world.provider.seen.clear();
        world.release("answer to refresh");
        world.pass(1_000);
        assert_eq!(
            world
                .provider
                .seen
                .iter()
                .any(|line| line.starts_with("revoke")),
            revoked
        );
        assert_eq!(world.status(other), Status::SignedIn);
    }
}

#[test]
fn a_late_token_is_revoked_at_such_a_provider_where_nobody_is_signed_in() {
    // REV-10
    let mut world = World::signed_in_with(json!({ "revocationReach": "user" }));
    world.hold("answer to refresh");
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    world.log_out(0, json!({}));
    world.pass(1_000);
    world.release("answer to refresh");
    world.pass(1_000);
    assert!(world.provider.alive().is_empty());
}

#[test]
fn where_a_revocation_takes_the_consent_back_only_that_word_revokes() {
    // REV-17
    for (asked, outcome, seen) in [
        (json!({}), "skipped", 0),
        (json!({ "revoke": true }), "skipped", 0),
        (json!({ "revoke": false }), "skipped", 0),
        (json!({ "revoke": "grant" }), "revoked", 2),
    ] {
        let mut world = World::signed_in_with(json!({ "revocationReach": "grant" }));
        let id = world.log_out(0, asked.clone());
        world.pass(1_000);
        assert_eq!(
            world.report(0, id)["tokens"],
            json!({ "refreshToken": outcome, "accessToken": outcome }),
            "{asked}"
        );
        assert_eq!(world.provider.seen.len(), seen, "{asked}");
        // What lives on is noted.
        assert_eq!(world.ledger().is_empty(), seen > 0, "{asked}");
    }
    // Elsewhere the word asks for what is revoked anyway.
    let mut world = World::signed_in();
    let id = world.log_out(0, json!({ "revoke": "grant" }));
    world.pass(1_000);
    assert_eq!(world.report(0, id)["complete"], true);
    assert_eq!(world.provider.seen.len(), 2);
}

#[test]
fn where_a_revocation_takes_the_consent_back_nothing_late_or_replaced_is_revoked() {
    // REV-17
    let mut world = World::signed_in_with(json!({ "revocationReach": "grant" }));
    world.sign_in(0, "ada");
    world.run();
    world.hold("answer to refresh");
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    world.log_out(0, json!({}));
    world.pass(1_000);
    world.release("answer to refresh");
    world.pass(1_000);
    let revoked = |line: &String| line.starts_with("revoke");
    assert!(!world.provider.seen.iter().any(revoked));
    assert!(!world.ledger().is_empty());
}
