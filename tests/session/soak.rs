//! Ten thousand hours of several tabs in one browser: tabs are opened, closed, killed, frozen and throttled, the
//! machine sleeps, the clock is wrong, the provider is slow, silent, busy or down, and people sign out and in.
//!
//! All the time it must hold that
//! - a refresh token leaves the browser while another one of its kind is on its way only where that counts as lost,
//!   and never after a new one has taken its place in the record;
//! - the provider sees a token twice only where the first answer was never heard;
//! - a call is answered while its tab runs, and what it gets has not ended by the clock that the tab has;
//! - a session ends by a sign-out, or because the provider has ended it; then no token of it comes out;
//! - the record stays small, no timer is longer than a timer can be, and no provider is flooded, down or not.

use std::collections::{BTreeMap, BTreeSet};

use nightlatch::protocol::Failure;
use nightlatch::session::change::Verdict;
use nightlatch::session::{Change, Id, Input, Reply, Settled, Signal};
use serde_json::{Value, json};

use crate::provider::Mood;
use crate::world::{NETWORK, START, Work, World};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// How long all worlds together go on, in hours.
const HOURS: u64 = 10_000;
const WORLDS: u64 = 8;
const TABS: usize = 5;

/// How long a request may take, by default.
const REQUEST: u64 = 10 * SECOND;
/// After so long somebody else's attempt counts as lost.
const LOST: u64 = 12 * SECOND;
/// So long may a call take, of the time in which its tab runs.
const ANSWER: u64 = MINUTE;
/// So many refreshes may leave the browser in an hour, whatever happens: five tabs that try once or twice a minute.
const FLOOD: u32 = 600;
/// What a timer can count, in milliseconds.
const TIMER: u64 = (1 << 31) - 1;
/// How far back a clock may be set before a token counts as one of tomorrow.
const EARLIER: u64 = 30 * SECOND;

#[test]
fn ten_thousand_hours_lose_no_session_flood_no_provider_and_leave_no_caller_waiting() {
    // TOK-7, TOK-8, TOK-9, TOK-11, TOK-12, TOK-13, TOK-16, A23
    let seed = std::env::var("NIGHTLATCH_SEED").map(|seed| seed.parse().unwrap());
    let seeds = match seed {
        Ok(seed) => vec![seed],
        Err(_) => (1..=WORLDS).map(|at| at * 7_919).collect(),
    };
    for seed in seeds {
        println!("NIGHTLATCH_SEED={seed}");
        let mut soak = Soak::new(seed);
        soak.run(HOURS / WORLDS);
        println!("{:?}", soak.sums);
        let sums = &soak.sums;
        // It was no walk in the park.
        for (name, count) in [
            ("tokens", sums.tokens),
            ("refreshes", sums.refreshes),
            ("failures", sums.failures),
            ("sign-ins", sums.sign_ins),
            ("sign-outs", sums.sign_outs),
        ] {
            assert!(count > 10, "{name}: {count}");
        }
    }
}

/// What happened, counted.
#[derive(Debug, Default)]
struct Sums {
    calls: u32,
    tokens: u32,
    refreshes: u32,
    failures: u32,
    sign_ins: u32,
    sign_outs: u32,
    refused: u32,
    replays: usize,
    most_in_an_hour: u32,
    largest_record: usize,
}

/// What the network and the provider are like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Weather {
    Fair,
    Busy,
    Down,
    Later,
    Lossy,
    Offline,
    Slow,
}

/// A page, as the person at the machine knows it.
#[derive(Debug, Default)]
struct Page {
    /// How long it has been running.
    ran: u64,
    throttled: bool,
    thaws_at: Option<u64>,
    /// The address that it is to begin at, and when.
    returns: Option<(u64, String)>,
    left: BTreeSet<String>,
    /// How many sign-outs it has begun and not yet committed.
    sign_outs: u32,
}

/// A refresh token on its way.
#[derive(Clone, Debug)]
struct Sent {
    tab: usize,
    id: Id,
    token: String,
    at: u64,
    /// Whether another attempt with this token was sent while it was on its way, or before: one of them counted as lost.
    contested: bool,
    /// Whether new tokens were heard of, and are not yet in the record.
    granted: bool,
}

