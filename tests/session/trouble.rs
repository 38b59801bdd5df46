//! Trouble: what passes, what does not, and how long a provider is left alone.

use nightlatch::protocol::Failure;
use nightlatch::protocol::options::Place;
use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, World};

fn force() -> Value {
    json!({ "forceRefresh": true })
}

fn unwell() -> Mood {
    Mood::Says(503, Value::Null)
}

/// What a call comes to, at once.
fn asked(world: &mut World, tab: usize, options: Value) -> String {
    let id = world.token(tab, options);
    world.run();
    world.outcome(tab, id)
}

/// When refreshes arrive, in milliseconds after now, while the app asks ten times a second.
fn arrivals(world: &mut World, ms: u64) -> Vec<u64> {
    let (start, mut at) = (world.now, Vec::new());
    while world.now < start + ms {
        world.token(0, force());
        world.run();
        for _ in world.provider.seen.drain(..) {
            at.push(world.now - start);
        }
        world.forget_logs();
        world.pass(100);
    }
    at
}

#[test]
fn what_a_provider_says_ends_the_session_where_it_can_never_succeed_and_nowhere_else() {
    // TOK-9
    let mut table = Vec::new();
    for word in [
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
    ] {
        for status in [400, 401] {
            table.push((Mood::Says(status, json!({ "error": word })), true));
        }
    }
    for word in [
        "server_error",
        "temporarily_unavailable",
        "invalid_request",
        "invalid_scope",
        "slow_down",
    ] {
        table.push((Mood::Says(400, json!({ "error": word })), false));
    }
    for status in [400, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504] {
        // A page of some gateway; and an object that says nothing.
        table.push((Mood::Says(status, Value::Null), false));
        table.push((Mood::Says(status, json!({})), false));
    }
    for failure in [
        NETWORK,
        Failure::Offline,
        Failure::Timeout,
        Failure::TooLarge,
    ] {
        table.push((Mood::Unreachable(failure), false));
    }
    for (mood, terminal) in table {
        let mut world = World::signed_in();
        let other = world.open();
        world.provider.token = mood.clone();
        world.token(0, force());
        world.pass(600);
        let status = if terminal {
            Status::SignedOut
        } else {
            Status::SignedIn
        };
        for tab in [0, other] {
            assert_eq!(world.status(tab), status, "{mood:?}");
        }
        assert_eq!(world.session().is_none(), terminal, "{mood:?}");
        let log = world.log(0);
        let told = log
            .iter()
            .any(|line| line.starts_with("event refreshFailed"));
        assert_eq!(told, !terminal, "{mood:?}");
    }
}

#[test]
fn a_refusal_that_another_tab_has_caused_by_rotating_ends_nothing() {
    // TOK-16: the record is read again, in the transaction that would have ended the session.
    let mut world = World::signed_in();
    let other = world.open();
    world.provider.token = Mood::Says(400, json!({ "error": "invalid_grant" }));
    world.hold("commit Invalidate");
    let refused = world.token(0, force());
    world.run();
    world.provider.token = Mood::Well;
    let id = world.token(other, force());
    world.pass(13_000);
    assert_eq!(world.outcome(other, id), "AT3");
    world.release("commit Invalidate");
    assert_eq!(world.outcome(0, refused), "AT3");
    for tab in [0, other] {
        assert_eq!(world.status(tab), Status::SignedIn);
    }
    assert_eq!(world.provider.alive(), ["RT1.1"]);
}

#[test]
fn after_a_failure_callers_are_answered_at_once_and_the_provider_is_left_alone() {
    // TOK-9
    for (mood, code) in [
        (unwell(), "token_refused"),
        (Mood::Unreachable(Failure::Offline), "network_error"),
    ] {
        let mut world = World::signed_in();
        world.provider.token = mood;
        assert_eq!(asked(&mut world, 0, force()), code);
        let sent = world.provider.presented.clone();
        world.forget_logs();
        world.pass(900);
        for _ in 0..20 {
            assert_eq!(asked(&mut world, 0, force()), code);
        }
        assert_eq!(world.provider.presented, sent);
        // It was told once.
        let log = world.log(0);
        assert!(!log.iter().any(|line| line.starts_with("event")), "{log:?}");
        assert!(!log.contains(&"commit Reserve".to_owned()), "{log:?}");
        // The token that lives is as good as before.
        assert_eq!(asked(&mut world, 0, json!({})), "AT2");
        world.pass(280_000);
        world.token(0, json!({}));
        world.run();
        assert_eq!(asked(&mut world, 0, json!({})), "AT2");
    }
}

#[test]
fn those_who_wait_for_a_refresh_that_fails_do_not_try_one_after_the_other() {
    // TOK-9, TOK-12
    let mut world = World::signed_in();
    world.provider.token = unwell();
    world.hold("answer to refresh");
    let calls: Vec<_> = (0..20).map(|_| world.token(0, force())).collect();
    world.pass(300);
    world.release("answer to refresh");
    world.pass(300);
    for id in calls {
        assert_eq!(world.outcome(0, id), "token_refused");
    }
    assert_eq!(world.provider.seen, ["refresh RT1.0"]);
}

