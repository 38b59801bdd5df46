//! What nobody asked for, and what comes too late: an error, and nothing changed.

use nightlatch::protocol::options::Place;
use nightlatch::protocol::{Failure, Json, Response};
use nightlatch::session::change::Verdict;
use nightlatch::session::record::Version;
use nightlatch::session::{Call, Change, Input, Misuse, Reply, Seen};
use serde_json::json;

use crate::provider::{core, parse};
use crate::world::World;

fn replies() -> Vec<Reply> {
    let seen = Seen {
        order: 1_000,
        generation: 99,
        version: Version::default(),
        live: false,
        ended: None,
        ends_at: 0,
        ledger: Vec::new(),
        session: None,
    };
    vec![
        Reply::Committed {
            verdict: Verdict::Done { entry: 1 },
            seen: seen.clone(),
        },
        Reply::Committed {
            verdict: Verdict::Send { entry: 1 },
            seen: seen.clone(),
        },
        Reply::Committed {
            verdict: Verdict::Wait,
            seen: seen.clone(),
        },
        Reply::Committed {
            verdict: Verdict::Superseded,
            seen,
        },
        Reply::Digest(None),
        Reply::Digest(Some(vec![1])),
        Reply::Answer(Err(Failure::Network)),
        Reply::Answer(Ok(Response {
            status: 200,
            body: Some(core(json!({ "access_token": "evil" }))),
            retry_after: 0,
            flaw: None,
        })),
        Reply::Probed {
            record: false,
            cookies: false,
            session_storage: false,
        },
        Reply::Woken,
        Reply::CleanedUp(Json::Null),
        Reply::Wiped {
            removed: vec![],
            residue: vec!["x".into()],
        },
    ]
}

#[track_caller]
fn misuse(world: &mut World, input: Input) {
    let machine = &mut world.tabs[0].machine;
    let before = machine.clone();
    assert_eq!(
        machine.handle(world.now, &parse, input.clone()),
        Err(Misuse),
        "{input:?}"
    );
    assert_eq!(machine.poll(), None, "{input:?}");
    assert!(*machine == before, "{input:?} changed the machine");
}

/// Worlds that each have something under way.
fn busy() -> Vec<(&'static str, World)> {
    let mut worlds = Vec::new();
    for held in [
        "commit Look",
        "commit Reserve",
        "refresh",
        "answer to refresh",
        "commit Renew",
    ] {
        let mut world = World::signed_in();
        world.hold(held);
        world.token(0, json!({ "forceRefresh": true }));
        world.run();
        worlds.push((held, world));
    }
    for held in ["commit End", "wipe", "cleaners", "revoke", "commit Confirm"] {
        let mut world = World::signed_in();
        world.hold(held);
        world.log_out(0, json!({}));
        world.pass(1_000);
        worlds.push((held, world));
    }
    for held in ["commit Look", "digest"] {
        let mut world = World::signed_in();
        world.hold(held);
        world.log_in(0, json!({}));
        world.run();
        worlds.push((held, world));
    }
    for held in ["commit Redeem", "exchange", "commit Install"] {
        let mut world = World::new();
        let tab = world.open();
        world.log_in(tab, json!({}));
        world.run();
        let address = world.answer_as(tab, "ada");
        world.reload(tab);
        world.hold(held);
        world.come_back(tab, &address);
        world.run();
        worlds.push((held, world));
    }
    worlds
}

#[test]
fn a_reply_that_nobody_asked_for_changes_nothing() {
    for (held, mut world) in busy() {
        assert!(!world.jobs.is_empty(), "{held}");
        for reply in replies() {
            misuse(
                &mut world,
                Input::Reply {
                    id: 77_777,
                    part: 0,
                    reply,
                },
            );
        }
    }
}

#[test]
fn a_refusal_that_nobody_asked_for_changes_nothing() {
    let mut world = World::signed_in();
    misuse(
        &mut world,
        Input::Reply {
            id: 77_777,
            part: 0,
            reply: Reply::Refused(Change::Open),
        },
    );
    assert_eq!(
        world.tabs[0].snapshot.as_ref().unwrap().place,
        Place::Browser
    );
}

#[test]
fn a_reply_of_the_wrong_kind_changes_nothing() {
    for (held, mut world) in busy() {
        let (id, part) = world
            .jobs
            .iter()
            .find(|job| job.tab == 0 && job.id != 0)
            .map(|job| (job.id, job.part))
            .unwrap();
        let right = world
            .jobs
            .iter()
            .find(|job| job.id == id)
            .unwrap()
            .name
            .clone();
        for reply in replies() {
            let fits = match &reply {
                Reply::Committed { .. } => {
                    right.starts_with("commit") || right.starts_with("opened")
                }
                Reply::Digest(_) => right == "digest",
                Reply::Answer(_) => ["answer", "refresh", "revoke", "exchange", "discovery"]
                    .iter()
                    .any(|name| right.starts_with(name)),
                Reply::Woken => right.starts_with("wait"),
                Reply::Wiped { .. } => right.starts_with("wipe"),
                _ => false,
            };
            // In a sign-out several things are under way at once.
            if !fits && !["wipe", "cleaners", "revoke"].contains(&held) {
                misuse(&mut world, Input::Reply { id, part, reply });
            }
        }
    }
}

#[test]
fn a_number_that_is_in_use_is_not_given_twice() {
    let mut world = World::signed_in();
    world.pass(100);
    world.hold("commit Look");
    let id = world.token(0, json!({}));
    misuse(
        &mut world,
        Input::Call {
            id,
            call: Call::Token {
                options: core(json!({})),
            },
        },
    );
    misuse(
        &mut world,
        Input::Call {
            id,
            call: Call::Logout {
                options: core(json!({})),
                entropy: Box::new([0; 32]),
            },
        },
    );
    misuse(
        &mut world,
        Input::Call {
            id,
            call: Call::Start { left: None },
        },
    );
}

#[test]
fn a_reply_that_comes_twice_is_taken_once() {
    let mut world = World::signed_in();
    world.hold("answer to revoke");
    let id = world.log_out(0, json!({}));
    world.pass(1_000);
    let at = world
        .jobs
        .iter()
        .position(|job| job.name == "answer to revoke RT1.0")
        .unwrap();
    let job = world.jobs[at].clone();
    world.step(at);
    misuse(
        &mut world,
        Input::Reply {
            id: job.id,
            part: job.part,
            reply: Reply::Answer(Err(Failure::Network)),
        },
    );
    world.release("answer to revoke");
    assert_eq!(
        world.report(0, id)["tokens"],
        json!({ "refreshToken": "revoked", "accessToken": "revoked" })
    );
}

#[test]
fn misuse_changes_nothing_while_several_things_are_under_way() {
    let mut world = World::signed_in();
    world.pass(100);
    world.hold("commit");
    let first = world.token(0, json!({}));
    world.token(0, json!({}));
    world.log_in(0, json!({}));
    misuse(
        &mut world,
        Input::Reply {
            id: first,
            part: 0,
            reply: Reply::Woken,
        },
    );
}