/// What was granted, and when it was asked for, by the browser's clock.
#[derive(Clone, Debug)]
struct Grant {
    user: String,
    asked_at: u64,
    lifetime: Option<u64>,
}

struct Soak {
    dice: u64,
    world: World,
    sums: Sums,
    pages: Vec<Page>,
    weather: (u64, Weather),
    /// Until when, and how often the app asks for a token.
    pace: (u64, u64),
    next_call: u64,
    next_event: u64,
    next_sign_in: u64,
    calls: Vec<(usize, Id, u64)>,
    /// When each request left, by the browser's clock.
    left_at: BTreeMap<(usize, Id, u8), u64>,
    sent: Vec<Sent>,
    /// Refresh tokens whose successor has stood in the record.
    replaced: BTreeSet<String>,
    grants: BTreeMap<String, Grant>,
    /// The refresh token in the record, and whose it is.
    current: Option<(String, String)>,
    users: u32,
    /// For each user, the transaction that ended the session.
    ended: BTreeMap<String, u64>,
    /// When something last made the browser's clock useless for measuring.
    jumped_at: u64,
    hour: (u64, u32),
}

impl Soak {
    fn new(seed: u64) -> Self {
        let mut world = World::new();
        world.provider.grace = seed.is_multiple_of(2);
        let mut soak = Self {
            dice: seed,
            world,
            sums: Sums::default(),
            pages: Vec::new(),
            weather: (START, Weather::Fair),
            pace: (START, HOUR),
            next_call: START,
            next_event: START,
            next_sign_in: START,
            calls: Vec::new(),
            left_at: BTreeMap::new(),
            sent: Vec::new(),
            replaced: BTreeSet::new(),
            grants: BTreeMap::new(),
            current: None,
            users: 0,
            ended: BTreeMap::new(),
            jumped_at: 0,
            hour: (0, 0),
        };
        soak.open();
        soak.schedule();
        soak
    }

    fn run(&mut self, hours: u64) {
        let end = START + hours * HOUR;
        while self.world.now < end {
            let chance = [self.weather.0, self.pace.0, self.next_call, self.next_event];
            let chance = chance.into_iter().min().unwrap();
            let job = self.next_job();
            let until = job.map_or(chance, |(due, _)| due.min(chance));
            self.pass(until);
            match job {
                Some((due, at)) if due <= chance => self.go(at),
                _ => self.happen(),
            }
            self.schedule();
            self.check();
        }
    }

    /// A number below `n`: SplitMix64.
    fn roll(&mut self, n: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.dice;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % n
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.roll(most - least)
    }

    /// What goes on next by itself, and when.
    fn next_job(&self) -> Option<(u64, usize)> {
        let world = &self.world;
        let runs = |tab: usize| world.tabs[tab].alive && !world.tabs[tab].frozen;
        (0..world.jobs.len())
            // What has left the page goes on without it, until it is to be told.
            .filter(|at| {
                let job = &world.jobs[*at];
                runs(job.tab) || matches!(job.work, Work::Commit { .. } | Work::Fetch(_))
            })
            .map(|at| (world.jobs[at].due.unwrap(), at))
            .min()
    }

    fn pass(&mut self, until: u64) {
        let passed = until.saturating_sub(self.world.now);
        self.world.now += passed;
        for (tab, page) in self.pages.iter_mut().enumerate() {
            if self.world.tabs[tab].alive && !self.world.tabs[tab].frozen {
                page.ran += passed / if page.throttled { 10 } else { 1 };
            }
        }
    }

    /// Says of all that is new when it will happen.
    fn schedule(&mut self) {
        for at in 0..self.world.jobs.len() {
            if self.world.jobs[at].due.is_some() {
                continue;
            }
            let (now, job) = (self.world.now, &self.world.jobs[at]);
            let (tab, id, part) = (job.tab, job.id, job.part);
            let due = match job.work {
                Work::Wait(until) => {
                    assert!(until - now <= TIMER, "a timer of {} ms", until - now);
                    let late = if self.pages[tab].throttled {
                        // Chromium wakes a page in the background once in a minute.
                        MINUTE - until % MINUTE
                    } else {
                        self.roll(20)
                    };
                    until + late
                }
                Work::Fetch(_) => {
                    let clock = self.world.clock();
                    self.left_at.insert((tab, id, part), clock);
                    let token = job.name.strip_prefix("refresh ").map(str::to_owned);
                    if let Some(token) = token {
                        self.sends(tab, id, token);
                    }
                    now + self.between(5, 300)
                }
                Work::Signal(_) => now + self.roll(30),
                Work::Commit { .. } | Work::Open { .. } | Work::Reply(_) => now + self.roll(5),
            };
            self.world.jobs[at].due = Some(due);
        }
    }