#[test]
fn a_provider_that_stays_down_is_asked_ever_less_often_until_it_is_once_in_a_minute() {
    // TOK-9
    let mut world = World::signed_in();
    world.provider.token = unwell();
    let at = arrivals(&mut world, 3_600_000);
    let gaps: Vec<_> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!((1_000..1_700).contains(&gaps[0]), "{gaps:?}");
    for pair in gaps.windows(2).take(4) {
        assert!(pair[1] > pair[0], "{gaps:?}");
    }
    assert!(gaps.iter().all(|gap| *gap <= 60_100), "{gaps:?}");
    let last = &gaps[8..];
    assert!(last.iter().all(|gap| *gap >= 40_000), "{gaps:?}");
    // By chance they differ, so that a provider that comes back is not met by all at once.
    assert!(last.iter().max() > last.iter().min(), "{gaps:?}");
}

#[test]
fn a_provider_that_says_when_to_come_back_is_left_alone_so_long_and_not_for_ever() {
    // TOK-9, RFC 9110 §10.2.3
    for (asked, least, most) in [
        (0, 1_000, 1_700),
        (30, 30_000, 45_100),
        (86_400, 300_000, 450_100),
    ] {
        let mut world = World::signed_in();
        world.provider.token = Mood::Says(429, Value::Null);
        world.provider.retry_after = asked;
        let at = arrivals(&mut world, 600_000);
        assert!((least..most).contains(&(at[1] - at[0])), "{asked}: {at:?}");
    }
}

#[test]
fn a_refresh_that_succeeds_here_or_elsewhere_ends_the_trouble() {
    // TOK-9
    for elsewhere in [false, true] {
        let mut world = World::signed_in();
        let other = world.open();
        world.provider.token = unwell();
        arrivals(&mut world, 120_000);
        world.provider.token = Mood::Well;
        if elsewhere {
            let id = world.token(other, force());
            world.run();
            assert!(world.outcome(other, id).starts_with("AT"));
        } else {
            arrivals(&mut world, 61_000);
        }
        world.provider.token = unwell();
        world.provider.seen.clear();
        let at = arrivals(&mut world, 10_000);
        assert!(at[1] - at[0] < 1_700, "{elsewhere}: {at:?}");
    }
}

#[test]
fn a_browser_that_is_online_again_or_a_page_that_is_seen_tries_at_once() {
    // TOK-9: the shell tells both as a look.
    let mut world = World::signed_in();
    world.provider.token = Mood::Unreachable(Failure::Offline);
    for _ in 0..8 {
        asked(&mut world, 0, force());
        world.pass(60_000);
    }
    world.provider.token = Mood::Well;
    asked(&mut world, 0, force());
    world.provider.token = Mood::Unreachable(Failure::Offline);
    asked(&mut world, 0, force());
    world.provider.token = Mood::Well;
    assert_eq!(asked(&mut world, 0, force()), "network_error");
    world.tell(0, Input::Signal(Signal::Look)).unwrap();
    world.run();
    assert_eq!(asked(&mut world, 0, force()), "AT4");
}

#[test]
fn trouble_keeps_nobody_from_signing_out_or_in() {
    let mut world = World::signed_in();
    world.provider.token = unwell();
    asked(&mut world, 0, force());
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.report(0, id)["complete"], true);
    assert_eq!(asked(&mut world, 0, force()), "login_required");
    world.provider.token = Mood::Well;
    let tab = world.open();
    world.sign_in(tab, "ada");
    world.run();
    assert!(asked(&mut world, 0, force()).starts_with("AT"));
}

#[test]
fn a_clock_that_is_set_makes_no_pause_longer() {
    // TOK-8, TOK-9
    for ahead in [-86_400_000, 86_400_000] {
        let mut world = World::signed_in();
        world.provider.token = unwell();
        arrivals(&mut world, 300_000);
        world.provider.token = Mood::Well;
        world.ahead = ahead;
        assert!(asked(&mut world, 0, force()).starts_with("AT"), "{ahead}");
    }
}

#[test]
fn a_refreshed_token_that_cannot_be_written_is_kept_in_memory_and_ends_with_the_logout() {
    // STO-6
    let mut world = World::signed_in();
    world.hold("commit Renew");
    let id = world.token(0, force());
    world.run();
    world.tabs[0].blind = true;
    world.release("commit Renew");
    assert_eq!(world.outcome(0, id), "AT3");
    assert_eq!(world.status(0), Status::SignedIn);
    let shown = world.tabs[0].snapshot.clone().unwrap();
    assert_eq!(shown.place, Place::Memory);
    // It goes on from there, with the token that it got.
    assert_eq!(asked(&mut world, 0, force()), "AT4");
    assert_eq!(world.provider.alive(), ["RT1.2"]);
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.status(0), Status::SignedOut);
    assert_eq!(
        world.report(0, id)["tokens"],
        json!({ "refreshToken": "revoked", "accessToken": "revoked" })
    );
    assert!(world.provider.alive().is_empty());
    // What still lies in the record cannot be opened by anybody.
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
    assert_eq!(asked(&mut world, next, json!({})), "login_required");
}

#[test]
fn a_record_that_is_gone_in_the_middle_of_a_refresh_ends_the_session_and_revokes_what_arrives() {
    // STO-7: whoever deleted it may have meant a sign-out.
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    let id = world.token(0, force());
    world.run();
    world.delete_record();
    world.release("answer to refresh");
    assert_eq!(world.outcome(0, id), "login_required");
    assert_eq!(world.status(0), Status::SignedOut);
    assert!(world.provider.alive().is_empty());
    world.sign_in(0, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
}
