//! The provider's session that may outlive a sign-out: what is noted of it, what other tabs show, and
//! how the next sign-in asks.

use nightlatch::session::ledger::Kind;
use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::{Mood, fields};
use crate::world::{NETWORK, World};

/// What a sign-in sends along as `prompt`.
fn prompt(world: &mut World, tab: usize, options: Value) -> Option<String> {
    world.log_in(tab, options);
    world.run();
    let address = world.tabs[tab].navigated.take().expect("it has left");
    let asked = fields(address.split_once('?').unwrap().1);
    asked.get("prompt").cloned()
}

/// Signed in, at a provider that has no way to end its session.
fn without_endpoint(options: Value) -> World {
    let mut world = World::with(options);
    world.provider.metadata = json!({ "end_session_endpoint": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    world
}

fn leave(world: &mut World, tab: usize) {
    world.log_out(tab, json!({ "scope": "provider" }));
    world.pass(1_000);
}

/// The address at which the provider brings a tab back, in a page of its own.
fn brought_back(world: &mut World, tab: usize) -> String {
    let address = world.tabs[tab].navigated.take().expect("it has left");
    let state = fields(address.split_once('?').unwrap().1)["state"].clone();
    world.reload(tab);
    format!("https://app.example/bye?state={state}")
}

fn is_noted(world: &World) -> bool {
    let record = world.record();
    record
        .ledger
        .iter()
        .any(|note| matches!(note.kind, Kind::Leaving | Kind::Provider))
}

#[test]
fn whoever_signs_in_where_the_providers_session_could_not_be_ended_is_asked() {
    let mut world = without_endpoint(json!({}));
    leave(&mut world, 0);
    assert!(is_noted(&world));
    assert_eq!(prompt(&mut world, 0, json!({})).as_deref(), Some("login"));
    // In every tab, and after every reload.
    let other = world.open();
    assert_eq!(
        prompt(&mut world, other, json!({})).as_deref(),
        Some("login")
    );
}

#[test]
fn whoever_signs_in_after_a_provider_was_out_of_reach_is_asked() {
    let mut world = World::signed_in();
    world.provider.revocation = Mood::Unreachable(NETWORK);
    world.provider.discovery = Mood::Unreachable(NETWORK);
    let id = world.log_out(0, json!({ "scope": "provider" }));
    world.pass(1_000);
    assert_eq!(world.report(0, id)["provider"], "failed");
    assert_eq!(prompt(&mut world, 0, json!({})).as_deref(), Some("login"));
}

#[test]
fn whoever_signs_in_while_a_page_is_away_at_the_provider_is_asked() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    world.close(0, true);
    world.pass(100_000);
    assert_eq!(
        prompt(&mut world, other, json!({})).as_deref(),
        Some("login")
    );
}

#[test]
fn an_app_may_have_the_account_chosen_instead() {
    let mut world = without_endpoint(json!({ "promptAfterLogout": "select_account" }));
    leave(&mut world, 0);
    let asked = prompt(&mut world, 0, json!({}));
    assert_eq!(asked.as_deref(), Some("select_account"));
}

#[test]
fn an_app_that_asks_by_itself_is_left_to_it() {
    let mut world = without_endpoint(json!({}));
    leave(&mut world, 0);
    let asked = prompt(&mut world, 0, json!({ "prompt": "consent" }));
    assert_eq!(asked.as_deref(), Some("consent"));
}

#[test]
fn nobody_is_signed_in_silently_by_the_session_that_was_to_be_ended() {
    let mut world = without_endpoint(json!({}));
    leave(&mut world, 0);
    let id = world.log_in(0, json!({ "prompt": "none" }));
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    assert!(world.tabs[0].navigated.is_none());
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_sign_in_settles_it() {
    let mut world = without_endpoint(json!({}));
    leave(&mut world, 0);
    world.sign_in(0, "ada");
    assert!(!is_noted(&world));
    world.log_out(0, json!({}));
    world.pass(1_000);
    assert_eq!(prompt(&mut world, 0, json!({})), None);
}

#[test]
fn a_sign_out_of_the_app_alone_asks_nobody() {
    let mut world = World::signed_in();
    world.log_out(0, json!({}));
    world.pass(1_000);
    assert!(!is_noted(&world));
    assert_eq!(prompt(&mut world, 0, json!({})), None);
}

#[test]
fn the_way_back_settles_it_and_the_others_hear_of_it() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    assert_eq!(world.status(other), Status::SigningOut);
    let back = brought_back(&mut world, 0);
    assert_eq!(world.status(0), Status::SigningOut);
    let id = world.come_back(0, &back);
    assert_eq!(world.report(0, id)["provider"], "ended");
    assert_eq!(world.status(0), Status::SignedOut);
    world.run();
    assert!(!is_noted(&world));
    assert_eq!(world.status(other), Status::SignedOut);
    assert_eq!(prompt(&mut world, other, json!({})), None);
}

#[test]
fn a_way_back_proves_nothing_where_the_provider_had_to_ask_the_person() {
    let mut world = World::new();
    world.open();
    // Nobody is signed in here, so there is no ID token to prove who is meant.
    leave(&mut world, 0);
    let back = brought_back(&mut world, 0);
    let id = world.come_back(0, &back);
    world.run();
    let report = world.report(0, id);
    assert_eq!(
        (&report["provider"], &report["complete"]),
        (&json!("unknown"), &json!(false))
    );
    assert_eq!(world.status(0), Status::SignedOut);
    assert_eq!(prompt(&mut world, 0, json!({})).as_deref(), Some("login"));
}

#[test]
fn a_way_back_confirms_its_own_sign_out_and_no_later_one() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    // Meanwhile somebody signs in and out again elsewhere, and does not come back.
    world.sign_in(other, "grace");
    leave(&mut world, other);
    let back = brought_back(&mut world, 0);
    world.come_back(0, &back);
    world.run();
    assert!(is_noted(&world));
}

