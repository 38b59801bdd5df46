//! Handing out a token: one refresh, whoever asks and whatever becomes of it.

use nightlatch::protocol::Failure;
use nightlatch::protocol::message::NO_KEYS;
use nightlatch::session::Status;
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, World};

fn force() -> Value {
    json!({ "forceRefresh": true })
}

#[test]
fn a_token_that_is_good_is_handed_out_after_one_look() {
    let mut world = World::signed_in();
    world.pass(1_000);
    let id = world.token(0, json!({}));
    assert!(!world.is_settled(0, id));
    world.run();
    assert_eq!(world.outcome(0, id), "AT2");
    assert_eq!(world.log(0), ["commit Look", "settle AT2"]);
    // A look may be reused for 50 ms, and no longer.
    world.pass(50);
    let soon = world.token(0, json!({}));
    assert_eq!(world.outcome(0, soon), "AT2");
    assert_eq!(world.log(0), ["settle AT2"]);
    world.pass(1);
    world.token(0, json!({}));
    world.run();
    assert_eq!(world.log(0), ["commit Look", "settle AT2"]);
    assert!(world.provider.seen.is_empty());
}

#[test]
fn nobody_signed_in_gets_no_token() {
    let mut world = World::new();
    let tab = world.open();
    let id = world.token(tab, json!({}));
    world.run();
    assert_eq!(world.outcome(tab, id), "login_required");
}

#[test]
fn options_of_a_token_that_cannot_be_right_are_refused() {
    let mut world = World::signed_in();
    for options in [
        json!({ "minValidity": "30" }),
        json!({ "minValidity": -1 }),
        json!({ "forceRefresh": "yes" }),
    ] {
        let id = world.token(0, options);
        assert_eq!(world.outcome(0, id), "invalid_options");
    }
}

#[test]
fn a_refresh_reserves_sends_and_puts_the_new_token_in_place_before_anyone_hears_of_it() {
    // TOK-11
    let mut world = World::signed_in();
    let id = world.token(0, force());
    world.run();
    assert_eq!(
        world.log(0),
        [
            "commit Look",
            "commit Reserve",
            "refresh RT1.0",
            "commit Renew",
            "show signed-in",
            "event tokenRefreshed",
            "post look",
            "mark",
            "settle AT3",
        ]
    );
    assert_eq!(world.outcome(0, id), "AT3");
    let session = world.session().unwrap();
    assert_eq!(session.refresh_token.unwrap().reveal(), "RT1.1");
    assert_eq!(world.provider.alive(), ["RT1.1"]);
    assert!(world.ledger().is_empty());
    assert_eq!(world.record().slot.sent, 0);
}

#[test]
fn a_refresh_token_that_is_not_replaced_is_kept() {
    // TOK-11
    let mut world = World::signed_in();
    world.provider.grant = json!({ "refresh_token": null, "id_token": null, "scope": null });
    let id = world.token(0, force());
    world.run();
    assert_eq!(world.outcome(0, id), "AT3");
    let session = world.session().unwrap();
    assert_eq!(session.refresh_token.unwrap().reveal(), "RT1.0");
    assert_eq!(session.scope, "openid");
    assert_eq!(session.claims.subject(), "ada");
}

#[test]
fn a_token_is_refreshed_when_less_is_left_than_asked_for() {
    for (left, refreshes) in [(31_000, false), (30_000, true), (1, true), (0, true)] {
        let mut world = World::signed_in();
        world.pass(300_000 - left);
        let id = world.token(0, json!({}));
        world.run();
        assert_eq!(
            world.outcome(0, id),
            if refreshes { "AT3" } else { "AT2" },
            "{left}"
        );
    }
    let mut world = World::signed_in();
    let id = world.token(0, json!({ "minValidity": 300 }));
    world.run();
    assert_eq!(world.outcome(0, id), "AT3");
}

#[test]
fn many_calls_in_one_tab_make_one_refresh() {
    // TOK-12
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    let calls: Vec<_> = (0..20).map(|_| world.token(0, force())).collect();
    world.pass(500);
    world.release("answer to refresh");
    world.pass(300);
    for id in calls {
        assert_eq!(world.outcome(0, id), "AT3");
    }
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
}

#[test]
fn many_tabs_make_one_refresh_and_the_others_take_its_result() {
    // TOK-12, TOK-16
    let mut world = World::signed_in();
    let tabs: Vec<_> = (0..4).map(|_| world.open()).collect();
    world.pass(299_000);
    world.hold("answer to refresh");
    let calls: Vec<_> = tabs
        .iter()
        .chain([&0])
        .map(|tab| (*tab, world.token(*tab, json!({}))))
        .collect();
    world.pass(1_000);
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
    world.release("answer to refresh");
    world.pass(300);
    for (tab, id) in calls {
        assert_eq!(world.outcome(tab, id), "AT3");
    }
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
}

