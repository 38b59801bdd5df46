//! Signing in, from the click to the app's own page again.

use nightlatch::protocol::Failure;
use nightlatch::session::{Settled, Status};
use serde_json::json;

use crate::provider::{Mood, fields};
use crate::world::{Job, NETWORK, Work, World};

#[test]
fn a_sign_in_looks_discovers_keeps_what_it_awaits_and_leaves() {
    let mut world = World::new();
    let tab = world.open();
    assert_eq!(
        world.log(tab),
        ["probe", "show signed-out", "commit Open", "settle done"]
    );
    world.log_in(tab, json!({ "returnTo": "/inbox" }));
    world.run();
    assert_eq!(
        world.log(tab),
        [
            "commit Look",
            "show signing-in",
            "discovery",
            "digest",
            "keep SignIn",
            "navigate https://id.example/authorize",
            "wait 10000",
        ]
    );
    assert_eq!(world.provider.seen, ["discovery"]);
}

#[test]
fn a_sign_in_leaves_for_what_this_page_has_discovered_whatever_stands_in_the_stored_session() {
    // AUTHZ-15, DISC-10, A10
    for begun in ["signed in", "signed out"] {
        let mut world = World::signed_in();
        let sealed = world.disk.sealed.as_mut().unwrap();
        for endpoint in ["authorize", "token"] {
            let (good, evil) = ("https://id.example/", "https://evil.example/");
            let (good, evil) = (format!("{good}{endpoint}"), format!("{evil}{endpoint}"));
            assert!(sealed.text.contains(&good));
            sealed.text = sealed.text.replace(&good, &evil);
        }
        world.reload(0);
        assert_eq!(world.status(0), Status::SignedIn, "the record is believed");
        if begun == "signed out" {
            world.log_out(0, json!({}));
            world.pass(1_000);
        }

        world.log_in(0, json!({}));
        world.run();
        let address = world.tabs[0].navigated.clone().unwrap();
        assert!(
            address.starts_with("https://id.example/authorize?"),
            "{begun}: {address}"
        );
        let address = world.answer_as(0, "ada");
        world.reload(0);
        world.hold("exchange");
        world.come_back(0, &address);
        world.run();
        let sent = |job: &&Job| job.name.starts_with("exchange");
        let Work::Fetch(request) = &world.jobs.iter().find(sent).unwrap().work else {
            panic!("{begun}: nothing is sent");
        };
        assert_eq!(request.url, "https://id.example/token", "{begun}");
    }
}

