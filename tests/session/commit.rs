//! The transactions that a tab has under way, as the shell drives them.

use std::rc::Rc;

use nightlatch::protocol::options::{Limits, Place};
use nightlatch::protocol::{Json, Options};
use nightlatch::session::change::Verdict;
use nightlatch::session::record::Version;
use nightlatch::session::{Change, Commits, Id, Reply, Seen, Session};
use serde_json::{Value, json};

use crate::provider::{core, plain};
use crate::world::{World, options};

const NOW: u64 = 1_790_000_000_000;

fn session() -> Rc<Session> {
    Rc::new(World::signed_in().session().unwrap())
}

fn look() -> Change {
    Change::Look {
        known: Version::default(),
    }
}

fn install(generation: u64) -> Change {
    Change::Install {
        generation,
        entry: 0,
        session: session(),
        limits: Limits::NONE,
    }
}

/// A shell of plain data: what lies at rest, and whether the key share does.
struct Shell {
    commits: Commits,
    options: Rc<Options>,
    head: Value,
    slot: Value,
    share: bool,
    last: Id,
}

impl Shell {
    fn new() -> Self {
        Self {
            commits: Commits::default(),
            options: options(json!({})),
            head: Value::Null,
            slot: Value::Null,
            share: true,
            last: 0,
        }
    }

    fn begin(&mut self, place: Place, change: Change) -> (Id, Value) {
        self.last += 1;
        let plan = (self.commits).begin(self.last, 1, place, change, &self.options);
        (self.last, plain(&plan))
    }

    /// What the transaction decides. Nothing of it lies at rest yet.
    fn apply(&mut self, id: Id) -> Value {
        let stored = json!({ "head": self.head, "slot": self.slot, "share": self.share });
        plain(&self.commits.apply(id, 1, &core(stored), NOW).unwrap())
    }

    /// What a transaction writes: the slot of a session in memory is not stored.
    fn store(&mut self, place: Place, next: &Value) {
        if next["write"] == true {
            self.head = next["head"].clone();
            if place == Place::Browser {
                self.slot = next["slot"].clone();
            }
        }
    }

    #[track_caller]
    fn committed(&mut self, id: Id, before: &Json) -> (Verdict, Seen) {
        seen((self.commits).committed(id, 1, before, &self.options))
    }

    #[track_caller]
    fn refused(&mut self, id: Id) -> (Verdict, Seen) {
        seen(self.commits.refused(id, 1, self.share, NOW))
    }

    /// A transaction that goes well, where nothing is opened.
    #[track_caller]
    fn make(&mut self, place: Place, change: Change) -> (Verdict, Seen) {
        let (id, _) = self.begin(place, change);
        let next = self.apply(id);
        self.store(place, &next);
        self.committed(id, &Json::Null)
    }
}