#[test]
fn a_waiting_tab_takes_the_result_without_message_and_mark() {
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("message");
    world.hold("mark");
    world.hold("answer to refresh");
    world.token(0, force());
    world.run();
    let id = world.token(other, force());
    world.pass(1_000);
    world.release("answer to refresh");
    world.pass(250);
    assert_eq!(world.outcome(other, id), "AT3");
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
}

#[test]
fn a_refresh_token_that_is_refused_ends_the_session_everywhere() {
    // TOK-9
    for word in ["invalid_grant", "invalid_client", "unauthorized_client"] {
        let mut world = World::signed_in();
        let other = world.open();
        world.forget_logs();
        world.provider.token = Mood::Says(400, json!({ "error": word }));
        let id = world.token(0, force());
        world.run();
        assert_eq!(world.outcome(0, id), "login_required");
        assert_eq!(
            world.log(0),
            [
                "commit Look",
                "commit Reserve",
                "refresh RT1.0",
                "commit Invalidate",
                "abort",
                "wipe own less keys 2000",
                "show signed-out",
                "event signedOut revoked",
                "revoke RT1.0",
                "revoke AT2",
                "post look",
                "mark",
                "settle login_required",
            ]
        );
        for tab in [0, other] {
            assert_eq!(world.status(tab), Status::SignedOut);
        }
        assert!(
            world
                .log(other)
                .contains(&"event signedOut otherTab".to_owned())
        );
        assert_eq!(world.session(), None);
        assert!(world.ledger().is_empty());
    }
}

#[test]
fn a_server_that_is_unwell_signs_nobody_out() {
    // TOK-9
    for mood in [
        Mood::Says(503, Value::Null),
        Mood::Says(500, json!({ "error": "server_error" })),
        Mood::Says(429, json!({})),
        Mood::Says(408, Value::Null),
        Mood::Says(400, json!({ "error": "temporarily_unavailable" })),
        Mood::Says(200, json!("<html>")),
        Mood::Unreachable(Failure::Offline),
    ] {
        let mut world = World::signed_in();
        world.provider.token = mood.clone();
        let id = world.token(0, force());
        world.run();
        let code = match mood {
            Mood::Unreachable(_) => "network_error",
            Mood::Says(200, _) => "invalid_response",
            _ => "token_refused",
        };
        assert_eq!(world.outcome(0, id), code, "{mood:?}");
        assert_eq!(world.status(0), Status::SignedIn);
        assert_eq!(
            world.session().unwrap().refresh_token.unwrap().reveal(),
            "RT1.0"
        );
        assert!(
            world
                .log(0)
                .contains(&format!("event refreshFailed {code}"))
        );
        assert!(world.provider.presented.values().all(|times| *times == 1));
        // And when it is well again, so are we.
        world.provider.token = Mood::Well;
        world.pass(1_500);
        let id = world.token(0, force());
        world.run();
        assert_eq!(world.outcome(0, id), "AT3");
        assert!(world.ledger().is_empty());
    }
}

#[test]
fn a_token_that_is_still_good_is_handed_out_when_its_refresh_fails() {
    let mut world = World::signed_in();
    world.pass(290_000);
    world.provider.token = Mood::Says(503, Value::Null);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "AT2");
    assert!(
        world
            .log(0)
            .contains(&"event refreshFailed token_refused".to_owned())
    );
}

#[test]
fn a_lost_answer_is_asked_for_once_more_and_then_the_refresh_has_failed() {
    // TOK-13
    for (failure, code) in [(NETWORK, "network_error"), (Failure::Timeout, "timeout")] {
        let mut world = World::signed_in();
        world.provider.token = Mood::Unreachable(failure);
        let id = world.token(0, force());
        world.run();
        // Not at once: a page that is leaving would lose that answer too.
        assert!(!world.is_settled(0, id));
        world.pass(500);
        assert_eq!(world.outcome(0, id), code);
        let mut log = world.log(0);
        // It may look as often as it likes.
        log.retain(|line| line != "commit Look");
        assert_eq!(
            log,
            [
                "commit Reserve",
                "refresh RT1.0",
                "wait 500",
                "commit Reserve",
                "refresh RT1.0",
                &format!("event refreshFailed {code}"),
                &format!("settle {code}"),
            ]
        );
        assert_eq!(world.status(0), Status::SignedIn);
        // Each attempt is noted, and the last has the right.
        let record = world.record();
        assert_eq!(
            Some(record.slot.sent),
            record.ledger.last().map(|note| note.id)
        );
        assert_eq!(world.ledger(), ["Refresh", "Refresh"]);
    }
}

