//! Sessions that end by themselves: nobody was active for too long, or they have lasted as long as they may.
//!
//! The record decides in its transaction. Tabs only tell it that somebody is active, and look when the time has come.

use nightlatch::protocol::Options;
use nightlatch::session::{Input, Signal, Status};
use serde_json::{Value, json};

use crate::provider::{Mood, core, merged};
use crate::world::{CALLBACK, ORIGIN, START, Work, World};

/// How long nobody may be active, in milliseconds.
const IDLE: u64 = 600_000;

/// How much of it passes before another activity is noted.
const NOTED: u64 = 30_000;

fn idle() -> World {
    World::signed_in_with(json!({ "idleTimeout": 600 }))
}

impl World {
    fn hears(&mut self, tab: usize, signal: Signal) {
        self.tell(tab, Input::Signal(signal)).unwrap();
        self.run();
    }

    fn is_used(&mut self, tab: usize) {
        self.hears(tab, Signal::Active);
    }

    fn ends_at(&self, tab: usize) -> Option<u64> {
        self.tabs[tab].snapshot.as_ref()?.ends_at
    }

    /// The computer sleeps: time goes by, and no timer.
    fn sleeps(&mut self, ms: u64) {
        self.now += ms;
    }

    /// Somebody sets the clock. Timers do not go by it.
    fn clock_is_set(&mut self, to: u64) {
        for job in &mut self.jobs {
            if let Work::Wait(until) = &mut job.work {
                *until = to + until.saturating_sub(self.now);
            }
        }
        self.now = to;
    }

    fn revoked(&self) -> Vec<String> {
        let revoked = self.provider.seen.iter();
        revoked
            .filter_map(|request| request.strip_prefix("revoke ").map(str::to_owned))
            .collect()
    }

    #[track_caller]
    fn assert_over(&self, tabs: &[usize]) {
        for tab in tabs {
            assert_eq!(self.status(*tab), Status::SignedOut, "tab {tab}");
            assert_eq!(self.user(*tab), None);
            assert_eq!(self.ends_at(*tab), None);
        }
        assert!(!self.record().slot.present);
        assert!(self.disk.sealed.is_none() && self.cookie.is_none());
        assert_eq!(self.ledger(), [""; 0], "all is revoked");
        assert_eq!(self.revoked(), ["RT1.0", "AT2"]);
    }

    /// What the app of a tab was told about ends, and how often.
    fn ends_told(&mut self, tab: usize) -> Vec<String> {
        let mut log = self.log(tab);
        log.retain(|line| line.starts_with("event signedOut"));
        log
    }
}

#[test]
fn a_session_in_which_nobody_is_active_ends_everywhere_and_is_revoked_once() {
    let mut world = idle();
    let others = [world.open(), world.open()];
    world.forget_logs();
    world.pass(IDLE - 1);
    assert!((0..3).all(|tab| world.status(tab) == Status::SignedIn));
    world.pass(1);
    world.assert_over(&[0, others[0], others[1]]);
    for tab in 0..3 {
        let log = world.log(tab);
        for told in ["event signedOut idle", "abort", "wipe own less keys 2000"] {
            assert_eq!(
                log.iter().filter(|line| *line == told).count(),
                1,
                "{log:?}"
            );
        }
    }
}

#[test]
fn activity_in_any_tab_keeps_the_session_of_all() {
    let mut world = idle();
    let other = world.open();
    for round in 0..10 {
        world.pass(IDLE * 2 / 3);
        world.is_used(round % 2);
    }
    assert!((0..2).all(|tab| world.status(tab) == Status::SignedIn));
    // The tab in which nobody was active last does not end it earlier than the other.
    let (first, second) = (world.ends_at(0), world.ends_at(other));
    assert_eq!((first, second), (Some(world.now + IDLE), first));
    world.pass(IDLE - 1);
    assert_eq!(world.status(other), Status::SignedIn);
    world.pass(1);
    world.assert_over(&[0, other]);
}

