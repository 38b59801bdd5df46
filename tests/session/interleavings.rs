//! Two tabs in any order: sign-ins, refreshes and sign-outs, with replies that are late or lost and
//! pages that freeze, reload or die.
//!
//! After every step it must hold that
//! - no token of a session is handed out, and no such session shown, by a page that has heard of a
//!   transaction after the one that ended it; nor, from the call on, by the page that called `logout`;
//! - no ended session can be read out of the record;
//! - a refresh token leaves the browser only as an attempt that the record has noted.
//!
//! And when everything has come to rest: every call is answered, and what is still alive at the
//! provider is the session in the record or stands in its ledger.

use std::collections::{BTreeMap, BTreeSet};

use nightlatch::protocol::Failure;
use nightlatch::session::change::Verdict;
use nightlatch::session::record::Version;
use nightlatch::session::{Change, Id, Input, Settled, Signal, Status};
use proptest::prelude::*;
use serde_json::json;

use crate::provider::{Mood, fields};
use crate::world::{NETWORK, Work, World};

const TABS: usize = 2;

/// One thing that happens. Numbers choose among what is possible at that moment.
#[derive(Clone, Debug)]
enum Happening {
    /// Something under way goes one stage further.
    Go(usize),
    /// A request or an answer is lost on the way.
    Lose(usize),
    Token(usize, bool),
    LogOut(usize, &'static str),
    LogIn(usize),
    ComeBack(usize),
    Look(usize),
    Restored(usize),
    Away(usize),
    Freeze(usize),
    Thaw(usize),
    Reload(usize, bool),
    Reopen(usize, bool),
    Pass(u64),
    TokenMood(Mood),
    RevocationMood(Mood),
}

fn happening() -> impl Strategy<Value = Happening> {
    let tab = 0..TABS;
    let mood = || {
        prop_oneof![
            6 => Just(Mood::Well),
            1 => Just(Mood::Says(503, json!(null))),
            1 => Just(Mood::Unreachable(NETWORK)),
            1 => Just(Mood::Unreachable(Failure::Offline)),
            2 => Just(Mood::Loses(Failure::Timeout)),
        ]
    };
    prop_oneof![
        40 => (0_usize..64).prop_map(Happening::Go),
        2 => (0_usize..64).prop_map(Happening::Lose),
        8 => (tab.clone(), any::<bool>()).prop_map(|(tab, force)| Happening::Token(tab, force)),
        4 => (tab.clone(), prop_oneof![6 => Just("app"), 1 => Just("provider"), 1 => Just("tab")])
            .prop_map(|(tab, scope)| Happening::LogOut(tab, scope)),
        3 => tab.clone().prop_map(Happening::LogIn),
        6 => tab.clone().prop_map(Happening::ComeBack),
        1 => tab.clone().prop_map(Happening::Look),
        1 => tab.clone().prop_map(Happening::Restored),
        1 => tab.clone().prop_map(Happening::Away),
        1 => tab.clone().prop_map(Happening::Freeze),
        2 => tab.clone().prop_map(Happening::Thaw),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, finishes)| Happening::Reload(tab, finishes)),
        1 => (tab, any::<bool>()).prop_map(|(tab, finishes)| Happening::Reopen(tab, finishes)),
        4 => prop_oneof![Just(10_u64), Just(60), Just(300), Just(12_001), Just(290_000)].prop_map(Happening::Pass),
        1 => mood().prop_map(Happening::TokenMood),
        1 => mood().prop_map(Happening::RevocationMood),
    ]
}

/// Names one content of one session, in the place where it is kept.
type Content = (usize, u32, u64, u64);

/// A world, and what is known about it from outside.
struct Walk {
    world: World,
    /// For each user (every sign-in has its own), the transaction that ended the session.
    ended: BTreeMap<String, u64>,
    /// For each tab, the users that this page itself has signed out.
    left: [BTreeSet<String>; TABS],
    users: u32,
    /// How far the history has been read.
    read: usize,
    /// How often each refresh token was sent, and how often that was allowed.
    sent: BTreeMap<String, u32>,
    allowed: u32,
    last_attempt: BTreeMap<Content, (usize, u64)>,
    storage: &'static str,
    /// Counts what each tab has kept for itself and lost.
    lost: [u32; TABS],
    counted: BTreeSet<(usize, Id)>,
    /// Whom each access token belongs to.
    owners: BTreeMap<String, String>,
}

