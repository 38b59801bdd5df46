//! A browser of plain data, around one provider.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use nightlatch::protocol::options::{Clear, Place};
use nightlatch::protocol::{Error, Failure, Json, Options, Request, url};
use nightlatch::session::record::{Content, Verdict};
use nightlatch::session::{
    Call, Change, Effect, Event, Id, Input, Machine, Message, Misuse, Output, Record, Reply, Seen,
    Session, Settled, Signal, Slot, Snapshot, Status,
};
use serde_json::{Value, json};

use crate::provider::{Provider, core, describe, fields, merged, parse, plain};

pub(crate) const ORIGIN: &str = "https://app.example";
pub(crate) const CALLBACK: &str = "https://app.example/callback";
pub(crate) const START: u64 = 1_790_000_000_000;

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) options: Rc<Options>,
    pub(crate) provider: Provider,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) disk: Disk,
    /// The key share in the cookie.
    pub(crate) cookie: Option<String>,
    /// Whether IndexedDB is there.
    pub(crate) has_record: bool,
    /// Whether cookies are kept.
    pub(crate) has_cookies: bool,
    /// What is under way, in the order in which it began.
    pub(crate) jobs: Vec<Job>,
    /// What does not go on, by the beginning of its name.
    held: BTreeSet<String>,
    /// Numbers the transactions.
    pub(crate) transactions: u64,
    /// Every transaction that wrote or decided something, for those who check invariants.
    pub(crate) history: Vec<Transacted>,
    drawn: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Transacted {
    pub(crate) number: u64,
    pub(crate) tab: usize,
    pub(crate) at: u64,
    pub(crate) change: Change,
    pub(crate) verdict: Verdict,
}

/// The one record, as it is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    head: Option<String>,
    slot: Option<String>,
    pub(crate) sealed: Option<Sealed>,
    /// The keys of sessions that tabs keep for themselves.
    keys: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    share: String,
    text: String,
}

#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) machine: Machine,
    pub(crate) alive: bool,
    pub(crate) frozen: bool,
    /// Whether this tab alone cannot reach IndexedDB.
    pub(crate) blind: bool,
    pub(crate) storage: Storage,
    kept: Option<String>,
    memory: (Record, Option<Rc<Session>>),
    order: u64,
    last: Id,
    /// What the machine asked for, in words.
    pub(crate) log: Vec<String>,
    pub(crate) settled: BTreeMap<Id, Result<Settled, Error>>,
    pub(crate) asked: BTreeSet<Id>,
    pub(crate) snapshot: Option<Snapshot>,
    pub(crate) navigated: Option<String>,
    pub(crate) cleaned: Option<String>,
    /// The last transaction whose outcome this page knows, and when it came to know it.
    pub(crate) seen: (u64, u64),
}

/// One tab's session storage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Storage {
    pub(crate) slots: BTreeMap<&'static str, String>,
    /// The name of the key, the slot, and the sealed session.
    own: Option<(String, String, Option<Sealed>)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) tab: usize,
    pub(crate) id: Id,
    pub(crate) part: u8,
    pub(crate) name: String,
    pub(crate) work: Work,
}

#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// A transaction that has not begun.
    Commit {
        place: Place,
        change: Change,
        sealed: Option<Sealed>,
    },
    /// A transaction that is complete; what it revealed is still sealed.
    Open {
        verdict: Verdict,
        seen: Seen,
        sealed: Option<Sealed>,
        number: u64,
    },
    /// A request that has not arrived.
    Fetch(Request),
    /// A reply on its way back.
    Reply(Reply),
    Wait(u64),
    Wipe,
    Signal(Signal),
}

pub(crate) fn options(changes: Value) -> Rc<Options> {
    let app = json!({
        "issuer": crate::provider::ISSUER, "clientId": "spa", "redirectUri": CALLBACK,
        "postLogoutRedirectUri": "https://app.example/bye",
    });
    Rc::new(Options::parse(&core(merged(app, &changes)), ORIGIN).unwrap())
}

