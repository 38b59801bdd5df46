//! Answers of a provider: those that are taken, and those that change nothing.

use nightlatch::protocol::message::NO_KEYS;
use nightlatch::session::{Call, Status};
use serde_json::{Value, json};

use crate::provider::{Mood, core};
use crate::world::{CALLBACK, NETWORK, World};

/// A tab that has come back with a code for `ada` and has not looked at its address yet.
fn arrived() -> (World, usize, String) {
    let mut world = World::new();
    let tab = world.open();
    world.log_in(tab, json!({}));
    world.run();
    let address = world.answer_as(tab, "ada");
    world.reload(tab);
    world.forget_logs();
    world.provider.seen.clear();
    (world, tab, address)
}

#[test]
fn an_address_that_is_no_answer_is_nothing() {
    let mut world = World::signed_in();
    for address in [
        "https://app.example/inbox",
        CALLBACK,
        "https://app.example/callback?code=c",
        "https://app.example/other?code=c&state=s",
    ] {
        let id = world.come_back(0, address);
        world.run();
        assert_eq!(world.outcome(0, id), "no answer", "{address}");
    }
    assert_eq!(world.log(0), ["settle no answer"; 4]);
    assert_eq!(world.status(0), Status::SignedIn);
}

#[test]
fn a_callback_with_a_foreign_state_is_refused_and_changes_nothing() {
    // RESP-1, A1
    let mut world = World::signed_in();
    let before = (world.record(), world.session());
    for query in [
        "code=attacker&state=bad",
        "error=access_denied&state=bad",
        "code=attacker&state=",
    ] {
        let id = world.come_back(0, &format!("{CALLBACK}?{query}"));
        world.run();
        assert_eq!(world.outcome(0, id), "state_mismatch", "{query}");
    }
    assert_eq!(world.log(0), ["settle state_mismatch"; 3]);
    assert_eq!((world.record(), world.session()), before);
    assert_eq!(world.status(0), Status::SignedIn);
    assert!(world.provider.seen.is_empty());
}

#[test]
fn a_foreign_state_does_not_use_up_the_sign_in_that_is_under_way() {
    // RESP-1
    let (mut world, tab, address) = arrived();
    let foreign = world.come_back(tab, &format!("{CALLBACK}?code=attacker&state=bad"));
    world.run();
    assert_eq!(world.outcome(tab, foreign), "state_mismatch");
    let own = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, own), "signed in");
}

#[test]
fn scopes_that_the_provider_does_not_name_are_those_that_were_asked_for() {
    // RFC 6749 §5.1: it names them only where they differ. RS-5: a sign-in may ask for more than the client does.
    let mut world = World::new();
    world.provider.grant = json!({ "scope": null });
    let tab = world.open();
    world.log_in(tab, json!({ "scope": "books:read" }));
    world.run();
    let address = world.answer_as(tab, "ada");
    world.reload(tab);
    world.come_back(tab, &address);
    world.run();
    let scope = world.session().map(|session| session.scope.clone());
    assert_eq!(scope.as_deref(), Some("openid books:read"));
}

#[test]
fn an_answer_is_taken_once_and_a_second_call_gets_the_same() {
    // RESP-6, AUTHZ-4
    let (mut world, tab, address) = arrived();
    let first = world.come_back(tab, &address);
    let second = world.come_back(tab, &address);
    world.run();
    let third = world.come_back(tab, &address);
    world.run();
    for id in [first, second, third] {
        assert_eq!(world.outcome(tab, id), "signed in");
    }
    assert_eq!(world.provider.seen, ["discovery", "exchange code-1"]);
    // After a reload nothing remembers it, and nothing is sent.
    world.reload(tab);
    let fourth = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, fourth), "state_mismatch");
    assert_eq!(world.status(tab), Status::SignedIn);
    assert_eq!(world.provider.seen, ["discovery", "exchange code-1"]);
}

#[test]
fn an_answer_in_another_tab_is_nobodys() {
    // AUTHZ-4, RESP-6, A4
    let (mut world, tab, address) = arrived();
    let other = world.open();
    let id = world.come_back(other, &address);
    world.run();
    assert_eq!(world.outcome(other, id), "state_mismatch");
    assert!(world.provider.seen.is_empty());
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "signed in");
}