impl Walk {
    fn new(storage: &'static str) -> Self {
        let mut world = World::with(json!({ "storage": storage }));
        for _ in 0..TABS {
            world.open();
        }
        Self {
            world,
            ended: BTreeMap::new(),
            left: Default::default(),
            users: 0,
            read: 0,
            sent: BTreeMap::new(),
            allowed: 0,
            last_attempt: BTreeMap::new(),
            storage,
            lost: [0; TABS],
            counted: BTreeSet::new(),
            owners: BTreeMap::new(),
        }
    }

    fn happens(&mut self, happening: Happening) {
        let world = &mut self.world;
        let usable = |tab: usize, world: &World| world.tabs[tab].alive && !world.tabs[tab].frozen;
        match happening {
            Happening::Go(choice) => {
                let ready: Vec<_> = (0..world.jobs.len())
                    .filter(|at| world.may_run(&world.jobs[*at]))
                    .collect();
                if !ready.is_empty() {
                    let at = ready[choice % ready.len()];
                    self.go(at);
                }
            }
            Happening::Lose(choice) => {
                let network: Vec<_> = (0..world.jobs.len())
                    .filter(|at| {
                        matches!(world.jobs[*at].work, Work::Fetch(_))
                            || world.jobs[*at].name.starts_with("answer")
                    })
                    .collect();
                if !network.is_empty() {
                    let at = network[choice % network.len()];
                    let reply = nightlatch::session::Reply::Answer(Err(Failure::Timeout));
                    world.jobs[at].name = format!("answer to {}", world.jobs[at].name);
                    world.jobs[at].work = Work::Reply(reply);
                }
            }
            Happening::Token(tab, force) if usable(tab, world) => {
                world.token(tab, json!({ "forceRefresh": force }));
            }
            Happening::LogOut(tab, scope) if usable(tab, world) => {
                let mut users: BTreeSet<_> = (1..=self.users)
                    .map(|user| format!("user-{user}"))
                    .collect();
                if scope == "tab" {
                    // A sign-in that is arriving is not the session that is left.
                    users.retain(|user| Some(user) == world.user(tab).as_ref());
                }
                if world
                    .jobs
                    .iter()
                    .any(|job| job.tab == tab && job.name == "opened End")
                {
                    // It shares a sign-out whose commit was made before, and that nobody has heard of yet.
                    users.retain(|user| self.ended.contains_key(user));
                }
                world.log_out(tab, json!({ "scope": scope }));
                self.left[tab].extend(users);
                assert_ne!(
                    world.status(tab),
                    Status::SignedIn,
                    "a page that has called logout shows a session"
                );
            }
            Happening::LogIn(tab) if usable(tab, world) => {
                world.log_in(tab, json!({}));
            }
            Happening::ComeBack(tab)
                if usable(tab, world) && world.tabs[tab].navigated.is_some() =>
            {
                let to = world.tabs[tab].navigated.clone().unwrap();
                if to.contains("/authorize") {
                    self.users += 1;
                    let address = world.answer_as(tab, &format!("user-{}", self.users));
                    self.reload(tab, true);
                    self.world.come_back(tab, &address);
                } else {
                    let state = fields(to.split_once('?').unwrap().1)["state"].clone();
                    self.reload(tab, true);
                    self.world
                        .come_back(tab, &format!("https://app.example/bye?state={state}"));
                }
            }
            Happening::Look(tab) if usable(tab, world) => {
                world.tell(tab, Input::Signal(Signal::Look)).unwrap()
            }
            Happening::Restored(tab) if usable(tab, world) => {
                world.tell(tab, Input::Signal(Signal::Restored)).unwrap()
            }
            Happening::Away(tab) if usable(tab, world) => {
                world.tell(tab, Input::Signal(Signal::Away)).unwrap()
            }
            Happening::Freeze(tab) => world.tabs[tab].frozen = true,
            Happening::Thaw(tab) => world.tabs[tab].frozen = false,
            Happening::Reload(tab, finishes) if usable(tab, world) => self.reload(tab, finishes),
            Happening::Reopen(tab, finishes) => {
                world.close(tab, finishes);
                self.read_history();
                self.lost[tab] += 1;
                self.reload(tab, finishes);
            }
            Happening::Pass(ms) => world.now += ms,
            Happening::TokenMood(mood) => world.provider.token = mood,
            Happening::RevocationMood(mood) => world.provider.revocation = mood,
            _ => {}
        }
        self.check();
    }