#[test]
fn other_tabs_show_that_a_sign_out_is_on_its_way_and_nobody_waits_for_a_tab_that_dies() {
    let mut world = World::signed_in();
    let other = world.open();
    world.log_out(0, json!({ "scope": "provider" }));
    world.run();
    assert_eq!(world.status(other), Status::SigningOut);
    // The app is told at once.
    let log = world.log(other);
    assert!(log.contains(&"event signedOut otherTab".to_owned()));
    world.close(0, true);
    let late = world.open();
    assert_eq!(world.status(late), Status::SigningOut);
    world.pass(10_000);
    for tab in [other, late] {
        assert_eq!(world.status(tab), Status::SignedOut);
    }
    // Looking again does not begin it anew, and neither does a page that is opened later.
    world.tell(other, Input::Signal(Signal::Look)).unwrap();
    let later = world.open();
    for tab in [other, later] {
        assert_eq!(world.status(tab), Status::SignedOut);
    }
}

#[test]
fn nobody_waits_for_a_tab_that_stays() {
    let mut unable = without_endpoint(json!({}));
    let mut alone = World::signed_in();
    alone.provider.revocation = Mood::Unreachable(NETWORK);
    alone.provider.discovery = Mood::Unreachable(NETWORK);
    for world in [&mut unable, &mut alone] {
        let other = world.open();
        world.log_out(0, json!({ "scope": "provider", "timeout": 2 }));
        world.run();
        world.pass(4_000);
        // It says so as soon as it knows, and the note stays.
        let late = world.open();
        for tab in [0, other, late] {
            assert_eq!(world.status(tab), Status::SignedOut);
        }
        assert!(is_noted(world));
    }
}