#[test]
fn an_address_that_the_app_hands_over_is_taken_and_the_page_s_own_left_alone() {
    let (mut world, tab, address) = arrived();
    let sign_in = world.tabs[tab]
        .storage
        .slots
        .get("sign-in")
        .and_then(|text| crate::provider::parse(text));
    world.call(
        tab,
        Call::Callback {
            address,
            here: "https://app.example/shell".to_owned(),
            sign_in,
            sign_out: None,
        },
    );
    world.run();
    assert_eq!(world.status(tab), Status::SignedIn);
    assert_eq!(world.tabs[tab].cleaned, None);
}

#[test]
fn an_answer_of_another_provider_is_refused_before_anything_is_sent() {
    // RESP-3, RESP-4, DISC-11, A3
    for (query, metadata) in [
        ("&iss=https%3A%2F%2Fevil.example", json!({})),
        ("&iss=https%3A%2F%2Fid.example%2F", json!({})),
        (
            "",
            json!({ "authorization_response_iss_parameter_supported": true }),
        ),
    ] {
        let (mut world, tab, address) = arrived();
        world.provider.metadata = metadata;
        let id = world.come_back(tab, &format!("{address}{query}"));
        world.run();
        assert_eq!(
            world.outcome(tab, id),
            "response_issuer_mismatch",
            "{query}"
        );
        assert_eq!(world.provider.seen, ["discovery"]);
        assert_eq!(world.status(tab), Status::SignedOut);
        // It is used up: the same answer cannot be tried with another name.
        let again = world.come_back(tab, &address);
        world.run();
        assert_eq!(world.outcome(tab, again), "state_mismatch");
    }
}

#[test]
fn a_refusal_of_the_provider_is_told_and_leaves_the_session_of_before() {
    // RESP-9
    let mut world = World::signed_in();
    for error in [
        "access_denied",
        "login_required",
        "interaction_required",
        "unmet_authentication_requirements",
    ] {
        world.log_in(0, json!({ "prompt": "none" }));
        world.run();
        let address = world.answer_as(0, "ada");
        let state = address.split_once("state=").unwrap().1.to_owned();
        world.reload(0);
        world.provider.seen.clear();
        let id = world.come_back(0, &format!("{CALLBACK}?error={error}&state={state}"));
        world.run();
        assert_eq!(world.outcome(0, id), "authorization_refused");
        let refusal = world.tabs[0].settled[&id]
            .clone()
            .unwrap_err()
            .refusal
            .unwrap();
        assert_eq!(refusal.error.as_deref(), Some(error));
        assert_eq!(world.status(0), Status::SignedIn);
        // One answer, no retry.
        assert_eq!(world.provider.seen, ["discovery"]);
    }
}

#[test]
fn a_refused_code_leaves_nobody_signed_in_and_no_note() {
    let (mut world, tab, address) = arrived();
    world.provider.token = Mood::Says(400, json!({ "error": "invalid_grant" }));
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "token_refused");
    assert_eq!(world.status(tab), Status::SignedOut);
    assert!(world.ledger().is_empty());
}

#[test]
fn an_exchange_without_an_answer_stands_in_the_ledger() {
    let (mut world, tab, address) = arrived();
    world.provider.token = Mood::Loses(NETWORK);
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "network_error");
    assert_eq!(world.status(tab), Status::SignedOut);
    // The code was exchanged: what came of it is alive, and nobody has it.
    assert_eq!(world.provider.alive(), ["RT1.0"]);
    assert_eq!(world.ledger(), ["Exchange"]);
}

#[test]
fn discovery_that_fails_at_the_callback_uses_nothing_up() {
    let (mut world, tab, address) = arrived();
    world.provider.discovery = Mood::Unreachable(NETWORK);
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "network_error");
    world.provider.discovery = Mood::Well;
    world.reload(tab);
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "signed in");
}