    /// A refresh token leaves the browser.
    fn sends(&mut self, tab: usize, id: Id, token: String) {
        let now = self.world.now;
        self.sums.refreshes += 1;
        let hour = now / HOUR;
        self.hour = match self.hour {
            (same, count) if same == hour => (hour, count + 1),
            _ => (hour, 1),
        };
        let most = &mut self.sums.most_in_an_hour;
        *most = self.hour.1.max(*most);
        assert!(
            self.hour.1 <= FLOOD,
            "the provider is flooded: {}",
            self.hour.1
        );
        if let Some((current, _)) = &self.current {
            assert!(
                *current == token || family(current) != family(&token),
                "{token} is sent, and {current} has taken its place"
            );
        }
        for other in &self.sent {
            let jumped = self.jumped_at >= other.at;
            assert!(
                other.granted
                    || family(&other.token) != family(&token)
                    || now - other.at >= LOST
                    || jumped,
                "{token} is sent by tab {tab} {} ms after tab {}",
                now - other.at,
                other.tab
            );
        }
        let mut contested = false;
        for other in &mut self.sent {
            if other.token == token {
                other.contested = true;
                contested = true;
            }
        }
        self.sent.push(Sent {
            tab,
            id,
            token,
            at: now,
            contested,
            granted: false,
        });
    }

    /// Something under way goes one stage further.
    fn go(&mut self, at: usize) {
        let job = &self.world.jobs[at];
        let (tab, id) = (job.tab, job.id);
        match &job.work {
            Work::Fetch(_) => return self.serve(at),
            Work::Reply(Reply::Answer(answer)) if job.name.starts_with("answer to refresh ") => {
                let at = self
                    .sent
                    .iter()
                    .position(|sent| sent.tab == tab && sent.id == id && !sent.granted)
                    .unwrap();
                match answer {
                    Ok(answer) if answer.status == 200 => self.sent[at].granted = true,
                    _ => {
                        self.sent.remove(at);
                        self.sums.failures += 1;
                    }
                }
            }
            _ => {}
        }
        self.world.step(at);
    }

    /// A request arrives, or does not.
    fn serve(&mut self, at: usize) {
        let job = &self.world.jobs[at];
        let (tab, key) = (job.tab, (job.tab, job.id, job.part));
        let refresh = job.name.strip_prefix("refresh ").map(str::to_owned);
        let says = |status| Mood::Says(status, Value::Null);
        let mut latency = self.between(5, 300);
        self.world.provider.retry_after = 0;
        let mood = match self.weather.1 {
            Weather::Fair => Mood::Well,
            Weather::Busy => says(429),
            Weather::Down => says(503),
            Weather::Later => {
                self.world.provider.retry_after = 30;
                says(503)
            }
            Weather::Offline => Mood::Unreachable(Failure::Offline),
            Weather::Lossy => match self.roll(3) {
                0 => Mood::Unreachable(NETWORK),
                1 => Mood::Loses(NETWORK),
                _ => Mood::Well,
            },
            Weather::Slow => {
                latency = self.between(SECOND, 15 * SECOND);
                if latency > REQUEST {
                    latency = REQUEST;
                    Mood::Loses(Failure::Timeout)
                } else {
                    Mood::Well
                }
            }
        };
        let lifetime = [json!(300), json!("300"), json!(3_600), json!(60)];
        let lifetime = lifetime[self.roll(4) as usize].clone();
        let provider = &mut self.world.provider;
        provider.grant = json!({ "expires_in": lifetime });
        (provider.token, provider.revocation) = (mood.clone(), mood);
        let before = provider.replays.len();
        if !self.world.tabs[tab].alive {
            // Nobody is there to be told.
            let job = self.world.jobs.remove(at);
            let Work::Fetch(request) = job.work else {
                unreachable!("no request");
            };
            drop(self.world.provider.answers(&request, self.world.now));
        } else {
            self.world.step(at);
            let job = self.world.jobs.last_mut().unwrap();
            job.due = Some(self.world.now + latency);
            let asked_at = self.left_at.remove(&key).unwrap();
            let granted = match &job.work {
                Work::Reply(Reply::Answer(Ok(answer))) => answer.body.as_ref(),
                _ => None,
            };
            if let Some(token) = granted.and_then(|body| body.member("access_token").text()) {
                let grant = Grant {
                    user: self.world.provider.owner(token),
                    asked_at,
                    lifetime: number(&lifetime).map(|seconds| seconds * SECOND),
                };
                self.grants.insert(token.to_owned(), grant);
            }
        }
        if self.world.provider.replays.len() > before {
            let token = refresh.unwrap();
            self.sums.replays += 1;
            let sent = (self.sent.iter().rev()).find(|sent| sent.tab == tab && sent.id == key.1);
            assert!(
                !self.replaced.contains(&token) || sent.unwrap().contested,
                "{token} is used again, and its successor was known"
            );
        }
    }