/// Names things so that a list of them reads like the conversation that it is.
pub(crate) fn word_of(change: &Change) -> &'static str {
    match change {
        Change::Confirm { .. } => "Confirm",
        Change::End => "End",
        Change::EndOwn => "EndOwn",
        Change::Install { .. } => "Install",
        Change::Invalidate { .. } => "Invalidate",
        Change::Look { .. } => "Look",
        Change::Open => "Open",
        Change::Redeem { .. } => "Redeem",
        Change::Release { .. } => "Release",
        Change::Renew { .. } => "Renew",
        Change::Reserve { .. } => "Reserve",
    }
}

fn words_of(effect: &Effect) -> String {
    match effect {
        Effect::Commit { change, .. } => format!("commit {}", word_of(change)),
        Effect::Digest(_) => "digest".to_owned(),
        Effect::Fetch(request) => describe(request),
        Effect::Probe => "probe".to_owned(),
        Effect::Wait(ms) => format!("wait {ms}"),
        Effect::Wipe(Clear::All) => "wipe all".to_owned(),
        Effect::Wipe(Clear::Own) => "wipe own".to_owned(),
    }
}

fn output_words(output: &Output) -> String {
    match output {
        Output::Abort => "abort".to_owned(),
        Output::Clean(address) => format!("clean {address}"),
        Output::Event(event) => {
            let detail = plain(&event.detail());
            let reason = detail["reason"]
                .as_str()
                .map(|reason| format!(" {reason}"))
                .unwrap_or_default();
            let error = if let Event::RefreshFailed(error) = event {
                format!(" {}", error.code.as_str())
            } else {
                String::new()
            };
            format!("event {}{reason}{error}", event.name())
        }
        Output::Forget => "forget".to_owned(),
        Output::Keep(slot, Some(_)) => format!("keep {slot:?}"),
        Output::Keep(slot, None) => format!("drop {slot:?}"),
        Output::Mark => "mark".to_owned(),
        Output::Navigate(address) => {
            format!("navigate {}", address.reveal().split('?').next().unwrap())
        }
        Output::Perform { effect, .. } => words_of(effect),
        Output::Post(Message::Look { .. }) => "post look".to_owned(),
        Output::Post(Message::Acknowledge { .. }) => "post acknowledge".to_owned(),
        Output::Settle { result, .. } => match result {
            Ok(Settled::AccessToken(token)) => format!("settle {}", token.reveal()),
            Ok(Settled::Done) => "settle done".to_owned(),
            Ok(Settled::NoAnswer) => "settle no answer".to_owned(),
            Ok(Settled::SignedIn { .. }) => "settle signed in".to_owned(),
            Ok(Settled::SignedOut(_)) => "settle signed out".to_owned(),
            Ok(Settled::Returned { .. }) => "settle returned".to_owned(),
            Err(error) => format!("settle {}", error.code.as_str()),
        },
        Output::Shut => "shut".to_owned(),
        Output::Show(snapshot) => format!("show {}", snapshot.status.as_str()),
    }
}

