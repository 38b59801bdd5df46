//! The provider's session: leaving for it, and coming back.

use nightlatch::session::{Input, Settled, Signal, Status};
use serde_json::{Value, json};

use crate::provider::{Mood, fields};
use crate::world::{NETWORK, World};

/// Signed out as far as the page, which is on its way to the provider.
fn left(world: &mut World, options: Value) -> u32 {
    let mut asked = json!({ "scope": "provider" });
    asked
        .as_object_mut()
        .unwrap()
        .extend(options.as_object().unwrap().clone());
    let id = world.log_out(0, asked);
    world.pass(1_000);
    id
}

fn way_back(world: &World) -> String {
    let address = world.tabs[0].navigated.clone().unwrap();
    let state = &fields(address.split_once('?').unwrap().1)["state"];
    format!("https://app.example/bye?state={state}")
}

#[test]
fn the_page_leaves_when_the_tokens_are_dealt_with() {
    let mut world = World::signed_in();
    let id = left(&mut world, json!({}));
    let log = world.log(0);
    assert_eq!(
        log[log.len() - 6..],
        [
            "event signedOut logout",
            "commit Confirm",
            "keep SignOut",
            "navigate https://id.example/logout",
            "settle signed out",
            "wait 10000",
        ]
    );
    let report = world.report(0, id);
    assert_eq!(
        (&report["scope"], &report["provider"], &report["complete"]),
        (&json!("provider"), &json!("redirecting"), &json!(false))
    );
    // Nobody is signed in while the page is on its way.
    assert_eq!(world.status(0), Status::SigningOut);
    let sent = fields(
        world.tabs[0]
            .navigated
            .as_ref()
            .unwrap()
            .split_once('?')
            .unwrap()
            .1,
    );
    assert_eq!(sent["client_id"], "spa");
    assert_eq!(sent["post_logout_redirect_uri"], "https://app.example/bye");
    assert_eq!(sent["id_token_hint"].split('.').count(), 3);
    assert_eq!(sent["state"].len(), 43);
    // What waits holds no secret.
    let kept = &world.tabs[0].storage.slots["sign-out"];
    for secret in ["AT2", "RT1", sent["id_token_hint"].as_str()] {
        assert!(!kept.contains(secret));
    }
}

#[test]
fn the_way_back_confirms_the_report() {
    let mut world = World::signed_in();
    left(&mut world, json!({ "redirectTo": "/goodbye?a#b" }));
    let back = way_back(&world);
    world.reload(0);
    world.pass(2_000);
    let id = world.come_back(0, &back);
    world.run();
    match &world.tabs[0].settled[&id] {
        Ok(Settled::Returned { return_to, .. }) => assert_eq!(return_to, "/goodbye?a#b"),
        other => panic!("{other:?}"),
    }
    let report = world.report(0, id);
    assert_eq!(
        (&report["provider"], &report["complete"]),
        (&json!("ended"), &json!(true))
    );
    assert_eq!(report["timings"]["provider"], json!(3_000.0));
    assert_eq!(report["durationMs"], json!(3_000.0));
    assert_eq!(
        world.tabs[0].cleaned.as_deref(),
        Some("https://app.example/bye")
    );
    assert!(!world.tabs[0].storage.slots.contains_key("sign-out"));
    // The same page asks again and gets the same; another page does not.
    let again = world.come_back(0, &back);
    assert_eq!(world.report(0, again), report);
    world.reload(0);
    let late = world.come_back(0, &back);
    assert_eq!(world.outcome(0, late), "no answer");
}

#[test]
fn a_way_back_with_another_state_confirms_nothing() {
    let mut world = World::signed_in();
    left(&mut world, json!({}));
    let back = way_back(&world);
    world.reload(0);
    for state in ["", "bad"] {
        let id = world.come_back(0, &format!("https://app.example/bye?state={state}"));
        assert_eq!(world.outcome(0, id), "no answer");
    }
    let id = world.come_back(0, &back);
    assert_eq!(world.outcome(0, id), "returned");
}