    /// The next thing that need not happen.
    fn happen(&mut self) {
        let now = self.world.now;
        if now >= self.weather.0 {
            let weather = match self.roll(16) {
                0 => Weather::Busy,
                1 => Weather::Down,
                2 => Weather::Later,
                3 => Weather::Lossy,
                4 => Weather::Offline,
                5 => Weather::Slow,
                _ => Weather::Fair,
            };
            let was = self.weather.1;
            self.weather = (now + self.between(MINUTE, 5 * HOUR), weather);
            if was == Weather::Offline {
                self.each(|soak, tab| soak.signal(tab, Signal::Look));
            }
            return;
        }
        if now >= self.pace.0 {
            let every = match self.roll(20) {
                0 => 5 * SECOND,
                1..=4 => MINUTE,
                5..=12 => 15 * MINUTE,
                _ => DAY,
            };
            let long = if every < MINUTE { HOUR } else { 8 * HOUR };
            self.pace = (now + self.between(MINUTE, long), every);
            self.next_call = now;
            return;
        }
        if now >= self.next_call {
            self.next_call = now + self.between(1, 2 * self.pace.1);
            // In a busy hour, every tab.
            if self.pace.1 < MINUTE {
                return self.each(|soak, tab| soak.call(tab));
            }
            if let Some(tab) = self.one() {
                self.call(tab);
                if self.roll(4) == 0 {
                    self.each(|soak, tab| soak.call(tab));
                }
            }
            return;
        }
        self.next_event = now + self.between(SECOND, 40 * MINUTE);
        for tab in 0..self.pages.len() {
            if self.pages[tab].thaws_at.is_some_and(|at| at <= now) {
                self.pages[tab].thaws_at = None;
                self.world.tabs[tab].frozen = false;
                self.signal(tab, Signal::Restored);
            }
            if self.pages[tab]
                .returns
                .as_ref()
                .is_some_and(|(at, _)| *at <= now)
                && self.runs(tab)
            {
                let (_, address) = self.pages[tab].returns.take().unwrap();
                self.world.come_back(tab, &address);
            }
            self.follow(tab);
        }
        let Some(tab) = self.one() else {
            return self.open();
        };
        if self.current.is_none() {
            // Whose clock is wrong is not let in, and sets it right.
            self.set_clock(0);
            if self.pages.iter().all(|page| page.returns.is_none()) && now >= self.next_sign_in {
                self.world.log_in(tab, json!({}));
                self.next_sign_in = now + self.between(MINUTE, 20 * MINUTE);
            }
            self.next_event = now + self.between(SECOND, 10 * SECOND);
            return;
        }
        match self.roll(100) {
            0..=9 => self.open(),
            10..=13 => self.close(tab),
            14..=17 => {
                let finishes = self.roll(2) == 0;
                self.kill(tab, finishes);
            }
            18..=27 => {
                self.signal(tab, Signal::Away);
                self.world.tabs[tab].frozen = true;
                self.pages[tab].thaws_at = Some(now + self.between(SECOND, 8 * HOUR));
            }
            28..=35 => self.sleep(),
            36..=50 => {
                let throttled = self.roll(2) == 0;
                self.pages[tab].throttled = throttled;
            }
            51..=58 => {
                let by = [0, DAY, 5 * MINUTE, 10 * SECOND][self.roll(4) as usize];
                let back = self.roll(2) == 0;
                let by = i64::try_from(by).unwrap();
                self.set_clock(if back { -by } else { by });
            }
            59..=61 => {
                self.pages[tab].sign_outs += 1;
                let users = (1..=self.users).map(|user| format!("user-{user}"));
                self.pages[tab].left = users.collect();
                self.world.log_out(tab, json!({}));
                self.sums.sign_outs += 1;
            }
            62 => self.world.provider.end_all(),
            63..=75 => self.signal(tab, Signal::Look),
            _ => self.call(tab),
        }
    }