#[track_caller]
fn seen(reply: Option<Reply>) -> (Verdict, Seen) {
    match reply {
        Some(Reply::Committed { verdict, seen }) => (verdict, seen),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_plan_says_what_is_to_be_done_before_the_transaction_and_in_it() {
    let mut shell = Shell::new();
    let (_, plan) = shell.begin(Place::Browser, look());
    assert_eq!(
        plan,
        json!({ "place": "browser", "session": null, "begins": false, "looks": true, "ends": false })
    );
    let (_, plan) = shell.begin(Place::Tab, Change::End);
    assert_eq!(
        plan,
        json!({ "place": "tab", "session": null, "begins": false, "looks": false, "ends": true })
    );
    let (_, plan) = shell.begin(Place::Tab, install(0));
    assert_eq!(
        (&plan["begins"], &plan["looks"]),
        (&json!(true), &json!(false))
    );
    let whole = session().to_json(&shell.options);
    assert_eq!(plan["session"], plain(&whole));
}

#[test]
fn a_session_that_is_kept_in_memory_is_in_no_plan() {
    let mut shell = Shell::new();
    let (_, plan) = shell.begin(Place::Memory, install(0));
    assert_eq!(
        plan,
        json!({ "place": "memory", "session": null, "begins": false, "looks": false, "ends": false })
    );
}

#[test]
fn a_transaction_that_failed_is_decided_anew_and_counts_once() {
    let mut shell = Shell::new();
    let generation = shell.make(Place::Browser, Change::Open).1.generation;
    let (id, _) = shell.begin(Place::Browser, Change::End);
    let (first, second) = (shell.apply(id), shell.apply(id));
    assert_eq!(first, second);
    // Somebody else was faster before the third attempt.
    shell.head["generation"] = json!(generation + 5);
    let third = shell.apply(id);
    shell.store(Place::Browser, &third);
    let (_, seen) = shell.committed(id, &Json::Null);
    assert_eq!(seen.generation, generation + 6);
    let (_, seen) = shell.make(Place::Browser, look());
    assert_eq!(seen.generation, generation + 6);
}

#[test]
fn what_is_refused_comes_back_not_made() {
    let mut shell = Shell::new();
    for place in [Place::Browser, Place::Tab] {
        for tried in [0, 2] {
            let (id, _) = shell.begin(place, Change::End);
            for _ in 0..tried {
                shell.apply(id);
            }
            let reply = shell.commits.refused(id, 1, false, NOW);
            assert_eq!(reply, Some(Reply::Refused(Change::End)));
            // And it is over.
            assert_eq!(shell.commits.refused(id, 1, false, NOW), None);
        }
    }
}

#[test]
fn a_transaction_that_nobody_began_is_nothing() {
    let mut shell = Shell::new();
    let (id, _) = shell.begin(Place::Memory, Change::End);
    let options = shell.options.clone();
    for (id, part) in [(id + 1, 1), (id, 2), (0, 0)] {
        let commits = &mut shell.commits;
        assert_eq!(commits.apply(id, part, &Json::Null, NOW), None);
        assert_eq!(commits.committed(id, part, &Json::Null, &options), None);
        assert_eq!(commits.refused(id, part, false, NOW), None);
    }
    // What was never decided was not committed.
    assert_eq!(shell.commits.committed(id, 1, &Json::Null, &options), None);
}

#[test]
fn parts_of_one_operation_are_told_apart() {
    let options = options(json!({}));
    let mut commits = Commits::default();
    commits.begin(7, 1, Place::Browser, look(), &options);
    commits.begin(7, 2, Place::Browser, Change::End, &options);
    let next = commits.apply(7, 2, &Json::Null, NOW).unwrap();
    assert_eq!(plain(&next)["write"], true);
    let (verdict, _) = seen(commits.committed(7, 2, &Json::Null, &options));
    assert_eq!(verdict, Verdict::Done { entry: 0 });
    assert_eq!(
        commits.refused(7, 1, false, NOW),
        Some(Reply::Refused(look()))
    );
}

#[test]
fn a_session_in_memory_is_given_as_it_was_and_taken_out_once() {
    let mut shell = Shell::new();
    let generation = shell.make(Place::Memory, Change::Open).1.generation;
    let (verdict, installed) = shell.make(Place::Memory, install(generation));
    assert_eq!(verdict, Verdict::Done { entry: 0 });
    // It does not end with the cookie.
    shell.share = false;
    let (_, seen) = shell.make(Place::Memory, look());
    assert!(installed.live && seen.live);
    assert_eq!(seen.version, installed.version);
    assert_eq!(seen.session, Some(session()));
    // What is known is not given again.
    let known = seen.version;
    let (_, seen) = shell.make(Place::Memory, Change::Look { known });
    assert!(seen.live && seen.session.is_none());
    let (_, ended) = shell.make(Place::Memory, Change::End);
    assert_eq!((ended.live, ended.session), (false, Some(session())));
    let (_, seen) = shell.make(Place::Memory, Change::End);
    assert_eq!((seen.live, seen.session), (false, None));
}

#[test]
fn a_session_in_memory_and_one_that_lies_at_rest_do_not_touch_each_other() {
    let mut shell = Shell::new();
    let generation = shell.make(Place::Browser, Change::Open).1.generation;
    let kept = shell.make(Place::Browser, install(generation)).1;
    let mut other = Shell::new();
    (other.head, other.slot) = (shell.head.clone(), shell.slot.clone());
    assert!(!other.make(Place::Memory, look()).1.live);
    // What a shell wrongly says to have opened is not what memory holds.
    let (id, _) = other.begin(Place::Memory, Change::EndOwn);
    other.apply(id);
    let whole = session().to_json(&other.options);
    assert_eq!(other.committed(id, &whole).1.session, None);
    assert!(kept.live && shell.make(Place::Browser, look()).1.live);
}

#[test]
fn a_session_in_memory_goes_on_where_the_browser_refuses() {
    let mut shell = Shell::new();
    let (id, _) = shell.begin(Place::Memory, install(0));
    let (_, installed) = shell.refused(id);
    assert!(installed.live && installed.session.is_none());
    let (id, _) = shell.begin(Place::Memory, look());
    let (_, seen) = shell.refused(id);
    assert_eq!((seen.live, seen.session), (true, Some(session())));
    let (id, _) = shell.begin(Place::Memory, Change::End);
    // Tried in vain before.
    shell.apply(id);
    let (_, ended) = shell.refused(id);
    assert_eq!((ended.live, ended.session), (false, Some(session())));
    assert_eq!(ended.generation, installed.generation + 1);
    let (id, _) = shell.begin(Place::Memory, look());
    assert_eq!(shell.refused(id).1.session, None);
}

#[test]
fn a_session_that_was_sealed_goes_on_in_memory_as_long_as_the_share_stands() {
    // STO-6, STO-7
    for share in [true, false] {
        let mut shell = Shell::new();
        let generation = shell.make(Place::Browser, Change::Open).1.generation;
        let known = shell.make(Place::Browser, install(generation)).1.version;
        shell.share = share;
        let (id, _) = shell.begin(Place::Memory, Change::Look { known });
        assert_eq!(shell.refused(id).1.live, share);
    }
}

#[test]
fn replies_are_numbered_in_the_order_in_which_the_record_was_read() {
    let mut shell = Shell::new();
    let (first, _) = shell.begin(Place::Browser, look());
    let (second, _) = shell.begin(Place::Browser, look());
    let (third, _) = shell.begin(Place::Memory, look());
    shell.apply(second);
    shell.apply(first);
    let first = shell.committed(first, &Json::Null).1.order;
    let second = shell.committed(second, &Json::Null).1.order;
    let third = shell.refused(third).1.order;
    assert!(second < first && first < third);
    // A second attempt reads again.
    let (again, _) = shell.begin(Place::Browser, look());
    shell.apply(again);
    let (between, _) = shell.begin(Place::Browser, look());
    shell.apply(between);
    shell.apply(again);
    let again = shell.committed(again, &Json::Null).1.order;
    assert!(shell.committed(between, &Json::Null).1.order < again);
}

#[test]
fn what_was_opened_is_given_where_it_is_whole() {
    let mut shell = Shell::new();
    let generation = shell.make(Place::Browser, Change::Open).1.generation;
    shell.make(Place::Browser, install(generation));
    let whole = plain(&session().to_json(&shell.options));
    let mut foreign = whole.clone();
    foreign["metadata"]["token_endpoint"] = json!("http://elsewhere.example/token");
    let mut less = whole.clone();
    less.as_object_mut().unwrap().remove("accessToken");
    for (before, given) in [
        (whole, Some(session())),
        (foreign, None),
        (less, None),
        (json!("x"), None),
        (json!([]), None),
        (Value::Null, None),
    ] {
        let (id, _) = shell.begin(Place::Browser, look());
        assert_eq!(shell.apply(id)["reveal"], true);
        let (_, seen) = shell.committed(id, &core(before));
        assert_eq!(seen.session, given);
        assert!(seen.live);
    }
}

#[test]
fn what_cannot_be_read_counts_as_absent() {
    for stored in [
        Value::Null,
        json!("x"),
        json!({ "head": "x", "slot": [], "share": "yes" }),
        json!({ "head": { "generation": -1 }, "slot": { "present": 1 }, "share": 1 }),
    ] {
        let mut shell = Shell::new();
        let (id, _) = shell.begin(Place::Browser, Change::End);
        let next = (shell.commits).apply(id, 1, &core(stored.clone()), NOW);
        let next = plain(&next.unwrap());
        let generation = next["head"]["generation"].as_f64();
        assert_eq!(generation, Some((NOW + 1) as f64), "{stored}");
        assert_eq!(
            (&next["content"], &next["reveal"], &next["slot"]["present"]),
            (&json!("remove"), &json!(false), &json!(false)),
            "{stored}"
        );
    }
}

#[test]
fn a_new_session_is_live_although_its_share_was_not_there_before() {
    let mut shell = Shell::new();
    shell.share = false;
    let generation = shell.make(Place::Browser, Change::Open).1.generation;
    assert!(shell.make(Place::Browser, install(generation)).1.live);
    assert!(!shell.make(Place::Browser, look()).1.live);
}