#[test]
fn a_tab_that_slept_or_hears_nothing_does_not_end_the_session_that_another_is_active_in() {
    let mut world = idle();
    let other = world.open();
    world.hold("message");
    world.hold("mark");
    world.pass(IDLE / 2);
    world.tabs[other].frozen = true;
    world.is_used(0);
    world.pass(IDLE - 1_000);
    world.tabs[other].frozen = false;
    // Its timers are overdue by what it knows.
    assert!(world.ends_at(other) < Some(world.now));
    world.run();
    assert_eq!(world.status(other), Status::SignedIn);
    assert_eq!(world.ends_at(other), world.ends_at(0));
    assert!(world.session().is_some());
    assert!(world.log(other).contains(&"wait 1000".to_owned()));
}

#[test]
fn a_refresh_is_no_activity() {
    let mut world = idle();
    let ends = world.ends_at(0);
    for _ in 0..4 {
        world.pass(IDLE / 5);
        let id = world.token(0, json!({ "forceRefresh": true }));
        world.run();
        assert!(world.outcome(0, id).starts_with("AT"));
        assert_eq!(world.ends_at(0), ends);
    }
    world.pass(IDLE / 5);
    assert_eq!(world.status(0), Status::SignedOut);
    // What the record held is revoked, and not what the sign-in brought.
    assert_eq!(world.revoked(), ["RT1.4", "AT6"]);
    assert_eq!(world.ends_told(0), ["event signedOut idle"]);
}

#[test]
fn after_a_sleep_that_was_too_long_nothing_brings_the_session_back() {
    let wakes: [fn(&mut World); 5] = [
        |world| world.is_used(1),
        |world| world.hears(1, Signal::Look),
        |world| {
            world.tell(1, Input::Signal(Signal::Look)).unwrap();
            world.is_used(1);
        },
        |world| {
            world.tell(1, Input::Signal(Signal::Active)).unwrap();
            world.hears(1, Signal::Look);
        },
        |world| {
            let id = world.token(1, json!({}));
            world.run();
            assert_eq!(world.outcome(1, id), "login_required");
        },
    ];
    for wake in wakes {
        let mut world = idle();
        let other = world.open();
        world.forget_logs();
        world.sleeps(8 * 3_600_000);
        // No timer has been heard of yet.
        world.hold("wait");
        wake(&mut world);
        assert_eq!(world.status(other), Status::SignedOut);
        assert!(world.session().is_none());
        world.is_used(0);
        world.held_no_more();
        world.run();
        world.assert_over(&[0, other]);
        for tab in 0..2 {
            assert_eq!(world.ends_told(tab), ["event signedOut idle"]);
        }
    }
}

#[test]
fn a_computer_that_wakes_up_shows_soon_that_the_session_is_over() {
    // Timers may stand still meanwhile: what was left of them is left then.
    let mut world = idle();
    world.pass(1_000);
    world.hold("wait");
    world.sleeps(IDLE);
    world.held_no_more();
    world.pass(30_000);
    world.assert_over(&[0]);
}

#[test]
fn a_sign_in_that_is_over_before_anybody_looks_is_taken_out_by_the_next_page() {
    let mut world = idle();
    world.close(0, false);
    world.pass(IDLE);
    let next = world.open();
    world.assert_over(&[next]);
    assert_eq!(world.ends_told(next), [""; 0], "nobody was shown");
}

#[test]
fn a_session_lasts_no_longer_than_it_may_whoever_is_active() {
    let mut world = World::signed_in_with(json!({ "idleTimeout": 600, "maxSession": 3_600 }));
    let other = world.open();
    let latest = START + 3_600_000;
    while world.now + IDLE / 2 < latest {
        world.pass(IDLE / 2);
        world.is_used(0);
    }
    assert_eq!(world.ends_at(0), Some(latest));
    world.is_used(other);
    world.pass(latest - world.now - 1);
    assert_eq!(world.status(0), Status::SignedIn);
    world.pass(1);
    world.assert_over(&[0, other]);
    for tab in 0..2 {
        assert_eq!(world.ends_told(tab), ["event signedOut expired"]);
    }
}

