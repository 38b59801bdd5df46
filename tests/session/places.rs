//! Where a session is kept: as asked for, or in memory where the browser refuses.

use nightlatch::protocol::options::Place;
use nightlatch::session::{Input, Signal, Status};
use serde_json::json;

use crate::world::World;

fn place(world: &World, tab: usize) -> Place {
    world.tabs[tab].snapshot.as_ref().unwrap().place
}

#[test]
fn a_browser_that_refuses_indexed_db_or_cookies_gives_a_session_in_memory() {
    for (record, cookies) in [(false, true), (true, false), (false, false)] {
        let mut world = World::new();
        (world.has_record, world.has_cookies) = (record, cookies);
        let tab = world.open();
        assert_eq!(place(&world, tab), Place::Memory);
        world.sign_in(tab, "ada");
        assert_eq!(world.status(tab), Status::SignedIn);
        let forced = world.token(tab, json!({ "forceRefresh": true }));
        world.run();
        assert_eq!(world.outcome(tab, forced), "AT3");
        assert!(world.disk.sealed.is_none());
        let id = world.log_out(tab, json!({}));
        world.pass(1_000);
        assert_eq!(
            world.report(tab, id)["complete"],
            true,
            "{}",
            world.report(tab, id)
        );
        assert_eq!(world.status(tab), Status::SignedOut);
        assert!(world.provider.alive().is_empty());
        // A reload ends it.
        world.sign_in(tab, "ada");
        world.reload(tab);
        assert_eq!(world.status(tab), Status::SignedOut);
    }
}

#[test]
fn a_browser_that_comes_to_refuse_goes_on_in_memory_and_says_so() {
    let mut world = World::signed_in();
    world.tabs[0].blind = true;
    world.pass(100);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "AT2");
    assert_eq!(place(&world, 0), Place::Memory);
    world.reload(0);
    assert_eq!(world.status(0), Status::SignedOut);
    world.sign_in(0, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
    assert_eq!(place(&world, 0), Place::Memory);
}

#[test]
fn a_tab_that_cannot_see_the_record_is_signed_out_by_another_all_the_same() {
    // What it still sees is that the key share is gone.
    let mut world = World::signed_in();
    let other = world.open();
    world.tabs[other].blind = true;
    world.pass(100);
    world.token(other, json!({}));
    world.run();
    world.log_out(0, json!({}));
    world.pass(1_000);
    let id = world.token(other, json!({}));
    world.run();
    assert_eq!(world.outcome(other, id), "login_required");
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn a_sign_out_without_indexed_db_revokes_what_memory_holds() {
    let mut world = World::signed_in();
    world.has_record = false;
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    let report = world.report(0, id);
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "revoked", "accessToken": "revoked" })
    );
    assert_eq!(world.status(0), Status::SignedOut);
    // The record could not be changed, but its key is gone.
    world.has_record = true;
    let next = world.open();
    assert_eq!(world.status(next), Status::SignedOut);
}

#[test]
fn a_session_of_a_tab_is_its_own_and_survives_a_reload() {
    let mut world = World::signed_in_with(json!({ "storage": "tab" }));
    let other = world.open();
    assert_eq!(place(&world, 0), Place::Tab);
    assert_eq!(world.status(other), Status::SignedOut);
    world.sign_in(other, "grace");
    world.reload(0);
    assert_eq!(world.user(0).as_deref(), Some("ada"));
    assert_eq!(world.user(other).as_deref(), Some("grace"));
    let id = world.token(0, json!({ "forceRefresh": true }));
    world.run();
    assert!(world.outcome(0, id).starts_with("AT"));
    assert!(world.disk.sealed.is_none());
}

