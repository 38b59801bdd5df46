//! The app's own session at its server, ended along with ours.

use nightlatch::protocol::{Failure, Response};
use nightlatch::session::{Input, Signal};
use serde_json::json;

use crate::world::World;

fn world() -> World {
    World::signed_in_with(json!({ "application": "/logout" }))
}

#[test]
fn the_app_s_own_session_is_ended_before_cookies_are_wiped_and_without_waiting_for_a_token() {
    let mut world = world();
    world.hold("revoke");
    world.log_out(0, json!({}));
    world.run();
    let log = world.log(0);
    let at = |what: &str| log.iter().position(|line| line == what).unwrap();
    assert!(at("forget") < at("end application") && at("end application") < at("wipe own 2000"));
}

#[test]
fn the_report_says_what_the_app_s_own_server_answered() {
    let says = |status| {
        Ok(Response {
            status,
            body: None,
            retry_after: 0,
            flaw: None,
        })
    };
    for (answer, outcome, complete, problems) in [
        (says(204), "ended", true, json!([])),
        // A redirect, which a script cannot read.
        (says(0), "ended", true, json!([])),
        (says(403), "failed", false, json!(["application_refused"])),
        (says(503), "failed", false, json!(["application_refused"])),
        (Err(Failure::Timeout), "unknown", false, json!(["timeout"])),
        (
            Err(Failure::Network),
            "unknown",
            false,
            json!(["network_error"]),
        ),
    ] {
        let mut world = world();
        world.application = answer;
        let id = world.log_out(0, json!({}));
        world.pass(1_000);
        let report = world.report(0, id);
        assert_eq!(report["application"], outcome);
        assert_eq!(report["complete"], complete);
        assert_eq!(report["problems"], problems);
        assert!(report["timings"]["application"].is_number());
        assert_eq!(world.session(), None);
    }
}

#[test]
fn a_tab_that_leaves_alone_leaves_the_app_s_own_session() {
    let mut world = world();
    let id = world.log_out(0, json!({ "scope": "tab" }));
    world.pass(1_000);
    assert_eq!(world.report(0, id)["application"], "skipped");
    assert!(!world.log(0).contains(&"end application".to_owned()));
}

#[test]
fn a_page_that_goes_away_before_the_commit_has_ended_the_app_s_own_session() {
    let mut world = world();
    world.hold("commit End");
    world.log_out(0, json!({}));
    world.log(0);
    world.tell(0, Input::Signal(Signal::Away)).unwrap();
    assert!(world.log(0).contains(&"end application".to_owned()));
}

#[test]
fn where_nobody_is_signed_in_the_app_s_own_session_is_ended_all_the_same() {
    let mut world = World::with(json!({ "application": "/logout" }));
    let tab = world.open();
    let id = world.log_out(tab, json!({}));
    world.pass(1_000);
    assert_eq!(world.report(tab, id)["application"], "ended");
}