#[test]
fn a_session_may_last_as_long_as_it_may_without_anybody() {
    let mut world = World::signed_in_with(json!({ "maxSession": 31_536_000 }));
    world.pass(86_400_000);
    let ends = world.ends_at(0);
    world.is_used(0);
    assert_eq!(world.ends_at(0), ends, "activity is of no account");
    world.sleeps(364 * 86_400_000 - 1);
    world.run();
    assert_eq!(world.status(0), Status::SignedIn);
    world.sleeps(1);
    world.run();
    assert_eq!(world.ends_told(0), ["event signedOut expired"]);
}

#[test]
fn a_session_without_limits_ends_by_nothing_and_asks_for_nothing() {
    for changes in [json!({}), json!({ "idleTimeout": 0, "maxSession": 0 })] {
        let mut world = World::signed_in_with(changes);
        assert_eq!(world.ends_at(0), None);
        world.pass(10 * 31_536_000_000);
        assert_eq!(world.log(0), [""; 0]);
        // A page without the option is not even told.
        world.is_used(0);
        assert_eq!(world.ends_at(0), None);
        assert!(world.record().is_live(true, world.now));
    }
}

#[test]
fn the_next_sign_in_has_a_time_of_its_own() {
    let mut world = idle();
    world.pass(IDLE);
    world.provider.seen.clear();
    world.sign_in(0, "grace");
    let other = world.open();
    assert_eq!(world.ends_at(other), Some(world.now + IDLE));
    world.pass(IDLE - 1);
    assert_eq!(world.user(other).as_deref(), Some("grace"));
    world.pass(1);
    assert_eq!(world.status(other), Status::SignedOut);
}

#[test]
fn a_sign_in_that_arrives_while_the_old_session_is_taken_out_stands() {
    let mut world = idle();
    let other = world.open();
    world.log_in(other, json!({}));
    world.run();
    let address = world.answer_as(other, "grace");
    world.reload(other);
    world.hold("opened Touch");
    world.hold("message");
    world.pass(IDLE);
    assert!(world.cookie.is_none());
    // The generation in which it began has ended.
    let id = world.come_back(other, &address);
    world.run();
    assert_eq!(world.outcome(other, id), "sign_in_superseded");
    world.sign_in(other, "grace");
    world.held_no_more();
    world.run();
    // What tab 0 hears late takes nothing of it away.
    assert_eq!(world.user(other).as_deref(), Some("grace"));
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    assert_eq!(world.session().unwrap().claims.subject(), "grace");
}

#[test]
fn what_was_taken_out_and_cannot_be_opened_is_not_taken_for_the_session_that_came_after() {
    let mut world = idle();
    let other = world.open();
    world.hold("opened Touch");
    world.cookie = Some("another-share".to_owned());
    world.pass(IDLE);
    world.sign_in(other, "grace");
    world.token(0, json!({}));
    world.run();
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    world.release("opened Touch");
    assert_eq!(world.user(0).as_deref(), Some("grace"));
    assert_eq!(world.revoked(), [""; 0]);
    // What nobody can open stays noted.
    assert_eq!(world.ledger(), ["Logout"]);
    assert!(world.session().is_some());
}

#[test]
fn activity_is_noted_once_in_a_tenth_of_the_time() {
    for (seconds, apart) in [(600, NOTED), (60, 6_000), (2, 200)] {
        let mut world = World::signed_in_with(json!({ "idleTimeout": seconds }));
        world.is_used(0);
        world.forget_logs();
        for _ in 0..10 {
            world.pass(apart / 10 - 1);
            world.is_used(0);
        }
        let count = |world: &mut World| {
            let log = world.log(0);
            log.iter()
                .filter(|line| *line == "commit Touch actively")
                .count()
        };
        assert_eq!(count(&mut world), 0);
        world.pass(10);
        world.is_used(0);
        world.is_used(0);
        assert_eq!(count(&mut world), 1);
    }
}

