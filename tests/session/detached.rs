//! A sign-in whose page is another window: this one stays where it is.

use nightlatch::protocol::url;
use nightlatch::session::{Call, Id, Settled, Slot, Status};
use serde_json::{Value, json};

use crate::provider::{core, fields, plain};
use crate::world::{CALLBACK, World};

/// Asks for a sign-in that another window goes to the provider for.
fn asked(world: &mut World, tab: usize, options: Value) -> Value {
    let id = detached(world, tab, options);
    world.run();
    match &world.tabs[tab].settled[&id] {
        Ok(Settled::Told(told)) => plain(told),
        other => panic!("{other:?}"),
    }
}

fn detached(world: &mut World, tab: usize, mut options: Value) -> Id {
    options["detached"] = json!(true);
    world.log_in(tab, options)
}

/// Where the provider sends the other window.
fn answer(world: &mut World, told: &Value, subject: &str) -> String {
    let asked = fields(told["url"].as_str().unwrap().split_once('?').unwrap().1);
    let code = world.provider.code(&asked["nonce"], subject);
    let state = told["signIn"]["state"].as_str().unwrap();
    format!(
        "{CALLBACK}?{}",
        url::form(&[("code", &code), ("state", state)])
    )
}

/// The page takes the other window's address, with the sign-in that it has kept for it.
fn take(world: &mut World, tab: usize, address: &str, told: &Value) -> Id {
    let mut sign_in = told["signIn"].clone();
    sign_in["detached"] = json!(true);
    let id = world.call(
        tab,
        Call::Callback {
            address: address.to_owned(),
            here: "https://app.example/here".to_owned(),
            sign_in: Some(core(sign_in)),
            sign_out: None,
        },
    );
    world.run();
    id
}

fn ended(log: &[String]) -> bool {
    log.iter().any(|line| line.starts_with("event signedOut"))
}

#[test]
fn a_detached_sign_in_tells_where_to_go_and_the_page_neither_leaves_nor_keeps_it() {
    // WEB-8
    let mut world = World::new();
    let tab = world.open();
    world.forget_logs();
    let told = asked(&mut world, tab, json!({ "prompt": "none" }));
    assert_eq!(
        world.log(tab),
        [
            "commit Look",
            "show signing-in",
            "discovery",
            "digest",
            "settle told",
            "show signed-out",
        ]
    );
    let (address, query) = told["url"].as_str().unwrap().split_once('?').unwrap();
    assert_eq!(address, "https://id.example/authorize");
    let sent = fields(query);
    assert_eq!(sent["prompt"], "none");
    assert_eq!(told["signIn"]["state"], sent["state"].as_str());
    assert!(!query.contains(told["signIn"]["verifier"].as_str().unwrap()));
    assert!(told["slot"].as_str().is_some_and(|slot| !slot.is_empty()));
}

#[test]
fn the_page_that_stays_completes_it_and_its_own_address_stays_too() {
    let mut world = World::new();
    let tab = world.open();
    let told = asked(&mut world, tab, json!({}));
    let address = answer(&mut world, &told, "ada");
    world.forget_logs();
    let id = take(&mut world, tab, &address, &told);
    assert_eq!(world.outcome(tab, id), "signed in");
    let log = world.log(tab);
    assert!(!log.iter().any(|line| line.starts_with("clean")), "{log:?}");
    assert!(!log.contains(&"drop SignIn".to_owned()), "{log:?}");
    assert_eq!(world.user(tab).as_deref(), Some("ada"));
    assert!(world.ledger().is_empty());
}

#[test]
fn a_sign_in_by_redirect_that_is_under_way_is_not_touched_by_one_beside_it() {
    let mut world = World::new();
    let tab = world.open();
    world.log_in(tab, json!({}));
    world.run();
    let kept = world.read(tab, Slot::SignIn);
    assert!(kept.is_some());
    let told = asked(&mut world, tab, json!({}));
    let address = answer(&mut world, &told, "ada");
    take(&mut world, tab, &address, &told);
    assert_eq!(world.read(tab, Slot::SignIn), kept);
}