    /// A page that has left for the provider comes back by and by.
    fn follow(&mut self, tab: usize) {
        if !self.runs(tab) || self.world.tabs[tab].navigated.is_none() {
            return;
        }
        self.users += 1;
        let address = self.world.answer_as(tab, &format!("user-{}", self.users));
        self.next_event = self.world.now + 5 * SECOND;
        self.kill_page(tab, true);
        self.world.begin_anew(tab);
        self.pages[tab].returns = Some((self.next_event, address));
    }

    fn set_clock(&mut self, ahead: i64) {
        if self.world.ahead != ahead {
            self.world.ahead = ahead;
            self.jumped_at = self.world.now;
        }
    }

    fn signal(&mut self, tab: usize, signal: Signal) {
        self.world.tell(tab, Input::Signal(signal)).unwrap();
    }

    fn call(&mut self, tab: usize) {
        let options = match self.roll(10) {
            0 => json!({ "forceRefresh": true }),
            1 => json!({ "minValidity": 50 }),
            _ => json!({}),
        };
        let id = self.world.token(tab, options);
        self.sums.calls += 1;
        self.calls.push((tab, id, self.pages[tab].ran));
    }

    fn runs(&self, tab: usize) -> bool {
        let tab = &self.world.tabs[tab];
        // The app has its client when the first look is done.
        tab.alive && !tab.frozen && tab.settled.contains_key(&1)
    }

    fn one(&mut self) -> Option<usize> {
        let tabs: Vec<_> = (0..self.pages.len())
            .filter(|tab| self.runs(*tab))
            .collect();
        if tabs.is_empty() {
            return None;
        }
        let at = self.roll(tabs.len() as u64) as usize;
        Some(tabs[at])
    }

    fn each(&mut self, act: fn(&mut Self, usize)) {
        for tab in 0..self.pages.len() {
            if self.runs(tab) {
                act(self, tab);
            }
        }
    }

    fn open(&mut self) {
        let free = (0..self.pages.len()).find(|tab| !self.world.tabs[*tab].alive);
        match free {
            Some(tab) => {
                self.pages[tab] = Page::default();
                self.world.begin_anew(tab);
            }
            None if self.pages.len() < TABS => {
                self.pages.push(Page::default());
                self.world.open_unheard();
            }
            None => {}
        }
    }

    fn close(&mut self, tab: usize) {
        self.signal(tab, Signal::Away);
        self.schedule();
        self.kill(tab, true);
    }

    fn kill(&mut self, tab: usize, finishes: bool) {
        self.kill_page(tab, finishes);
        self.world.close(tab, false);
    }

    /// Ends a page. Some of what it has sent is still dealt with, and nobody hears the answers.
    fn kill_page(&mut self, tab: usize, finishes: bool) {
        self.schedule();
        self.world.tabs[tab].alive = false;
        while let Some(at) = self.world.jobs.iter().position(|job| {
            job.tab == tab && finishes && matches!(job.work, Work::Commit { .. } | Work::Fetch(_))
        }) {
            match self.world.jobs[at].work {
                Work::Fetch(_) => self.serve(at),
                _ => {
                    self.world.step(at);
                    self.world.jobs.pop();
                }
            }
        }
        self.world.unload(tab, false);
        self.calls.retain(|(own, ..)| *own != tab);
        self.sent.retain(|sent| sent.tab != tab);
        self.left_at.retain(|(own, ..), _| *own != tab);
        self.pages[tab] = Page::default();
    }