const fn slot_name(slot: Slot) -> &'static str {
    match slot {
        Slot::Left => "left",
        Slot::SignIn => "sign-in",
        Slot::SignOut => "sign-out",
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(json!({}))
    }

    pub(crate) fn with(changes: Value) -> Self {
        Self {
            now: START,
            options: options(changes),
            provider: Provider::default(),
            tabs: Vec::new(),
            disk: Disk::default(),
            cookie: None,
            has_record: true,
            has_cookies: true,
            jobs: Vec::new(),
            held: BTreeSet::new(),
            transactions: 0,
            history: Vec::new(),
            drawn: 0,
        }
    }

    /// A world with one tab, signed in as `ada` with `RT1.0`, and its log empty.
    pub(crate) fn signed_in() -> Self {
        Self::signed_in_with(json!({}))
    }

    pub(crate) fn signed_in_with(changes: Value) -> Self {
        let mut world = Self::with(changes);
        let tab = world.open();
        world.sign_in(tab, "ada");
        world.forget_logs();
        world.provider.seen.clear();
        world
    }

    // What a person does.

    /// Opens a tab.
    pub(crate) fn open(&mut self) -> usize {
        self.tabs.push(Tab::new(&self.options, Storage::default()));
        self.begin(self.tabs.len() - 1);
        self.tabs.len() - 1
    }

    /// Loads the page of a tab anew: memory goes, session storage stays.
    pub(crate) fn reload(&mut self, tab: usize) {
        self.unload(tab, false);
        let (storage, blind) = (self.tabs[tab].storage.clone(), self.tabs[tab].blind);
        self.tabs[tab] = Tab {
            blind,
            ..Tab::new(&self.options, storage)
        };
        self.begin(tab);
    }

    /// Ends a page. With `finishes`, what it had sent is still dealt with, and the answer is lost.
    pub(crate) fn unload(&mut self, tab: usize, finishes: bool) {
        let (own, others): (Vec<_>, Vec<_>) = self.jobs.drain(..).partition(|job| job.tab == tab);
        self.jobs = others;
        for job in own {
            match job.work {
                Work::Commit {
                    place,
                    change,
                    sealed,
                } if finishes => drop(self.transact(tab, place, change, sealed)),
                Work::Fetch(request) if finishes || request.keepalive => {
                    drop(self.provider.answers(&request, self.now))
                }
                _ => {}
            }
        }
    }

    /// Closes a tab.
    pub(crate) fn close(&mut self, tab: usize, finishes: bool) {
        self.unload(tab, finishes);
        self.tabs[tab].alive = false;
        self.tabs[tab].storage = Storage::default();
    }

    /// Puts another page in a tab's place and lets nothing of it run.
    pub(crate) fn begin_anew(&mut self, tab: usize) {
        let storage = self.tabs[tab].storage.clone();
        self.tabs[tab] = Tab::new(&self.options, storage);
        let left = self.read(tab, Slot::Left);
        self.call(tab, Call::Start { left });
    }

    fn begin(&mut self, tab: usize) {
        let left = self.read(tab, Slot::Left);
        self.call(tab, Call::Start { left });
        self.run();
    }

    /// Signs in from the click to the app's own page again.
    pub(crate) fn sign_in(&mut self, tab: usize, subject: &str) -> Id {
        self.log_in(tab, json!({}));
        self.run();
        let address = self.answer_as(tab, subject);
        self.reload(tab);
        let id = self.come_back(tab, &address);
        self.run();
        id
    }

    pub(crate) fn log_in(&mut self, tab: usize, options: Value) -> Id {
        self.drawn += 1;
        let mut entropy = Box::new([0; 96]);
        for (byte, at) in entropy.iter_mut().zip(0_u64..) {
            *byte = (self.drawn.wrapping_mul(167) ^ at.wrapping_mul(31) ^ (self.drawn >> 3)) as u8;
        }
        self.call(
            tab,
            Call::Login {
                options: core(options),
                here: "https://app.example/here".to_owned(),
                entropy,
            },
        )
    }

    /// The address that the provider sends a tab back to.
    pub(crate) fn answer_as(&mut self, tab: usize, subject: &str) -> String {
        let address = self.tabs[tab]
            .navigated
            .take()
            .expect("a page that has left");
        let asked = fields(address.split_once('?').unwrap().1);
        let code = self.provider.code(&asked["nonce"], subject);
        format!(
            "{CALLBACK}?{}",
            url::form(&[("code", &code), ("state", &asked["state"])])
        )
    }

    /// Asks whether the page's own address is an answer.
    pub(crate) fn come_back(&mut self, tab: usize, address: &str) -> Id {
        let (sign_in, sign_out) = (self.read(tab, Slot::SignIn), self.read(tab, Slot::SignOut));
        let (address, here) = (address.to_owned(), address.to_owned());
        self.call(
            tab,
            Call::Callback {
                address,
                here,
                sign_in,
                sign_out,
            },
        )
    }

    pub(crate) fn token(&mut self, tab: usize, options: Value) -> Id {
        self.call(
            tab,
            Call::Token {
                options: core(options),
            },
        )
    }

    pub(crate) fn log_out(&mut self, tab: usize, options: Value) -> Id {
        self.drawn += 1;
        let entropy = Box::new([self.drawn as u8; 32]);
        self.call(
            tab,
            Call::Logout {
                options: core(options),
                entropy,
            },
        )
    }

    pub(crate) fn call(&mut self, tab: usize, call: Call) -> Id {
        self.tabs[tab].last += 1;
        let id = self.tabs[tab].last;
        self.tabs[tab].asked.insert(id);
        self.tell(tab, Input::Call { id, call }).unwrap();
        id
    }

    // What can be asked afterwards.

    pub(crate) fn status(&self, tab: usize) -> Status {
        self.tabs[tab]
            .snapshot
            .as_ref()
            .map_or(Status::SignedOut, |snapshot| snapshot.status)
    }

    pub(crate) fn user(&self, tab: usize) -> Option<String> {
        Some(
            self.tabs[tab]
                .snapshot
                .as_ref()?
                .user
                .as_ref()?
                .subject()
                .to_owned(),
        )
    }

    /// What a call came to, in a word: the token, or the code of the error.
    #[track_caller]
    pub(crate) fn outcome(&self, tab: usize, id: Id) -> String {
        let result = self.tabs[tab]
            .settled
            .get(&id)
            .expect("the call is not settled")
            .clone();
        output_words(&Output::Settle { id, result })["settle ".len()..].to_owned()
    }

    pub(crate) fn is_settled(&self, tab: usize, id: Id) -> bool {
        self.tabs[tab].settled.contains_key(&id)
    }

    #[track_caller]
    pub(crate) fn report(&self, tab: usize, id: Id) -> Value {
        match self.tabs[tab].settled.get(&id) {
            Some(Ok(Settled::SignedOut(report) | Settled::Returned { report, .. })) => {
                plain(report)
            }
            other => panic!("no report but {other:?}"),
        }
    }

    pub(crate) fn log(&mut self, tab: usize) -> Vec<String> {
        std::mem::take(&mut self.tabs[tab].log)
    }

    pub(crate) fn forget_logs(&mut self) {
        self.tabs.iter_mut().for_each(|tab| tab.log.clear());
    }

    /// The record as a transaction would read it.
    pub(crate) fn record(&self) -> Record {
        let read = |text: &Option<String>| {
            text.as_ref()
                .and_then(|text| parse(text))
                .unwrap_or(core(Value::Null))
        };
        Record::from_json(&read(&self.disk.head), &read(&self.disk.slot), self.now)
    }

    /// The session that a new tab would find.
    pub(crate) fn session(&self) -> Option<Session> {
        if !self.record().is_live(self.cookie.is_some()) {
            return None;
        }
        self.open_sealed(self.disk.sealed.as_ref(), None)
    }

    pub(crate) fn ledger(&self) -> Vec<String> {
        self.record()
            .ledger
            .iter()
            .map(|entry| format!("{:?}", entry.kind))
            .collect()
    }

    // Time and chance.

    /// Holds back whatever has a name that begins so. Names: `commit Look`, `opened Look` (its reply),
    /// `refresh RT1.0`, `answer to refresh RT1.0`, `message`, `mark`.
    pub(crate) fn hold(&mut self, name: &str) {
        self.held.insert(name.to_owned());
    }

    pub(crate) fn release(&mut self, name: &str) {
        assert!(self.held.remove(name), "nothing holds {name}");
        self.run();
    }

    /// Loses what is held back by that name.
    pub(crate) fn lose(&mut self, name: &str) {
        self.jobs.retain(|job| !job.name.starts_with(name));
    }

    pub(crate) fn may_run(&self, job: &Job) -> bool {
        let tab = &self.tabs[job.tab];
        let due = if let Work::Wait(until) = job.work {
            until <= self.now
        } else {
            true
        };
        due && tab.alive
            && !tab.frozen
            && !self
                .held
                .iter()
                .any(|held| job.name.starts_with(held.as_str()))
    }

    /// Lets everything go on that can, while the clock stands still.
    pub(crate) fn run(&mut self) {
        let mut steps = 0;
        while let Some(at) = (0..self.jobs.len()).find(|at| self.may_run(&self.jobs[*at])) {
            self.step(at);
            steps += 1;
            assert!(
                steps < 10_000,
                "it never ends: {:?}",
                self.jobs.iter().map(|job| &job.name).collect::<Vec<_>>()
            );
        }
    }

    /// Lets time go by, timer by timer.
    pub(crate) fn pass(&mut self, ms: u64) {
        let end = self.now + ms;
        self.run();
        loop {
            let due = self.jobs.iter().filter_map(|job| match job.work {
                Work::Wait(until) if until > self.now => Some(until),
                _ => None,
            });
            match due.min() {
                Some(next) if next <= end => self.now = next,
                _ => break,
            }
            self.run();
        }
        self.now = end;
        self.run();
    }

    /// Takes one thing that is under way one stage further.
    pub(crate) fn step(&mut self, at: usize) {
        let Job {
            tab,
            id,
            part,
            name,
            work,
        } = self.jobs.remove(at);
        let mut go = |work, name| {
            self.jobs.push(Job {
                tab,
                id,
                part,
                name,
                work,
            })
        };
        match work {
            Work::Commit {
                place,
                change,
                sealed,
            } => {
                let word = word_of(&change);
                let work = self.transact(tab, place, change, sealed);
                self.jobs.push(Job {
                    tab,
                    id,
                    part,
                    name: format!("opened {word}"),
                    work,
                });
            }
            Work::Open {
                verdict,
                mut seen,
                sealed,
                number,
            } => {
                if let Some(sealed) = sealed {
                    let kept = self.tabs[tab].kept.clone();
                    seen.session = self
                        .open_sealed(Some(&sealed), kept.as_deref())
                        .map(Rc::new);
                }
                // Clearing a note is housekeeping, and no look.
                if name != "opened Confirm" {
                    let known = self.tabs[tab].seen.0.max(number);
                    self.tabs[tab].seen = (known, self.now);
                }
                let _ = self.tell(
                    tab,
                    Input::Reply {
                        id,
                        part,
                        reply: Reply::Committed { verdict, seen },
                    },
                );
            }
            Work::Fetch(request) => {
                let answer = self.provider.answers(&request, self.now);
                go(
                    Work::Reply(Reply::Answer(answer)),
                    format!("answer to {name}"),
                );
            }
            Work::Reply(reply) => drop(self.tell(tab, Input::Reply { id, part, reply })),
            Work::Wait(_) => drop(self.tell(
                tab,
                Input::Reply {
                    id,
                    part,
                    reply: Reply::Woken,
                },
            )),
            Work::Wipe => {
                let storage = std::mem::take(&mut self.tabs[tab].storage);
                let removed = storage.slots.into_keys().map(Into::into).collect();
                let _ = self.tell(
                    tab,
                    Input::Reply {
                        id,
                        part,
                        reply: Reply::Wiped {
                            removed,
                            residue: Vec::new(),
                        },
                    },
                );
            }
            Work::Signal(signal) => drop(self.tell(tab, Input::Signal(signal))),
        }
    }

    /// Tells a machine what happened, and performs what it asks for.
    pub(crate) fn tell(&mut self, tab: usize, input: Input) -> Result<(), Misuse> {
        let result = self.tabs[tab].machine.handle(self.now, &parse, input);
        while let Some(output) = self.tabs[tab].machine.poll() {
            self.tabs[tab].log.push(output_words(&output));
            self.perform(tab, output);
        }
        result
    }

    fn perform(&mut self, at: usize, output: Output) {
        match output {
            Output::Abort | Output::Event(_) => {}
            Output::Clean(address) => self.tabs[at].cleaned = Some(address),
            Output::Forget => self.tabs[at].kept = None,
            Output::Keep(slot, Some(value)) => {
                self.tabs[at]
                    .storage
                    .slots
                    .insert(slot_name(slot), plain(&value).to_string());
            }
            Output::Keep(slot, None) => drop(self.tabs[at].storage.slots.remove(slot_name(slot))),
            Output::Mark => self.signal_others(at, "mark", Signal::Look),
            Output::Navigate(address) => {
                self.tabs[at].navigated = Some(address.reveal().to_owned())
            }
            Output::Perform { id, part, effect } => self.effect(at, id, part, effect),
            Output::Post(message) => {
                let carried = plain(&message.to_json()).to_string();
                self.signal_others(at, "message", Message::signal(&parse(&carried).unwrap()));
            }
            Output::Settle { id, result } => {
                assert!(self.tabs[at].asked.contains(&id), "{id} was never asked");
                // Like a promise: the first answer counts.
                self.tabs[at].settled.entry(id).or_insert(result);
            }
            Output::Show(snapshot) => self.tabs[at].snapshot = Some(snapshot),
            Output::Shut => {
                if let Some(share) = self.cookie.take() {
                    self.tabs[at].kept = Some(share);
                }
            }
        }
    }

    fn signal_others(&mut self, from: usize, name: &str, signal: Signal) {
        for tab in (0..self.tabs.len()).filter(|tab| *tab != from) {
            if self.tabs[tab].alive && !self.tabs[tab].frozen {
                let name = format!("{name} to {tab}");
                self.jobs.push(Job {
                    tab,
                    id: 0,
                    part: 0,
                    name,
                    work: Work::Signal(signal),
                });
            }
        }
    }

    fn effect(&mut self, tab: usize, id: Id, part: u8, effect: Effect) {
        let name = words_of(&effect);
        let work = match effect {
            Effect::Commit { place, change } => {
                // Sealed before the transaction begins. Only what begins a session makes a new share.
                let begins = change.begins_session(place);
                let share = if begins {
                    self.share_or_drawn()
                } else {
                    self.cookie.clone()
                };
                match (change.session().cloned(), share) {
                    (Some(_), None) if begins => Work::Reply(Reply::Refused(change)),
                    (Some(session), Some(share)) if place != Place::Memory => {
                        let text = plain(&session.to_json(&self.options)).to_string();
                        Work::Commit {
                            place,
                            change,
                            sealed: Some(Sealed { share, text }),
                        }
                    }
                    _ => Work::Commit {
                        place,
                        change,
                        sealed: None,
                    },
                }
            }
            // What the digest is has been proven elsewhere.
            Effect::Digest(_) => Work::Reply(Reply::Digest(Some(vec![7; 32]))),
            Effect::Fetch(request) => Work::Fetch(request),
            Effect::Probe => Work::Reply(Reply::Probed {
                record: self.has_record && !self.tabs[tab].blind,
                cookies: self.has_cookies,
                session_storage: true,
            }),
            Effect::Wait(ms) => Work::Wait(self.now + ms),
            Effect::Wipe(_) => Work::Wipe,
        };
        self.jobs.push(Job {
            tab,
            id,
            part,
            name,
            work,
        });
    }

    // The record store: the steps of `src/browser/record.rs`.

    /// The share to seal with. A new one is put in place by the transaction that keeps its session.
    fn share_or_drawn(&mut self) -> Option<String> {
        if self.cookie.is_none() && self.has_cookies {
            self.drawn += 1;
            return Some(format!("share-{}", self.drawn));
        }
        self.cookie.clone()
    }

    fn transact(
        &mut self,
        tab: usize,
        place: Place,
        change: Change,
        sealed: Option<Sealed>,
    ) -> Work {
        let made = match self.make(tab, place, &change, sealed.clone(), true) {
            None if place == Place::Memory => self.make(tab, place, &change, sealed, false),
            made => made,
        };
        made.unwrap_or(Work::Reply(Reply::Refused(change)))
    }

    fn make(
        &mut self,
        at: usize,
        place: Place,
        change: &Change,
        sealed: Option<Sealed>,
        shared: bool,
    ) -> Option<Work> {
        if shared && (!self.has_record || self.tabs[at].blind) {
            return None;
        }
        let begins = change.begins_session(place);
        let sealed = match sealed {
            // Somebody signed out or in since it was sealed: once more.
            Some(sealed) if begins && self.cookie.is_some() => Some(Sealed {
                share: self.cookie.clone()?,
                ..sealed
            }),
            Some(sealed) if begins => Some(Sealed {
                share: self.share_or_drawn()?,
                ..sealed
            }),
            sealed => sealed,
        };
        let half = sealed.as_ref().map(|sealed| sealed.share.clone());
        let (mut record, before, key) = self.load(at, place, shared);
        self.tabs[at].order += 1;
        self.transactions += 1;
        let order = self.tabs[at].order;
        let share = self.cookie.is_some();
        let applied = change.apply(&mut record, place, share, self.now);
        let in_memory = self.tabs[at].memory.1.clone();
        if applied.write {
            let after = match applied.content {
                Content::Keep => before.clone(),
                Content::Remove => None,
                Content::Replace => sealed,
            };
            if begins && applied.content == Content::Replace {
                self.cookie = half;
            }
            if shared {
                // A transaction that only looks cannot write.
                if change.only_looks(place) {
                    return None;
                }
                self.store(at, place, &record, after, key);
                if matches!(change, Change::End) {
                    self.disk.keys.clear();
                }
            }
        }
        self.tabs[at].memory.0 = record.clone();
        if place == Place::Memory {
            match applied.content {
                Content::Keep => {}
                Content::Remove => self.tabs[at].memory.1 = None,
                Content::Replace => self.tabs[at].memory.1 = change.session().cloned(),
            }
        }
        let number = self.transactions;
        self.history.push(Transacted {
            number,
            tab: at,
            at: self.now,
            change: change.clone(),
            verdict: applied.verdict,
        });
        let seen = Seen {
            order,
            generation: record.generation,
            version: record.version(),
            live: record.is_live(share || applied.content == Content::Replace),
            session: in_memory.filter(|_| applied.reveal && place == Place::Memory),
        };
        let sealed = before.filter(|_| applied.reveal && place != Place::Memory);
        Some(Work::Open {
            verdict: applied.verdict,
            seen,
            sealed,
            number,
        })
    }

    fn load(&self, at: usize, place: Place, shared: bool) -> (Record, Option<Sealed>, String) {
        if !shared {
            return (self.tabs[at].memory.0.clone(), None, String::new());
        }
        let read = |text: Option<&String>| {
            text.and_then(|text| parse(text))
                .unwrap_or(core(Value::Null))
        };
        let (slot, sealed, key) = match place {
            Place::Browser => (
                read(self.disk.slot.as_ref()),
                self.disk.sealed.clone(),
                String::new(),
            ),
            Place::Tab => match &self.tabs[at].storage.own {
                Some((key, slot, sealed)) => (
                    read(Some(slot)),
                    sealed.clone().filter(|_| self.disk.keys.contains(key)),
                    key.clone(),
                ),
                None => (
                    core(Value::Null),
                    None,
                    format!("key-{at}-{}", self.transactions),
                ),
            },
            Place::Memory => (self.tabs[at].memory.0.slot.to_json(), None, String::new()),
        };
        (
            Record::from_json(&read(self.disk.head.as_ref()), &slot, self.now),
            sealed,
            key,
        )
    }

    fn store(
        &mut self,
        at: usize,
        place: Place,
        record: &Record,
        sealed: Option<Sealed>,
        key: String,
    ) {
        self.disk.head = Some(plain(&record.to_json()).to_string());
        let slot = plain(&record.slot.to_json()).to_string();
        match place {
            Place::Browser => {
                self.disk.slot = Some(slot);
                self.disk.sealed = sealed;
            }
            Place::Tab => {
                if sealed.is_some() {
                    self.disk.keys.insert(key.clone());
                } else {
                    self.disk.keys.remove(&key);
                }
                self.tabs[at].storage.own = Some((key, slot, sealed));
            }
            Place::Memory => {}
        }
    }

    fn open_sealed(&self, sealed: Option<&Sealed>, kept: Option<&str>) -> Option<Session> {
        let sealed = sealed?;
        [self.cookie.as_deref(), kept]
            .into_iter()
            .flatten()
            .any(|share| share == sealed.share)
            .then(|| Session::from_json(&parse(&sealed.text)?, &self.options))?
    }

    fn read(&self, tab: usize, slot: Slot) -> Option<Json> {
        self.tabs[tab]
            .storage
            .slots
            .get(slot_name(slot))
            .and_then(|text| parse(text))
    }

    /// The browser forgets this app's record: site data are cleared, or evicted.
    pub(crate) fn delete_record(&mut self) {
        self.disk = Disk::default();
    }

    /// Everything that stands at rest, for those who look for secrets.
    pub(crate) fn at_rest(&self) -> String {
        format!("{:?} {:?}", self.disk.head, self.disk.slot)
    }
}

impl Tab {
    fn new(options: &Rc<Options>, storage: Storage) -> Self {
        Self {
            machine: Machine::new(options.clone()),
            alive: true,
            frozen: false,
            blind: false,
            storage,
            kept: None,
            memory: Default::default(),
            order: 0,
            last: 0,
            log: Vec::new(),
            settled: BTreeMap::new(),
            asked: BTreeSet::new(),
            snapshot: None,
            navigated: None,
            cleaned: None,
            seen: (0, 0),
        }
    }
}

/// No answer, as a browser tells it.
pub(crate) const NETWORK: Failure = Failure::Network;

impl World {
    /// Holds that back no more, and lets nothing go on by itself.
    pub(crate) fn held_no_more_of(&mut self, name: &str) {
        self.held.remove(name);
    }

    /// Holds nothing back any more, and lets nothing go on by itself.
    pub(crate) fn held_no_more(&mut self) {
        self.held.clear();
    }
}