#[test]
fn a_tab_s_own_session_can_end_alone() {
    let mut world = World::signed_in_with(json!({ "storage": "tab" }));
    let other = world.open();
    world.sign_in(other, "grace");
    world.provider.seen.clear();
    let id = world.log_out(0, json!({ "scope": "tab" }));
    world.pass(1_000);
    assert_eq!(
        world.report(0, id)["tokens"],
        json!({ "refreshToken": "revoked", "accessToken": "revoked" })
    );
    assert_eq!(world.provider.seen, ["revoke RT1.0", "revoke AT2"]);
    assert_eq!(world.status(0), Status::SignedOut);
    assert_eq!(world.status(other), Status::SignedIn);
    world.reload(0);
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_sign_out_of_the_app_ends_every_tabs_own_session() {
    // REV-11
    for storage in ["tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "storage": storage }));
        let other = world.open();
        world.sign_in(other, "grace");
        assert_eq!(world.status(0), Status::SignedIn);
        world.log_out(0, json!({}));
        world.pass(1_000);
        for tab in [0, other] {
            assert_eq!(world.status(tab), Status::SignedOut, "{storage}");
            let id = world.token(tab, json!({}));
            world.run();
            assert_eq!(world.outcome(tab, id), "login_required", "{storage}");
        }
        world.reload(other);
        assert_eq!(world.status(other), Status::SignedOut, "{storage}");
    }
}

#[test]
fn a_sign_out_of_the_app_leaves_no_tokens_of_other_tabs_alive() {
    // REV-11
    for storage in ["tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "storage": storage }));
        let other = world.open();
        world.sign_in(other, "grace");
        world.log_out(0, json!({}));
        world.pass(1_000);
        assert_eq!(world.provider.alive(), Vec::<&str>::new(), "{storage}");
        assert_eq!(
            place(&world, other),
            if storage == "tab" {
                Place::Tab
            } else {
                Place::Memory
            }
        );
    }
}

#[test]
fn a_tab_s_own_session_that_nobody_can_open_any_more_stands_in_the_ledger() {
    let mut world = World::signed_in_with(json!({ "storage": "tab" }));
    let other = world.open();
    world.sign_in(other, "grace");
    world.tabs[other].frozen = true;
    world.log_out(0, json!({}));
    world.pass(1_000);
    // The browser had thrown the page away: memory is gone, session storage is not.
    world.tabs[other].frozen = false;
    world.reload(other);
    world.pass(1_000);
    assert_eq!(world.status(other), Status::SignedOut);
    assert!(world.provider.alive().is_empty() || !world.ledger().is_empty());
}

#[test]
fn a_frozen_tab_of_its_own_is_signed_out_when_it_wakes_up() {
    for storage in ["tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "storage": storage }));
        let other = world.open();
        world.tabs[0].frozen = true;
        world.log_out(other, json!({}));
        world.pass(1_000);
        world.tabs[0].frozen = false;
        let id = world.token(0, json!({}));
        world.run();
        assert_eq!(world.outcome(0, id), "login_required", "{storage}");
        world.tell(0, Input::Signal(Signal::Restored)).unwrap();
        world.run();
        assert_eq!(world.status(0), Status::SignedOut, "{storage}");
    }
}

#[test]
fn a_session_in_memory_leaves_nothing_at_rest() {
    let world = World::signed_in_with(json!({ "storage": "memory" }));
    assert_eq!(place(&world, 0), Place::Memory);
    assert!(world.disk.sealed.is_none());
    assert!(world.tabs[0].storage.slots.is_empty());
    // Not even the share of a key for nothing.
    assert_eq!(world.cookie, None);
}

#[test]
fn transactions_that_are_refused_together_all_go_on_in_memory() {
    // LOUT-6: a sign-out is completed, whatever else was under way when the browser stopped to keep things.
    let mut world = World::signed_in();
    world.pass(100);
    world.tabs[0].blind = true;
    let token = world.token(0, json!({}));
    let id = world.log_out(0, json!({}));
    let login = world.log_in(0, json!({}));
    let refused = world
        .jobs
        .iter()
        .filter(|job| job.name.starts_with("commit"));
    assert_eq!(refused.count(), 3);
    for _ in 0..3 {
        world.step(0);
    }
    world.run();
    world.pass(1_000);
    assert_eq!(world.outcome(0, id), "signed out");
    assert_eq!(world.outcome(0, token), "login_required");
    assert!(!world.is_settled(0, login), "it leaves for the provider");
    assert!(world.tabs[0].navigated.is_some());
}