    /// The lid is closed: nothing runs, and what was on its way has lost its connection.
    fn sleep(&mut self) {
        self.schedule();
        for at in 0..self.world.jobs.len() {
            if matches!(self.world.jobs[at].work, Work::Fetch(_)) && self.roll(2) == 0 {
                let job = &mut self.world.jobs[at];
                job.name = format!("answer to {}", job.name);
                job.work = Work::Reply(Reply::Answer(Err(NETWORK)));
            }
        }
        self.world.now += self.between(MINUTE, 12 * HOUR);
        let now = self.world.now;
        for at in 0..self.world.jobs.len() {
            let due = now + self.roll(2 * SECOND);
            self.world.jobs[at].due = Some(due);
        }
    }

    fn check(&mut self) {
        self.read_history();
        let clock = self.world.clock();
        for at in (0..self.calls.len()).rev() {
            let (tab, id, began) = self.calls[at];
            let page = &self.pages[tab];
            let Some(result) = self.world.tabs[tab].settled.remove(&id) else {
                assert!(
                    page.ran - began <= ANSWER,
                    "call {id} of tab {tab} is not answered"
                );
                continue;
            };
            self.calls.remove(at);
            let Ok(Settled::AccessToken(token)) = result else {
                self.sums.refused += 1;
                continue;
            };
            self.sums.tokens += 1;
            let Grant {
                user,
                asked_at,
                lifetime,
            } = &self.grants[token.reveal()];
            let token = token.reveal();
            if let Some(lifetime) = lifetime {
                assert!(clock < asked_at + lifetime, "{token} has ended");
                assert!(clock + EARLIER >= *asked_at, "{token} is of tomorrow");
            }
            assert!(
                !page.left.contains(user),
                "{token} of {user} comes out after a logout"
            );
            let seen = self.world.tabs[tab].seen.0;
            assert!(
                self.ended.get(user).is_none_or(|end| seen < *end),
                "{token} of {user}, who was signed out"
            );
        }
        for tab in &mut self.world.tabs {
            for line in tab.log.drain(..) {
                assert!(line != "event signedOut expired", "it could be refreshed");
            }
        }
        self.world.provider.seen.clear();
    }

    fn read_history(&mut self) {
        if self.world.history.is_empty() {
            return;
        }
        for done in std::mem::take(&mut self.world.history) {
            if !matches!(done.verdict, Verdict::Done { .. }) {
                continue;
            }
            match &done.change {
                Change::End | Change::EndAtProvider => {
                    let left = &mut self.pages[done.tab].sign_outs;
                    assert!(*left > 0, "nobody has signed out");
                    *left -= 1;
                    let users = (1..=self.users).map(|user| format!("user-{user}"));
                    for user in users {
                        self.ended.entry(user).or_insert(done.number);
                    }
                    self.current = None;
                }
                Change::Invalidate { .. } => {
                    let (token, user) = self.current.take().unwrap();
                    assert!(
                        self.world.provider.is_over(&token),
                        "the session of {token} ends, and the provider has not said so"
                    );
                    self.ended.insert(user, done.number);
                }
                Change::Install { session, .. } | Change::Renew { session, .. } => {
                    let token = session.refresh_token.as_ref().unwrap().reveal();
                    let user = session.claims.subject();
                    if let Some((before, whose)) = self.current.take() {
                        if whose == user {
                            (self.sent).retain(|sent| !sent.granted || sent.token != before);
                            self.replaced.insert(before);
                        } else {
                            self.ended.insert(whose, done.number);
                        }
                    }
                    if matches!(done.change, Change::Install { .. }) {
                        self.sums.sign_ins += 1;
                    }
                    self.current = Some((token.to_owned(), user.to_owned()));
                }
                _ => {}
            }
        }
        let record = self.world.record();
        assert!(record.ledger.len() <= 32);
        let size = self.world.at_rest().len();
        self.sums.largest_record = self.sums.largest_record.max(size);
        assert!(size < 4_096, "the record has {size} bytes");
        // Between a sign-out's first step and its commit the share is gone already.
        if self.world.cookie.is_some() {
            assert_eq!(record.slot.present, self.current.is_some());
        }
    }
}

fn family(token: &str) -> &str {
    token.split('.').next().unwrap()
}

fn number(json: &Value) -> Option<u64> {
    json.as_u64().or_else(|| json.as_str()?.parse().ok())
}