#[test]
fn what_was_not_confirmed_before_is_not_confirmed_by_the_way_back() {
    let mut world = World::signed_in();
    world.provider.revocation = Mood::Says(503, Value::Null);
    left(&mut world, json!({}));
    let back = way_back(&world);
    world.reload(0);
    let id = world.come_back(0, &back);
    let report = world.report(0, id);
    assert_eq!(
        (&report["provider"], &report["complete"]),
        (&json!("ended"), &json!(false))
    );
    assert_eq!(report["tokens"]["refreshToken"], "failed");
}

#[test]
fn a_provider_without_an_end_session_endpoint_is_said_to_be_so() {
    let mut world = World::new();
    world.provider.metadata = json!({ "end_session_endpoint": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    let id = left(&mut world, json!({}));
    assert_eq!(world.report(tab, id)["provider"], "unsupported");
    assert_eq!(world.report(tab, id)["complete"], false);
    assert_eq!(world.status(tab), Status::SignedOut);
    assert!(world.tabs[tab].navigated.is_none());
}

#[test]
fn nobody_signed_in_here_can_still_end_the_providers_session() {
    let mut world = World::new();
    world.open();
    let id = left(&mut world, json!({}));
    assert_eq!(world.report(0, id)["provider"], "redirecting");
    let sent = fields(
        world.tabs[0]
            .navigated
            .as_ref()
            .unwrap()
            .split_once('?')
            .unwrap()
            .1,
    );
    assert!(!sent.contains_key("id_token_hint"));
}

#[test]
fn the_page_does_not_leave_for_a_provider_that_is_gone() {
    for (first, second) in [
        (NETWORK, NETWORK),
        (nightlatch::protocol::Failure::Timeout, NETWORK),
    ] {
        let mut world = World::signed_in();
        world.provider.revocation = Mood::Unreachable(first);
        world.provider.discovery = Mood::Unreachable(second);
        let id = left(&mut world, json!({}));
        assert_eq!(world.report(0, id)["provider"], "failed");
        assert!(world.tabs[0].navigated.is_none());
        assert_eq!(world.status(0), Status::SignedOut);
    }
}

#[test]
fn a_provider_whose_revocation_alone_is_silent_is_left_for() {
    let mut world = World::signed_in();
    world.provider.revocation = Mood::Unreachable(NETWORK);
    let id = left(&mut world, json!({}));
    assert_eq!(world.report(0, id)["provider"], "redirecting");
    let sent = fields(
        world.tabs[0]
            .navigated
            .as_ref()
            .unwrap()
            .split_once('?')
            .unwrap()
            .1,
    );
    assert!(sent.contains_key("id_token_hint"));
}

#[test]
fn a_page_that_stays_is_signed_out_in_the_end() {
    let mut world = World::signed_in();
    left(&mut world, json!({}));
    assert_eq!(world.status(0), Status::SigningOut);
    world.pass(10_000);
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_page_that_is_restored_is_not_on_its_way_any_more() {
    let mut world = World::signed_in();
    left(&mut world, json!({}));
    world.tell(0, Input::Signal(Signal::Restored)).unwrap();
    world.run();
    assert_eq!(world.status(0), Status::SignedOut);
    let mut world = World::new();
    let tab = world.open();
    world.log_in(tab, json!({}));
    world.run();
    assert_eq!(world.status(tab), Status::SigningIn);
    world.tell(tab, Input::Signal(Signal::Restored)).unwrap();
    world.run();
    assert_eq!(world.status(tab), Status::SignedOut);
}

#[test]
fn a_sign_out_while_another_has_left_is_a_new_one() {
    let mut world = World::signed_in();
    let first = left(&mut world, json!({}));
    let second = world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(world.report(0, first)["provider"], "redirecting");
    assert_eq!(world.report(0, second)["provider"], "skipped");
}