#[test]
fn an_answer_is_cleaned_away_written_down_exchanged_and_installed_in_this_order() {
    // RESP-6, RESP-7
    let mut world = World::new();
    let tab = world.open();
    world.log_in(tab, json!({ "returnTo": "/inbox" }));
    world.run();
    let address = world.answer_as(tab, "ada");
    world.reload(tab);
    world.forget_logs();
    world.provider.seen.clear();
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(
        world.log(tab),
        [
            "discovery",
            "show signing-in",
            "drop SignIn",
            "clean https://app.example/callback",
            "commit Redeem",
            "exchange code-1",
            "commit Install",
            "drop Left",
            "show signed-in",
            "event signedIn",
            "post look",
            "mark",
            "settle signed in",
        ]
    );
    assert_eq!(world.provider.seen, ["discovery", "exchange code-1"]);
    match &world.tabs[tab].settled[&id] {
        Ok(Settled::SignedIn { return_to, user }) => {
            assert_eq!((return_to.as_str(), user.subject()), ("/inbox", "ada"))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.status(tab), Status::SignedIn);
    assert!(world.ledger().is_empty());
}

#[test]
fn a_sign_in_survives_a_reload_and_is_in_every_new_tab() {
    let mut world = World::signed_in();
    world.reload(0);
    let other = world.open();
    for tab in [0, other] {
        assert_eq!(world.status(tab), Status::SignedIn);
        assert_eq!(world.user(tab).as_deref(), Some("ada"));
        let id = world.token(tab, json!({}));
        assert_eq!(world.outcome(tab, id), "AT2");
    }
    // Neither needed the network.
    assert!(world.provider.seen.is_empty());
}

#[test]
fn nothing_secret_stands_at_rest_unsealed() {
    let mut world = World::signed_in();
    world.hold("answer to refresh");
    world.token(0, json!({ "forceRefresh": true }));
    world.run();
    for secret in ["AT", "RT1", "code-", "ada"] {
        assert!(!world.at_rest().contains(secret), "{secret}");
    }
}

#[test]
fn the_lifetime_counts_from_when_the_request_left() {
    // TOK-8
    let mut world = World::new();
    let tab = world.open();
    world.log_in(tab, json!({}));
    world.run();
    let address = world.answer_as(tab, "ada");
    world.reload(tab);
    world.hold("answer to exchange");
    world.come_back(tab, &address);
    world.run();
    let sent_at = world.now;
    world.pass(8_000);
    world.release("answer to exchange");
    assert_eq!(
        world.tabs[tab].snapshot.as_ref().unwrap().expires_at,
        Some(sent_at + 300_000)
    );
}

#[test]
fn what_is_not_said_about_scope_and_lifetime_is_the_scope_asked_for_and_unknown() {
    // TOK-6, TOK-7
    let mut world = World::with(json!({ "scope": "openid profile" }));
    world.provider.grant = json!({ "scope": null, "expires_in": null });
    let tab = world.open();
    world.sign_in(tab, "ada");
    let snapshot = world.tabs[tab].snapshot.clone().unwrap();
    assert_eq!(snapshot.scope.as_deref(), Some("openid profile"));
    assert_eq!(snapshot.expires_at, None);
    world.pass(1_000_000);
    let id = world.token(tab, json!({}));
    world.run();
    // Not 0, and not refreshed for ever.
    assert_eq!(world.outcome(tab, id), "AT2");
}

#[test]
fn a_provider_that_cannot_be_found_is_an_error_and_the_page_stays() {
    for (mood, code) in [
        (Mood::Unreachable(NETWORK), "network_error"),
        (Mood::Unreachable(Failure::Timeout), "timeout"),
        (Mood::Says(503, json!(null)), "discovery_refused"),
        (
            Mood::Says(200, json!({ "issuer": "https://evil.example" })),
            "issuer_mismatch",
        ),
        (Mood::Says(200, json!("<html>")), "invalid_response"),
    ] {
        let mut world = World::new();
        world.provider.discovery = mood.clone();
        let tab = world.open();
        let id = world.log_in(tab, json!({}));
        world.run();
        assert_eq!(world.outcome(tab, id), code, "{mood:?}");
        assert_eq!(world.status(tab), Status::SignedOut);
        assert!(world.tabs[tab].navigated.is_none());
        assert!(world.tabs[tab].storage.slots.is_empty());
    }
}

#[test]
fn options_that_cannot_be_right_send_nobody_anywhere() {
    let mut world = World::new();
    let tab = world.open();
    for (options, code) in [
        (json!({ "returnTo": "//evil.example" }), "redirect_refused"),
        (
            json!({ "extraParams": { "state": "x" } }),
            "invalid_options",
        ),
        (json!({ "prompt": "none login" }), "invalid_options"),
    ] {
        world.forget_logs();
        let id = world.log_in(tab, options);
        world.run();
        assert_eq!(world.outcome(tab, id), code);
        assert_eq!(world.log(tab), [format!("settle {code}")]);
    }
    assert!(world.provider.seen.is_empty());
}

#[test]
fn what_the_app_asked_of_the_sign_in_is_held_against_the_id_token() {
    // AUTHZ-12, IDT-9
    for (claims, signed_in) in [
        (json!({ "auth_time": 1_789_999_999 }), true),
        (json!({}), false),
        (json!({ "auth_time": 1 }), false),
    ] {
        let mut world = World::new();
        world.provider.claims = claims;
        let tab = world.open();
        world.log_in(tab, json!({ "maxAge": 0 }));
        world.run();
        let address = world.answer_as(tab, "ada");
        world.reload(tab);
        let id = world.come_back(tab, &address);
        world.run();
        assert_eq!(world.outcome(tab, id) == "signed in", signed_in);
    }
}

#[test]
fn two_sign_ins_share_neither_state_nor_nonce_nor_verifier() {
    // AUTHZ-2, AUTHZ-4, AUTHZ-5
    let mut world = World::new();
    let tab = world.open();
    let mut asked = Vec::new();
    for _ in 0..2 {
        world.log_in(tab, json!({}));
        world.run();
        let address = world.tabs[tab].navigated.take().unwrap();
        asked.push((
            fields(address.split_once('?').unwrap().1),
            world.tabs[tab].storage.slots["sign-in"].clone(),
        ));
        world.reload(tab);
    }
    assert_ne!(asked[0].0["state"], asked[1].0["state"]);
    assert_ne!(asked[0].0["nonce"], asked[1].0["nonce"]);
    assert_ne!(asked[0].1, asked[1].1);
}

#[test]
fn a_sign_in_that_is_called_right_after_a_sign_out_is_not_wiped_with_it() {
    for held in ["opened End", "commit End"] {
        let mut world = World::signed_in();
        world.hold(held);
        world.log_out(0, json!({}));
        world.log_in(0, json!({}));
        for _ in 0..10 {
            if let Some(at) = (0..world.jobs.len()).find(|at| world.may_run(&world.jobs[*at])) {
                world.step(at);
            }
        }
        world.release(held);
        world.run();
        let address = world.answer_as(0, "grace");
        world.reload(0);
        world.come_back(0, &address);
        world.run();
        assert_eq!(world.user(0).as_deref(), Some("grace"), "{held}");
    }
}