    /// Another page in the same tab, which has its own beginnings to make.
    fn reload(&mut self, tab: usize, finishes: bool) {
        self.counted.retain(|(own, _)| *own != tab);
        self.left[tab].clear();
        self.world.unload(tab, finishes);
        self.read_history();
        if self.storage == "memory" {
            self.lost[tab] += 1;
        }
        self.world.begin_anew(tab);
        // The app has its client when the first look is done, and not before.
        while let Some(at) = self
            .world
            .jobs
            .iter()
            .position(|job| job.tab == tab && job.id == 1)
        {
            self.go(at);
        }
    }

    fn go(&mut self, at: usize) {
        let job = &self.world.jobs[at];
        if let (Work::Fetch(_), Some(token)) = (&job.work, job.name.strip_prefix("refresh ")) {
            *self.sent.entry(token.to_owned()).or_default() += 1;
        }
        self.world.step(at);
    }

    fn check(&mut self) {
        self.read_history();
        self.remember_owners();
        // No session that was ended can be read out of the record.
        if let Some(session) = self.world.session() {
            let user = session.claims.subject();
            assert!(
                !self.ended.contains_key(user),
                "the record holds {user}, who was signed out"
            );
        }
        for tab in 0..TABS {
            let (seen, user) = (self.world.tabs[tab].seen, self.world.user(tab));
            // What a hidden document shows, nobody sees.
            if self.world.status(tab) == Status::SignedIn && !self.world.tabs[tab].hidden {
                let user = user.unwrap();
                assert!(
                    self.ended.get(&user).is_none_or(|end| seen.0 < *end),
                    "tab {tab} shows {user}, who was signed out"
                );
                assert!(
                    !self.left[tab].contains(&user),
                    "tab {tab} shows {user} after its own logout"
                );
            }
            let settled: Vec<_> = self.world.tabs[tab]
                .settled
                .iter()
                .filter_map(|(id, result)| match result {
                    Ok(Settled::AccessToken(token)) => Some((*id, token.reveal().to_owned())),
                    _ => None,
                })
                .collect();
            for (id, token) in settled {
                if self.counted.insert((tab, id)) {
                    let user = &self.owners[&token];
                    assert!(
                        self.ended.get(user).is_none_or(|end| seen.0 < *end),
                        "tab {tab} hands out {token} of {user}, who was signed out"
                    );
                    assert!(
                        !self.left[tab].contains(user),
                        "tab {tab} hands out {token} of {user} after its own logout"
                    );
                    assert!(
                        self.world.now - seen.1 <= 50,
                        "tab {tab} hands out {token} without a look"
                    );
                }
            }
        }
    }

    fn content(&self, tab: usize, of: Version) -> Content {
        match self.storage {
            "browser" => (TABS, 0, of.generation, of.revision),
            _ => (tab, self.lost[tab], of.generation, of.revision),
        }
    }