#[test]
fn tokens_that_fail_a_check_are_revoked_and_not_used() {
    // IDT-4, IDT-7, TOK-3
    for (grant, claims) in [
        (json!({}), json!({ "aud": "other" })),
        (json!({}), json!({ "iss": "https://evil.example" })),
        (json!({}), json!({ "nonce": "other" })),
        (json!({}), json!({ "exp": 1 })),
        (json!({ "id_token": null }), json!({})),
        (json!({ "id_token": "x.y.z" }), json!({})),
    ] {
        let (mut world, tab, address) = arrived();
        world.provider.grant = grant.clone();
        world.provider.claims = claims.clone();
        let id = world.come_back(tab, &address);
        world.run();
        let code = if grant["id_token"].is_null() && grant.get("id_token").is_some() {
            "invalid_response"
        } else {
            "id_token_invalid"
        };
        assert_eq!(world.outcome(tab, id), code, "{grant} {claims}");
        assert_eq!(world.status(tab), Status::SignedOut);
        assert_eq!(
            world.provider.seen,
            ["discovery", "exchange code-1", "revoke RT1.0", "revoke AT2"]
        );
        assert!(world.provider.alive().is_empty());
        assert!(world.ledger().is_empty());
    }
}

#[test]
fn tokens_whose_id_token_is_not_proven_are_revoked_and_not_used() {
    // IDT-3, IDT-8, A24: nor where the keys cannot be had
    for flaw in ["the ID token's signature is wrong", NO_KEYS] {
        let (mut world, tab, address) = arrived();
        world.provider.flaw = Some(flaw);
        let id = world.come_back(tab, &address);
        world.run();
        assert_eq!(world.outcome(tab, id), "id_token_invalid");
        assert_eq!(world.status(tab), Status::SignedOut);
        assert!(world.provider.alive().is_empty());
        assert!(world.ledger().is_empty());
    }
}

#[test]
fn a_callback_whose_sign_in_began_before_a_logout_is_superseded_and_its_code_never_sent() {
    // RESP-14
    let (mut world, tab, address) = arrived();
    let other = world.open();
    world.log_out(other, json!({}));
    world.pass(1_000);
    world.provider.seen.clear();
    let id = world.come_back(tab, &address);
    world.run();
    assert_eq!(world.outcome(tab, id), "sign_in_superseded");
    assert_eq!(world.provider.seen, ["discovery"]);
    assert_eq!(world.status(tab), Status::SignedOut);
    assert_eq!(world.session(), None);
}

#[test]
fn tokens_that_arrive_after_a_logout_are_revoked_and_not_stored() {
    // RESP-14, REV-10
    let (mut world, tab, address) = arrived();
    let other = world.open();
    world.hold("answer to exchange");
    let id = world.come_back(tab, &address);
    world.run();
    world.log_out(other, json!({}));
    world.pass(1_000);
    world.provider.seen.clear();
    world.release("answer to exchange");
    assert_eq!(world.outcome(tab, id), "sign_in_superseded");
    assert_eq!(world.provider.seen, ["revoke RT1.0", "revoke AT2"]);
    assert_eq!(world.status(tab), Status::SignedOut);
    assert_eq!(world.session(), None);
    assert!(world.provider.alive().is_empty());
    assert!(world.ledger().is_empty());
}

#[test]
fn a_logout_in_the_same_tab_beats_a_sign_in_that_is_arriving() {
    // RESP-14
    let (mut world, tab, address) = arrived();
    world.hold("answer to exchange");
    let id = world.come_back(tab, &address);
    world.run();
    let logout = world.log_out(tab, json!({}));
    world.pass(1_000);
    world.release("answer to exchange");
    assert_eq!(world.outcome(tab, id), "sign_in_superseded");
    assert_eq!(world.outcome(tab, logout), "signed out");
    assert_eq!(world.status(tab), Status::SignedOut);
    assert!(world.provider.alive().is_empty());
}