#[test]
fn a_session_goes_on_while_somebody_is_asked_for_beside_it_and_when_nobody_is_known() {
    // SILENT-1, AUTHZ-10
    let mut world = World::signed_in();
    world.forget_logs();
    let held = world.session().unwrap().id_token;
    let told = asked(&mut world, 0, json!({ "prompt": "none" }));
    let query = fields(told["url"].as_str().unwrap().split_once('?').unwrap().1);
    assert_eq!(query["id_token_hint"], held.reveal());
    let state = told["signIn"]["state"].as_str().unwrap();
    let refusal = format!("{CALLBACK}?error=login_required&state={state}");
    let id = take(&mut world, 0, &refusal, &told);
    assert_eq!(world.outcome(0, id), "authorization_refused");
    let log = world.log(0);
    assert!(!log.iter().any(|line| line.starts_with("show")), "{log:?}");
    assert!(!ended(&log));
    assert_eq!(world.status(0), Status::SignedIn);
    let id = world.token(0, json!({}));
    assert_eq!(world.outcome(0, id), "AT2");
}

#[test]
fn somebody_else_who_is_known_at_the_provider_takes_the_place_of_who_was_here() {
    let mut world = World::signed_in();
    let told = asked(&mut world, 0, json!({ "prompt": "none" }));
    let address = answer(&mut world, &told, "grace");
    world.forget_logs();
    take(&mut world, 0, &address, &told);
    assert!(ended(&world.log(0)));
    assert_eq!(world.user(0).as_deref(), Some("grace"));
}

#[test]
fn a_sign_out_elsewhere_while_the_window_is_open_is_not_undone() {
    // RESP-14
    let mut world = World::signed_in();
    let told = asked(&mut world, 0, json!({}));
    let other = world.open();
    world.log_out(other, json!({}));
    world.run();
    world.provider.seen.clear();
    let address = answer(&mut world, &told, "ada");
    let id = take(&mut world, 0, &address, &told);
    assert_eq!(world.outcome(0, id), "sign_in_superseded");
    assert!(world.provider.seen.is_empty(), "{:?}", world.provider.seen);
    assert_eq!(world.status(0), Status::SignedOut);
}

#[test]
fn a_sign_out_calls_off_a_detached_sign_in_that_is_being_prepared() {
    let mut world = World::new();
    let tab = world.open();
    world.hold("discovery");
    let id = detached(&mut world, tab, json!({}));
    world.run();
    world.log_out(tab, json!({}));
    world.run();
    assert_eq!(world.outcome(tab, id), "sign_in_superseded");
}

#[test]
fn of_two_windows_each_has_its_own_state_and_the_second_to_come_back_is_overtaken() {
    let mut world = World::new();
    let tab = world.open();
    let one = asked(&mut world, tab, json!({}));
    let other = asked(&mut world, tab, json!({}));
    let address = answer(&mut world, &one, "ada");
    let id = take(&mut world, tab, &address, &other);
    assert_eq!(world.outcome(tab, id), "state_mismatch");
    let id = take(&mut world, tab, &address, &one);
    assert_eq!(world.outcome(tab, id), "signed in");
    let address = answer(&mut world, &other, "ada");
    let id = take(&mut world, tab, &address, &other);
    assert_eq!(world.outcome(tab, id), "sign_in_superseded");
    assert_eq!(world.status(tab), Status::SignedIn);
}

#[test]
fn nobody_is_let_in_unasked_by_a_session_that_was_to_be_ended() {
    let mut world = World::new();
    world.provider.metadata = json!({ "end_session_endpoint": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    world.log_out(tab, json!({ "scope": "provider" }));
    world.pass(1_000);
    let id = detached(&mut world, tab, json!({ "prompt": "none" }));
    world.run();
    assert_eq!(world.outcome(tab, id), "login_required");
}
