//! Time: how long a token is good for, whatever becomes of the clock.

use nightlatch::session::Status;
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, START, World};

const DAY: i64 = 86_400_000;

fn force() -> Value {
    json!({ "forceRefresh": true })
}

/// What a call without options comes to.
fn asked(world: &mut World) -> String {
    world.pass(100);
    let id = world.token(0, json!({}));
    world.run();
    world.outcome(0, id)
}

#[test]
fn a_lifetime_counts_from_when_the_refresh_left_and_not_from_its_answer() {
    // TOK-8
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    world.pass(1_000);
    world.token(0, force());
    world.run();
    world.pass(9_000);
    world.release("answer to refresh");
    let shown = world.tabs[0].snapshot.clone().unwrap();
    assert_eq!(shown.expires_at, Some(START + 1_000 + 300_000));
}

#[test]
fn a_lifetime_in_a_refresh_is_a_number_of_seconds_or_unknown_and_costs_nobody_the_session() {
    // TOK-7
    for (said, lifetime) in [
        (json!(300), Some(300)),
        (json!("300"), Some(300)),
        (json!(0), Some(0)),
        (Value::Null, None),
    ] {
        let mut world = World::signed_in();
        world.provider.grant = json!({ "expires_in": said });
        let id = world.token(0, force());
        world.run();
        assert_eq!(world.outcome(0, id), "AT3", "{said}");
        let shown = world.tabs[0].snapshot.clone().unwrap();
        let ends = lifetime.map(|seconds: u64| START + 1_000 * seconds);
        assert_eq!(shown.expires_at, ends, "{said}");
        // What has no end is good until somebody says otherwise; what has none left is never handed out twice.
        world.pass(100 * 365 * 86_400_000);
        let next = asked(&mut world);
        assert_eq!(
            next,
            if lifetime.is_none() { "AT3" } else { "AT4" },
            "{said}"
        );
    }
    for said in [
        json!(-1),
        json!(1e12),
        json!("abc"),
        json!("NaN"),
        json!(true),
    ] {
        let mut world = World::signed_in();
        world.provider.grant = json!({ "expires_in": said });
        let id = world.token(0, force());
        world.run();
        assert_eq!(world.outcome(0, id), "invalid_response", "{said}");
        assert_eq!(world.status(0), Status::SignedIn);
        // The token from before is good, and still handed out.
        assert_eq!(asked(&mut world), "AT2");
    }
}

#[test]
fn nothing_is_refreshed_that_nobody_asks_for() {
    // TOK-8
    let mut world = World::signed_in();
    world.open();
    world.forget_logs();
    world.pass(30 * 86_400_000);
    assert!(world.provider.seen.is_empty());
    assert!(
        world.jobs.is_empty(),
        "no timer waits for the end of a token"
    );
    assert!(world.log(0).is_empty());
    // And the first who asks gets a new one.
    assert_eq!(asked(&mut world), "AT3");
}

#[test]
fn a_clock_that_is_a_day_ahead_costs_one_refresh_and_nobody_the_session() {
    // TOK-8, A21
    let mut world = World::signed_in();
    for (ahead, token) in [
        (0, "AT2"),
        (DAY, "AT3"),
        (DAY, "AT3"),
        (0, "AT4"),
        (0, "AT4"),
        (-DAY, "AT5"),
        (-DAY, "AT5"),
        (365 * DAY, "AT6"),
        (0, "AT7"),
    ] {
        world.ahead = ahead;
        assert_eq!(asked(&mut world), token, "{ahead}");
        assert_eq!(world.status(0), Status::SignedIn);
    }
    assert!(world.ledger().is_empty());
}

#[test]
fn a_clock_that_is_set_back_does_not_make_a_dead_token_look_alive_for_long() {
    // TOK-8, A21
    for age in [0, 1_000, 200_000, 299_000, 301_000, 100_000_000] {
        for back in [1_000, 29_000, 31_000, 150_000, 86_400_000, 400 * 86_400_000] {
            let mut world = World::signed_in();
            world.pass(age);
            world.ahead = -back;
            // At twice its lifetime no token is handed out, whatever the clock says.
            let left = 600_000_u64.saturating_sub(age);
            world.pass(left);
            assert_ne!(asked(&mut world), "AT2", "{age} {back}");
            assert_eq!(world.status(0), Status::SignedIn);
        }
    }
    // A correction is no reason for anything.
    let mut world = World::signed_in();
    world.ahead = -29_000;
    assert_eq!(asked(&mut world), "AT2");
    world.ahead = -31_000;
    assert_eq!(asked(&mut world), "AT3");
}

#[test]
fn where_a_set_clock_hides_that_a_token_has_ended_a_forced_refresh_brings_a_new_one() {
    // TOK-8
    let mut world = World::signed_in();
    world.pass(250_000);
    world.ahead = -200_000;
    world.pass(60_000);
    // It has ended at the provider, and nothing here tells.
    assert_eq!(asked(&mut world), "AT2");
    // The app's server says 401, and `fetch` does this.
    let id = world.token(0, force());
    world.run();
    assert_eq!(world.outcome(0, id), "AT3");
}

#[test]
fn a_clock_that_is_set_back_ends_no_session_that_cannot_be_refreshed() {
    // TOK-8
    let mut world = World::new();
    world.provider.grant = json!({ "refresh_token": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    world.ahead = -DAY;
    assert_eq!(asked(&mut world), "AT2");
    assert_eq!(world.status(tab), Status::SignedIn);
}

#[test]
fn a_machine_that_sleeps_in_the_middle_of_a_refresh_asks_again_when_it_wakes() {
    // TOK-8, TOK-13
    for arrived in [false, true] {
        let mut world = World::signed_in();
        world.provider.grace = true;
        let other = world.open();
        world.provider.token = if arrived {
            Mood::Loses(NETWORK)
        } else {
            Mood::Unreachable(NETWORK)
        };
        world.hold("answer to refresh");
        let id = world.token(0, force());
        world.run();
        let waiting = world.token(other, force());
        world.run();
        // Nothing runs while the lid is closed.
        world.now += 8 * 3_600_000;
        world.provider.token = Mood::Well;
        world.release("answer to refresh");
        world.pass(3_000);
        for (tab, id) in [(0, id), (other, waiting)] {
            assert!(world.outcome(tab, id).starts_with("AT"), "{arrived}");
            assert_eq!(world.status(tab), Status::SignedIn);
        }
        assert_eq!(world.provider.alive().len(), 1);
        assert!(world.provider.presented["RT1.0"] <= 3);
    }
}