#[test]
fn a_tab_that_hears_that_a_session_is_being_ended_shows_it_no_more_whatever_it_asked() {
    // Found by the model: 2 tabs, 1/2/0/0, at the provider, in 24 steps.
    let mut world = without_endpoint(json!({}));
    let other = world.open();
    world.hold("commit Remain");
    leave(&mut world, 0);
    world.sign_in(other, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
    for name in ["commit End", "mark", "message"] {
        world.hold(name);
    }
    world.log_out(other, json!({}));
    world.release("commit Remain");
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_tab_that_shows_so_can_sign_in_and_then_shows_that() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    assert_eq!(world.status(other), Status::SigningOut);
    world.log_in(other, json!({}));
    assert_eq!(world.status(other), Status::SigningIn);
    world.run();
    let address = world.answer_as(other, "grace");
    world.reload(other);
    world.come_back(other, &address);
    world.run();
    assert_eq!(world.user(other).as_deref(), Some("grace"));
    assert_eq!(world.status(other), Status::SignedIn);
}

#[test]
fn a_later_sign_out_is_shown_for_a_time_of_its_own() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    world.pass(5_000);
    world.sign_in(0, "ada");
    leave(&mut world, 0);
    // The first has had its time.
    world.pass(6_000);
    assert_eq!(world.status(other), Status::SigningOut);
    world.pass(5_000);
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn the_tab_that_signs_out_knows_better_how_far_it_is() {
    let mut world = without_endpoint(json!({}));
    // Twice, as an impatient person does.
    let calls = [0, 1].map(|_| world.log_out(0, json!({ "scope": "provider" })));
    world.pass(1_000);
    for id in calls {
        assert_eq!(world.report(0, id)["provider"], "unsupported");
    }
    assert_eq!(world.status(0), Status::SignedOut);
    world.tell(0, Input::Signal(Signal::Look)).unwrap();
    world.run();
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_second_call_that_reaches_farther_than_the_first_is_noted_too() {
    let mut world = without_endpoint(json!({}));
    world.log_out(0, json!({}));
    world.log_out(0, json!({ "scope": "provider" }));
    world.pass(1_000);
    assert!(is_noted(&world));
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn tabs_without_a_record_note_it_for_themselves() {
    let mut world = World::with(json!({ "storage": "memory" }));
    world.has_record = false;
    world.provider.metadata = json!({ "end_session_endpoint": null });
    let tab = world.open();
    leave(&mut world, tab);
    assert_eq!(prompt(&mut world, tab, json!({})).as_deref(), Some("login"));
}

// LOUT-12
#[test]
fn no_address_signs_anybody_out() {
    let mut world = World::signed_in();
    for address in [
        "https://app.example/?logout=1",
        "https://app.example/logout?scope=everywhere&dryRun=false",
        "https://app.example/bye?state=nobody",
        "https://app.example/bye?state=",
        "https://app.example/bye?state=a&state=b",
        "https://app.example/bye?state=nobody&logout=true&id_token_hint=x",
        "https://app.example/callback?state=nobody",
        "https://app.example/callback?state=nobody&code=x",
        "https://app.example/callback?state=nobody&error=login_required",
        "https://app.example/bye?iss=https%3A%2F%2Fid.example&sid=1",
    ] {
        let (generation, session) = (world.record().generation, world.record().slot);
        world.come_back(0, address);
        world.pass(1_000);
        assert_eq!(world.user(0).as_deref(), Some("ada"), "{address}");
        let record = world.record();
        assert_eq!((record.generation, record.slot), (generation, session));
        assert_eq!(world.provider.seen, [""; 0], "{address}");
    }
}

// LOUT-12
#[test]
fn the_way_back_of_a_sign_out_does_not_end_the_session_of_now() {
    let mut world = World::signed_in();
    let other = world.open();
    leave(&mut world, 0);
    world.sign_in(other, "grace");
    let back = brought_back(&mut world, 0);
    world.come_back(0, &back);
    world.run();
    for tab in [0, other] {
        assert_eq!(world.user(tab).as_deref(), Some("grace"));
    }
}