#[test]
fn other_tabs_hear_that_somebody_is_active_and_say_nothing() {
    let mut world = idle();
    let others = [world.open(), world.open()];
    world.pass(NOTED);
    world.forget_logs();
    world.is_used(0);
    assert_eq!(
        world.log(0),
        ["commit Touch actively", "post look", "show signed-in"]
    );
    for tab in others {
        assert_eq!(world.log(tab), ["commit Look", "show signed-in"]);
        assert_eq!(world.ends_at(tab), Some(world.now + IDLE));
    }
}

#[test]
fn a_page_that_is_away_notes_nothing_and_waits_for_nothing() {
    let mut world = idle();
    let other = world.open();
    // A page that is away has no channel.
    world.hold("message");
    world.hears(other, Signal::Away);
    world.forget_logs();
    world.is_used(other);
    world.pass(IDLE / 2);
    world.is_used(0);
    world.pass(IDLE / 2);
    assert_eq!(world.log(other), [""; 0]);
    world.hears(other, Signal::Restored);
    assert_eq!(world.ends_at(other), world.ends_at(0));
    world.pass(IDLE / 2);
    world.assert_over(&[0, other]);
}

#[test]
fn a_sign_out_that_comes_first_is_told_as_one() {
    let mut world = idle();
    let other = world.open();
    let third = world.open();
    world.pass(IDLE / 2);
    world.tabs[third].frozen = true;
    world.log_out(0, json!({}));
    world.pass(IDLE);
    world.tabs[third].frozen = false;
    world.hears(third, Signal::Look);
    assert_eq!(world.ends_told(0), ["event signedOut logout"]);
    for tab in [other, third] {
        assert_eq!(world.ends_told(tab), ["event signedOut otherTab"]);
    }
}

#[test]
fn a_refresh_that_is_answered_after_the_end_is_revoked_too() {
    // REV-10
    let mut world = idle();
    let other = world.open();
    world.pass(IDLE - 1_000);
    world.hold("answer to refresh");
    let id = world.token(0, json!({ "forceRefresh": true }));
    world.run();
    world.pass(1_000);
    assert_eq!(world.status(other), Status::SignedOut);
    assert_eq!(world.revoked(), ["RT1.0", "AT2"]);
    world.release("answer to refresh");
    assert_eq!(world.outcome(0, id), "login_required");
    assert_eq!(world.revoked(), ["RT1.0", "AT2", "RT1.1", "AT3"]);
    assert!(world.session().is_none());
}

#[test]
fn a_clock_that_is_set_on_ends_the_session_and_one_that_is_set_back_makes_none_live_for_ever() {
    let mut world = idle();
    world.pass(IDLE / 2);
    // A little: it lives on, by the clock that there is.
    world.clock_is_set(world.now - 60_000);
    world.is_used(0);
    assert_eq!(world.ends_at(0), Some(world.now + IDLE));
    // By more than it may be idle: it is over.
    world.clock_is_set(world.now - IDLE);
    world.is_used(0);
    world.run();
    world.assert_over(&[0]);
    assert_eq!(world.ends_told(0), ["event signedOut idle"]);

    let mut world = idle();
    let id = world.token(0, json!({}));
    world.run();
    assert!(world.outcome(0, id).starts_with("AT"));
    world.clock_is_set(0);
    let id = world.token(0, json!({}));
    world.run();
    assert_eq!(world.outcome(0, id), "login_required");
    world.pass(30_000);
    world.assert_over(&[0]);

    // Back by less, and nobody is active: what is left is longer, and ends.
    let mut world = idle();
    world.pass(IDLE - 10_000);
    world.clock_is_set(world.now - IDLE / 2);
    world.pass(IDLE / 2 + 10_000);
    world.assert_over(&[0]);

    let mut world = World::signed_in_with(json!({ "idleTimeout": 600, "maxSession": 3_600 }));
    world.clock_is_set(1 << 53);
    world.is_used(0);
    world.run();
    world.assert_over(&[0]);
    assert_eq!(world.ends_told(0), ["event signedOut idle"]);
}