#[test]
fn a_second_attempt_that_arrives_is_a_refresh_like_any_other() {
    // TOK-13
    let mut world = World::signed_in();
    world.hold("refresh");
    let id = world.token(0, force());
    world.run();
    world.provider.token = Mood::Unreachable(NETWORK);
    let at = world
        .jobs
        .iter()
        .position(|job| job.name == "refresh RT1.0")
        .unwrap();
    world.step(at);
    world.provider.token = Mood::Well;
    world.release("refresh");
    world.pass(500);
    assert_eq!(world.outcome(0, id), "AT3");
    assert_eq!(world.provider.alive(), ["RT1.1"]);
}

#[test]
fn another_tab_waits_for_an_attempt_that_may_have_been_lost_and_then_passes_it_by() {
    // TOK-13: an orphaned attempt stalls nobody
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("refresh");
    world.token(0, force());
    world.run();
    world.close(0, false);
    let id = world.token(other, force());
    world.pass(11_900);
    assert!(!world.is_settled(other, id));
    assert!(world.provider.presented.is_empty());
    world.held_no_more();
    world.pass(1_000);
    assert_eq!(world.outcome(other, id), "AT3");
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
    // What the dead tab may have got stays noted.
    assert_eq!(world.ledger(), ["Refresh"]);
}

#[test]
fn a_frozen_tab_stalls_nobody_and_what_it_gets_later_is_not_used() {
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("refresh");
    let frozen = world.token(0, force());
    world.run();
    world.tabs[0].frozen = true;
    world.held_no_more();
    let id = world.token(other, force());
    world.pass(13_000);
    assert_eq!(world.outcome(other, id), "AT3");
    world.tabs[0].frozen = false;
    world.pass(1_000);
    // Strict rotation: the token that the frozen tab now sends is an old one, and ends the family. The
    // tab has sent it by permission; what comes of it is the provider's word, and it is believed.
    assert!(world.is_settled(0, frozen));
    assert_eq!(world.provider.presented["RT1.0"], 2);
}

