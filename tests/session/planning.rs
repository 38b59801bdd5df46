//! What a sign-out would reach, asked before it is called: nothing changes by asking.

use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::{Mood, plain};
use crate::world::{NETWORK, World};

fn plan(world: &mut World, tab: usize, options: Value) -> Value {
    let mut asked = json!({ "dryRun": true });
    asked
        .as_object_mut()
        .unwrap()
        .extend(options.as_object().unwrap().clone());
    let id = world.log_out(tab, asked);
    world.run();
    world.report(tab, id)
}

#[test]
fn a_dry_run_changes_nothing_and_sends_nothing() {
    for scope in ["tab", "app", "provider"] {
        let mut world = World::signed_in();
        let other = world.open();
        world.forget_logs();
        let (record, cookie) = (plain(&world.record().to_json()), world.cookie.clone());
        plan(&mut world, 0, json!({ "scope": scope }));
        assert_eq!(
            world.log(0),
            ["commit Look", "settle signed out"],
            "{scope}"
        );
        assert_eq!(world.log(other), [""; 0], "{scope}");
        assert_eq!(world.provider.seen, [""; 0], "{scope}");
        assert_eq!(plain(&world.record().to_json()), record, "{scope}");
        assert_eq!(world.cookie, cookie);
        assert_eq!(world.status(0), Status::SignedIn);
        assert_eq!(world.user(0).as_deref(), Some("ada"));
    }
}

#[test]
fn a_dry_run_counts_no_answer_to_a_sign_out_that_overlaps_it() {
    let mut world = World::signed_in();
    let id = world.log_out(0, json!({ "dryRun": true }));
    let generation = 1 << 52;
    let heard = Input::Signal(Signal::Acknowledged { generation });
    assert_eq!(world.tell(0, heard), Ok(()));
    world.run();
    assert_eq!(world.report(0, id)["tabs"]["acknowledged"], json!(0.0));
}

#[test]
fn a_dry_run_says_what_would_be_asked_and_claims_nothing() {
    let mut world = World::signed_in();
    let report = plan(&mut world, 0, json!({ "scope": "provider" }));
    assert_eq!(report["local"]["status"], "planned");
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "planned", "accessToken": "planned" })
    );
    assert_eq!(
        (&report["provider"], &report["complete"]),
        (&json!("planned"), &json!(false))
    );
    let report = plan(&mut world, 0, json!({ "scope": "app", "revoke": false }));
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "skipped", "accessToken": "skipped" })
    );
    assert_eq!(
        (&report["provider"], &report["complete"]),
        (&json!("skipped"), &json!(false))
    );
    // A tab that leaves a shared session revokes nothing of it.
    let report = plan(&mut world, 0, json!({ "scope": "tab" }));
    assert_eq!(report["tokens"]["refreshToken"], "skipped");
}

#[test]
fn a_dry_run_says_what_the_provider_has_no_way_for() {
    let mut world = World::new();
    world.provider.metadata = json!({ "end_session_endpoint": null, "revocation_endpoint": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    let report = plan(&mut world, tab, json!({ "scope": "provider" }));
    assert_eq!(
        report["tokens"],
        json!({ "refreshToken": "unsupported", "accessToken": "unsupported" })
    );
    assert_eq!(report["provider"], "unsupported");
    let told = &report["capabilities"];
    assert_eq!(
        (&told["revocation"], &told["endSession"]),
        (&json!(false), &json!(false))
    );
}

#[test]
fn a_dry_run_of_nobody_asks_the_provider_for_its_metadata_alone() {
    let mut world = World::new();
    let tab = world.open();
    let report = plan(&mut world, tab, json!({ "scope": "provider" }));
    assert_eq!(world.provider.seen, ["discovery"]);
    assert_eq!(report["provider"], "planned");
    assert_eq!(report["tokens"]["refreshToken"], "none");
    assert_eq!(report["complete"], false);
    let told = &report["capabilities"];
    assert_eq!(
        (&told["storage"], &told["revocation"], &told["endSession"]),
        (&json!("browser"), &json!(true), &json!(true))
    );
    // It is known from now on.
    plan(&mut world, tab, json!({ "scope": "provider" }));
    assert_eq!(world.provider.seen, ["discovery"]);
}

#[test]
fn what_cannot_be_known_is_not_said() {
    let mut world = World::new();
    world.provider.discovery = Mood::Unreachable(NETWORK);
    let tab = world.open();
    let report = plan(&mut world, tab, json!({ "scope": "provider" }));
    assert_eq!(report["provider"], "failed");
    assert_eq!(report["problems"], json!(["network_error"]));
    let told = &report["capabilities"];
    assert_eq!(
        (&told["revocation"], &told["endSession"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn where_the_session_really_lives_is_said() {
    for (options, has_record, storage) in [
        (json!({}), true, "browser"),
        (json!({ "storage": "tab" }), true, "tab"),
        (json!({}), false, "memory"),
    ] {
        let mut world = World::with(options);
        world.has_record = has_record;
        let tab = world.open();
        let report = plan(&mut world, tab, json!({ "scope": "provider" }));
        assert_eq!(report["capabilities"]["storage"], storage);
    }
}

#[test]
fn what_may_still_be_valid_at_the_server_is_shown_at_the_next_start() {
    let mut world = World::signed_in();
    world.provider.revocation = Mood::Says(503, Value::Null);
    world.provider.metadata = json!({ "end_session_endpoint": null });
    let began = world.now;
    world.log_out(0, json!({ "scope": "provider" }));
    world.pass(20_000);
    world.reload(0);
    let report = plan(&mut world, 0, json!({}));
    let notes = report["capabilities"]["mayBeAlive"].as_array().unwrap();
    let said: Vec<_> = notes
        .iter()
        .map(|note| (note["kind"].as_str(), note["at"].as_f64()))
        .collect();
    assert_eq!(
        said,
        [
            (Some("leaving"), Some(began as f64)),
            (Some("logout"), Some(began as f64))
        ]
    );
    assert!(!world.at_rest().contains("RT1"));
}

#[test]
fn a_sign_out_does_not_share_a_dry_run_nor_the_other_way_round() {
    let mut world = World::new();
    let tab = world.open();
    world.hold("answer to discovery");
    let dry = world.log_out(tab, json!({ "scope": "provider", "dryRun": true }));
    world.run();
    assert_eq!(world.status(tab), Status::SignedOut);
    let real = world.log_out(tab, json!({}));
    let again = world.log_out(tab, json!({ "dryRun": true }));
    world.pass(1_000);
    assert_eq!(world.report(tab, real)["local"]["status"], "cleared");
    assert_eq!(world.report(tab, again)["local"]["status"], "planned");
    world.held_no_more();
    world.run();
    assert_eq!(world.report(tab, dry)["local"]["status"], "planned");
}

#[test]
fn a_call_for_a_token_goes_on_through_a_dry_run() {
    let mut world = World::signed_in();
    world.hold("refresh");
    let token = world.token(0, json!({ "forceRefresh": true }));
    world.run();
    plan(&mut world, 0, json!({}));
    assert!(!world.is_settled(0, token));
    world.held_no_more();
    world.run();
    assert!(world.is_settled(0, token));
    assert_eq!(world.status(0), Status::SignedIn);
}