    fn read_history(&mut self) {
        for done in &self.world.history[self.read..] {
            match (&done.change, done.verdict) {
                (Change::End | Change::EndAtProvider, Verdict::Done { .. }) => {
                    // Whoever had begun to sign in before is signed out, too.
                    for user in 1..=self.users {
                        self.ended
                            .entry(format!("user-{user}"))
                            .or_insert(done.number);
                    }
                }
                (Change::Install { session, .. }, Verdict::Done { .. }) => {
                    let user = session.claims.subject();
                    assert!(
                        !self.ended.contains_key(user),
                        "{user} was signed out and is installed"
                    );
                }
                (Change::Renew { session, .. }, Verdict::Done { .. }) => {
                    let user = session.claims.subject();
                    assert!(
                        !self.ended.contains_key(user),
                        "{user} was signed out and is renewed"
                    );
                }
                (Change::Release { of, .. }, Verdict::Done { .. }) => {
                    self.last_attempt.remove(&self.content(done.tab, *of));
                }
                (
                    Change::Reserve {
                        of, patience_ms, ..
                    },
                    Verdict::Send { .. },
                ) => {
                    let of = self.content(done.tab, *of);
                    self.allowed += 1;
                    if let Some((tab, at)) = self.last_attempt.insert(of, (done.tab, done.at)) {
                        assert!(
                            tab == done.tab || done.at - at >= *patience_ms,
                            "tab {} may send a refresh token that tab {tab} has just sent",
                            done.tab
                        );
                    }
                }
                _ => {}
            }
        }
        self.read = self.world.history.len();
        let sent: u32 = self.sent.values().sum();
        assert!(
            sent <= self.allowed,
            "{sent} refreshes were sent and {} allowed",
            self.allowed
        );
    }

    fn remember_owners(&mut self) {
        for (token, user) in self.world.provider.owners() {
            self.owners.entry(token).or_insert(user);
        }
    }

    /// Everything that is still to come, comes.
    fn rests(&mut self) {
        self.world.provider.token = Mood::Well;
        self.world.provider.revocation = Mood::Well;
        for tab in 0..self.world.tabs.len() {
            self.world.tabs[tab].frozen = false;
            // A page that was told to go, and did not, has gone or is back.
            if self.world.tabs[tab].away {
                let restored = Input::Signal(Signal::Restored);
                self.world.tell(tab, restored).unwrap();
            }
        }
        for _ in 0..400 {
            while let Some(at) =
                (0..self.world.jobs.len()).find(|at| self.world.may_run(&self.world.jobs[*at]))
            {
                self.go(at);
                self.check();
            }
            self.world.now += 250;
        }
        assert!(
            self.world.jobs.is_empty(),
            "something never ends: {:?}",
            self.world.jobs
        );
        for (tab, state) in self.world.tabs.iter().enumerate() {
            let silent: Vec<_> = state
                .asked
                .iter()
                .filter(|id| !state.settled.contains_key(id))
                .collect();
            // A login that has left the page is never answered.
            assert!(
                silent.is_empty() || state.navigated.is_some(),
                "tab {tab} never answers {silent:?}"
            );
        }
        let kept = self
            .world
            .session()
            .and_then(|session| session.refresh_token);
        let kept = kept.as_ref().map(|token| token.reveal());
        let forgotten: Vec<_> = self
            .world
            .provider
            .alive()
            .into_iter()
            .filter(|token| Some(*token) != kept)
            .collect();
        // A session whose key is gone is noted by the next page that opens.
        let unopened = self.world.record().slot.present && kept.is_none();
        // What a tab has kept for itself is lost with it.
        let lost = self.storage != "browser";
        assert!(
            forgotten.is_empty() || lost || unopened || !self.world.ledger().is_empty(),
            "{forgotten:?} is alive at the provider, in nobody's hands and in no ledger"
        );
        // Tabs and record agree.
        let user = self
            .world
            .session()
            .map(|session| session.claims.subject().to_owned());
        for tab in 0..TABS {
            self.world.tell(tab, Input::Signal(Signal::Look)).unwrap();
            self.world.run();
            let own = self.world.user(tab);
            assert!(
                own == user || own.is_none() || self.storage != "browser",
                "tab {tab} has {own:?} and the record {user:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600),
        max_shrink_iters: 20_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_comes_back_whatever_the_order(
        happenings in proptest::collection::vec(happening(), 1..120),
        signed_in in any::<bool>(),
        storage in prop_oneof![4 => Just("browser"), 1 => Just("tab"), 1 => Just("memory")],
    ) {
        let mut walk = Walk::new(storage);
        if signed_in {
            walk.users = 1;
            walk.world.sign_in(0, "user-1");
            walk.check();
        }
        for happening in happenings {
            walk.happens(happening);
        }
        walk.rests();
    }
}