#[test]
fn a_token_without_a_refresh_token_ends_with_its_lifetime() {
    // AUTHZ-11: that none comes is nothing unusual.
    let mut world = World::new();
    world.provider.grant = json!({ "refresh_token": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    // It cannot be refreshed, so it is used to its end.
    world.pass(299_000);
    let id = world.token(tab, json!({}));
    world.run();
    assert_eq!(world.outcome(tab, id), "AT2");
    let forced = world.token(tab, force());
    world.run();
    assert_eq!(world.outcome(tab, forced), "AT2");
    world.pass(1_000);
    world.forget_logs();
    let id = world.token(tab, json!({}));
    world.run();
    assert_eq!(world.outcome(tab, id), "login_required");
    assert_eq!(world.status(tab), Status::SignedOut);
    assert!(
        world
            .log(tab)
            .contains(&"event signedOut expired".to_owned())
    );
}

#[test]
fn a_refreshed_id_token_of_another_user_ends_the_session_and_its_tokens() {
    // IDT-10
    let mut world = World::signed_in();
    world.provider.claims = json!({ "sub": "grace" });
    let id = world.token(0, force());
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    assert_eq!(world.status(0), Status::SignedOut);
    assert_eq!(world.session(), None);
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_refreshed_id_token_that_is_forged_ends_the_session_and_its_tokens() {
    // IDT-3
    let mut world = World::signed_in();
    world.provider.flaw = Some("the ID token's signature is wrong");
    let id = world.token(0, force());
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    assert_eq!(world.session(), None);
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_refreshed_id_token_for_which_no_keys_can_be_had_is_none_and_the_session_goes_on() {
    // IDT-3: the tokens came by TLS from the endpoint that the refresh token was sent to (Core §3.1.3.7)
    let mut world = World::signed_in();
    let before = world.session().map(|session| session.id_token.clone());
    world.provider.flaw = Some(NO_KEYS);
    world.provider.claims = json!({ "name": "Mallory" });
    world.token(0, force());
    world.run();
    let after = world.session();
    assert_eq!(world.provider.alive(), ["RT1.1"]);
    assert_eq!(
        after.as_ref().map(|session| session.id_token.clone()),
        before
    );
    let claims = after.map(|session| session.claims.clone());
    assert!(claims.is_some_and(|claims| claims.json().member("name").is_null()));
}

#[test]
fn what_was_asked_for_one_user_is_not_answered_with_anothers_token() {
    // IDT-12
    let mut world = World::signed_in();
    let other = world.open();
    world.log_in(other, json!({}));
    world.run();
    let address = world.answer_as(other, "grace");
    world.reload(other);
    // The reload of the other tab has not changed this one.
    world.hold("answer to refresh");
    let first = world.token(0, force());
    world.run();
    let waiting = world.token(0, force());
    world.run();
    world.forget_logs();
    world.come_back(other, &address);
    world.run();
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    let log = world.log(0);
    let at = |word: &str| {
        log.iter()
            .position(|line| line == word)
            .unwrap_or_else(|| panic!("{word} in {log:?}"))
    };
    assert!(at("event signedOut userChanged") < at("event signedIn"));
    assert!(at("abort") < at("event signedOut userChanged"));
    assert_eq!(world.outcome(0, waiting), "login_required");
    world.release("answer to refresh");
    assert_eq!(world.outcome(0, first), "login_required");
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    assert_eq!(world.provider.alive(), ["RT2.0"]);
}

#[test]
fn a_refresh_that_fails_after_a_sign_out_hands_out_nothing() {
    // The token is still good for some seconds, and the sign-out was not heard of.
    for mood in [
        Mood::Says(503, Value::Null),
        Mood::Unreachable(Failure::Offline),
        Mood::Unreachable(NETWORK),
    ] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold("message");
        world.hold("mark");
        world.pass(290_000);
        world.provider.token = mood.clone();
        world.hold("answer to refresh");
        let id = world.token(other, json!({}));
        world.run();
        if mood == Mood::Unreachable(NETWORK) {
            // The first attempt is lost before the sign-out, the second after it.
            let at = world
                .jobs
                .iter()
                .position(|job| job.name == "answer to refresh RT1.0")
                .unwrap();
            world.step(at);
            world.run();
        }
        world.log_out(0, json!({}));
        world.pass(1_000);
        world.release("answer to refresh");
        world.pass(1_000);
        assert_eq!(world.outcome(other, id), "login_required", "{mood:?}");
        assert_eq!(world.status(other), Status::SignedOut, "{mood:?}");
    }
}

#[test]
fn a_second_attempt_is_made_with_the_token_of_the_first_or_not_at_all() {
    // TOK-12: while the first was on its way a new session was put in place, and another tab is
    // already refreshing that one.
    let mut world = World::signed_in();
    let other = world.open();
    world.hold("answer to refresh RT1");
    world.hold("answer to refresh RT2");
    world.provider.token = Mood::Loses(NETWORK);
    let first = world.token(0, force());
    world.run();
    world.provider.token = Mood::Well;
    world.sign_in(other, "ada");
    let second = world.token(other, force());
    world.run();
    world.release("answer to refresh RT1");
    world.pass(500);
    assert_eq!(world.provider.presented["RT2.0"], 1);
    world.release("answer to refresh RT2");
    world.pass(1_000);
    assert_eq!(world.outcome(other, second), "AT6");
    // The token of the new session is good, and newer than what was to be left behind.
    assert_eq!(world.outcome(0, first), "AT5");
    // What the lost answer brought is alive at the provider, and stands in the ledger.
    assert_eq!(world.provider.alive(), ["RT1.1", "RT2.1"]);
    assert_eq!(world.ledger(), ["Refresh"]);
}

#[test]
fn a_right_that_is_heard_of_too_late_is_given_back_unused() {
    for frozen_ms in [1_999, 2_000, 60_000] {
        let mut world = World::signed_in();
        let other = world.open();
        world.hold("opened Reserve");
        let late = world.token(0, json!({ "forceRefresh": true }));
        world.run();
        world.tabs[0].frozen = true;
        world.held_no_more();
        let first = world.token(other, json!({ "forceRefresh": true }));
        world.pass(frozen_ms);
        world.tabs[0].frozen = false;
        world.pass(30_000);
        assert_eq!(world.outcome(0, late).split_at(2).0, "AT", "{frozen_ms}");
        assert_eq!(
            world.outcome(other, first).split_at(2).0,
            "AT",
            "{frozen_ms}"
        );
        assert!(world.provider.presented.values().all(|times| *times == 1));
        assert_eq!(world.ledger(), [""; 0], "{frozen_ms}");
    }
}

#[test]
fn a_right_that_is_given_back_late_frees_no_other_attempt() {
    // TOK-12: the first attempt is frozen, the second refused, the third on its way.
    let mut world = World::signed_in();
    let (second, third) = (world.open(), world.open());
    world.hold("opened Reserve");
    let late = world.token(0, force());
    world.run();
    world.tabs[0].frozen = true;
    world.held_no_more();
    world.provider.token = Mood::Says(503, Value::Null);
    world.token(second, force());
    world.pass(13_000);
    world.provider.token = Mood::Well;
    world.hold("refresh");
    let id = world.token(third, force());
    world.run();
    world.tabs[0].frozen = false;
    world.run();
    let sent = |world: &World| {
        let refreshes = world.jobs.iter().filter(|job| job.name == "refresh RT1.0");
        refreshes.count()
    };
    assert_eq!(sent(&world), 1);
    world.release("refresh");
    world.pass(1_000);
    assert_eq!(world.outcome(third, id), world.outcome(0, late));
    assert_eq!(world.provider.alive(), ["RT1.1"]);
    assert!(world.ledger().is_empty());
}