#[test]
fn a_sign_in_over_a_live_session_revokes_the_old_tokens() {
    let mut world = World::signed_in();
    world.sign_in(0, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
    let last: Vec<_> = world.provider.seen.iter().rev().take(2).rev().collect();
    assert_eq!(last, ["revoke RT1.0", "revoke AT2"]);
    assert_eq!(world.provider.alive(), ["RT2.0"]);
    assert!(world.ledger().is_empty());
}

#[test]
fn old_tokens_that_cannot_be_revoked_stand_in_the_ledger() {
    let mut world = World::signed_in();
    world.provider.revocation = Mood::Says(503, Value::Null);
    world.sign_in(0, "ada");
    assert_eq!(world.status(0), Status::SignedIn);
    assert_eq!(world.ledger(), ["Replaced"]);
}

#[test]
fn of_two_sign_ins_under_way_the_first_to_arrive_counts() {
    let mut world = World::new();
    let (one, two) = (world.open(), world.open());
    for tab in [one, two] {
        world.log_in(tab, json!({}));
    }
    world.run();
    let (ada, grace) = (world.answer_as(one, "ada"), world.answer_as(two, "grace"));
    world.reload(one);
    world.reload(two);
    let first = world.come_back(one, &ada);
    world.run();
    let second = world.come_back(two, &grace);
    world.run();
    assert_eq!(world.outcome(one, first), "signed in");
    assert_eq!(world.outcome(two, second), "sign_in_superseded");
    // The late tab adopts whatever session is there.
    assert_eq!(world.user(two).as_deref(), Some("ada"));
    assert_eq!(world.provider.alive(), ["RT1.0"]);
}

#[test]
fn what_waits_in_session_storage_is_read_with_care() {
    for kept in [json!(null), json!({}), json!("x"), json!({ "state": "s" })] {
        let (mut world, tab, address) = arrived();
        let here = address.clone();
        let id = world.call(
            tab,
            Call::Callback {
                address,
                here,
                sign_in: Some(core(kept.clone())),
                sign_out: Some(core(kept)),
            },
        );
        world.run();
        assert_eq!(world.outcome(tab, id), "state_mismatch");
    }
}

#[test]
fn a_page_that_meets_a_sign_out_while_it_redeems_shows_nobody() {
    let mut world = World::signed_in();
    let other = world.open();
    world.log_in(0, json!({}));
    world.run();
    let address = world.answer_as(0, "grace");
    world.reload(0);
    world.hold("commit Redeem");
    world.hold("exchange");
    world.come_back(0, &address);
    world.run();
    for held in ["commit End", "message", "mark"] {
        world.hold(held);
    }
    // The key share is gone, and the commit has not begun.
    world.log_out(other, json!({}));
    world.release("commit Redeem");
    assert_eq!(world.user(0), None);
}

#[test]
fn a_tab_that_left_while_it_came_in_stays_out_even_if_a_look_overtakes_the_sign_in() {
    let mut world = World::new();
    world.open();
    world.open();
    world.log_in(0, json!({}));
    world.run();
    let address = world.answer_as(0, "ada");
    world.reload(0);
    world.hold("opened Install");
    world.come_back(0, &address);
    world.run();
    world.hold("opened Look");
    world.token(0, json!({}));
    world.run();
    world.log_out(0, json!({ "scope": "tab" }));
    world.release("opened Look");
    world.release("opened Install");
    assert_eq!((world.user(0), world.status(0)), (None, Status::SignedOut));
    assert_eq!(world.user(1).as_deref(), Some("ada"));
}

#[test]
fn a_sign_in_under_way_brings_nothing_to_life_that_another_tab_is_ending() {
    let mut world = World::signed_in();
    let (other, third) = (world.open(), world.open());
    world.log_in(other, json!({}));
    world.run();
    let address = world.answer_as(other, "grace");
    world.reload(other);
    world.hold("answer to exchange");
    world.come_back(other, &address);
    world.run();
    for held in ["commit End", "commit Install"] {
        world.hold(held);
    }
    world.log_out(0, json!({}));
    world.held_no_more_of("answer to exchange");
    world.run();
    // The sign-in is sealed and not yet kept, and the session before it is not yet taken out.
    let id = world.token(third, json!({ "forceRefresh": true }));
    world.run();
    assert_eq!(world.outcome(third, id), "login_required");
    assert_eq!(world.session(), None);
}