#[test]
fn a_tabs_own_session_ends_by_itself_and_nobody_elses_does() {
    for storage in ["tab", "memory"] {
        let mut world = World::signed_in_with(json!({ "idleTimeout": 600, "storage": storage }));
        let other = world.open();
        world.sign_in(other, "grace");
        world.provider.seen.clear();
        world.forget_logs();
        for _ in 0..3 {
            world.pass(IDLE / 2);
            world.is_used(other);
        }
        assert_eq!(world.ends_told(0), ["event signedOut idle"], "{storage}");
        assert_eq!(world.revoked(), ["RT1.0", "AT2"], "{storage}");
        assert_eq!(world.user(other).as_deref(), Some("grace"));
        world.pass(IDLE);
        assert_eq!(
            world.ends_told(other),
            ["event signedOut idle"],
            "{storage}"
        );
        assert_eq!(world.revoked()[2..], ["RT2.0", "AT4"], "{storage}");
        assert_eq!(world.ledger(), [""; 0]);
    }
}

#[test]
fn a_page_that_is_loaded_again_goes_on_with_the_time_of_its_tabs_own_session() {
    let mut world = World::signed_in_with(json!({ "idleTimeout": 600, "storage": "tab" }));
    world.pass(IDLE / 2);
    let ends = world.ends_at(0);
    world.reload(0);
    assert_eq!(world.ends_at(0), ends);
    world.sleeps(IDLE / 2);
    world.reload(0);
    assert_eq!(world.status(0), Status::SignedOut);
    assert_eq!(world.revoked(), ["RT1.0", "AT2"]);
}

#[test]
fn what_is_kept_of_the_times_is_no_secret_and_outlives_the_session() {
    let mut world = World::signed_in_with(json!({ "idleTimeout": 600, "maxSession": 3_600 }));
    let slot = world.record().slot;
    let (at, idle, latest) = (START, START + IDLE, START + 3_600_000);
    assert_eq!(
        (slot.active_at, slot.ends_at, slot.latest),
        (at, idle, latest)
    );
    world.pass(NOTED);
    world.is_used(0);
    let before = world.record();
    assert_eq!(
        (before.slot.active_at, before.slot.ends_at),
        (at + NOTED, idle + NOTED)
    );
    let revision = slot.revision;
    assert_eq!(before.slot.revision, revision, "the content is the same");
    world.pass(IDLE);
    let after = world.record();
    assert!(!after.slot.present);
    assert_eq!(after.generation, before.generation + 1);
    assert_eq!(after.slot.ends_at, before.slot.ends_at);
}

#[test]
fn what_cannot_be_revoked_is_noted() {
    let mut world = idle();
    world.provider.revocation = Mood::Says(503, Value::Null);
    world.pass(IDLE);
    assert_eq!(world.status(0), Status::SignedOut);
    assert!(world.session().is_none() && world.cookie.is_none());
    assert_eq!(world.ledger(), ["Logout"]);
}

#[test]
fn the_times_are_seconds_or_the_options_are_refused() {
    let app =
        json!({ "issuer": crate::provider::ISSUER, "clientId": "spa", "redirectUri": CALLBACK });
    for name in ["idleTimeout", "maxSession"] {
        for wrong in [json!(-1), json!("600"), json!(true), json!(1e12), json!([])] {
            let changes: Value = json!({ (name): wrong });
            let refused = Options::parse(&core(merged(app.clone(), &changes)), ORIGIN).unwrap_err();
            assert_eq!(refused.code.as_str(), "invalid_options", "{changes}");
        }
    }
}
