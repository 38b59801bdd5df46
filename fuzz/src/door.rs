//! One page around the core, as `src/client.rs` and `pkg/shell.js` are: what the core asks for is performed on plain data, or
//! answered with whatever an input says.
//!
//! All that is granted begins with [`MARK`]. Whatever the core does is held against what it promises (`keep_promises`).

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use nightlatch::protocol::options::Place;
use nightlatch::protocol::{Error, Json, Options, Request, base64url, url};
use nightlatch::session::{
    Call, Commits, Effect, Id, Input, Machine, Misuse, Output, Record, Reply, Settled, Signal,
    Slot, Snapshot, Status,
};
use serde_json::{Value, json};

use crate::kit::{self, ISSUER, core, plain};
use crate::oracle::{MARK, is_endpoint, parse, tells_no_secret};

/// Where the provider sends the page back to.
pub(crate) const CALLBACK: &str = "https://app.example/callback";
/// When a page begins, in milliseconds.
pub(crate) const START: u64 = 1_790_000_000_000;
/// What a browser's timer can count, in milliseconds.
const TIMER: u64 = (1 << 31) - 1;

/// One page, and what its browser keeps.
pub(crate) struct Door {
    pub(crate) machine: Machine,
    pub(crate) options: Rc<Options>,
    pub(crate) now: u64,
    /// What the core waits for.
    pub(crate) pending: Vec<Pending>,
    /// What the app was answered.
    pub(crate) settled: BTreeMap<Id, Result<Settled, Error>>,
    pub(crate) snapshot: Option<Snapshot>,
    /// Everything that was put out since this was emptied.
    pub(crate) log: Vec<Output>,
    /// What session storage has.
    pub(crate) slots: BTreeMap<&'static str, Json>,
    pub(crate) head: Json,
    pub(crate) shared: Kept,
    pub(crate) own: Kept,
    /// Whether the key share stands in the cookie.
    pub(crate) share: bool,
    commits: Commits,
    navigated: Option<String>,
    asked: BTreeSet<Id>,
    last: Id,
    drawn: u8,
    verifiers: Vec<String>,
    /// The ledger and the rest were written by this page alone.
    untouched: bool,
}

/// One session at rest.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(crate) slot: Option<Json>,
    pub(crate) sealed: Option<Json>,
}

/// What the core waits for.
#[derive(Clone)]
pub(crate) struct Pending {
    pub(crate) id: Id,
    pub(crate) part: u8,
    pub(crate) what: What,
}

#[derive(Clone)]
pub(crate) enum What {
    Commit { place: Place, plan: Json },
    Digest,
    Fetch(Request),
    Other(&'static str),
}

impl Door {
    /// A page that has not begun.
    pub(crate) fn new(changes: Value) -> Self {
        let app = kit::merged(
            json!({ "postLogoutRedirectUri": "https://app.example/bye" }),
            changes,
        );
        let options = Rc::new(kit::options_with(app));
        Self {
            machine: Machine::new(options.clone()),
            options,
            now: START,
            pending: Vec::new(),
            settled: BTreeMap::new(),
            snapshot: None,
            log: Vec::new(),
            slots: BTreeMap::new(),
            head: Json::Null,
            shared: Kept::default(),
            own: Kept::default(),
            share: false,
            commits: Commits::default(),
            navigated: None,
            asked: BTreeSet::new(),
            last: 0,
            drawn: 0,
            verifiers: Vec::new(),
            untouched: true,
        }
    }

    /// A page on which `ada` is signed in, with nothing under way.
    pub(crate) fn signed_in(changes: Value) -> Self {
        let mut door = Self::new(changes);
        door.start();
        door.settle_all();
        let address = door.leave();
        door.reload();
        door.settle_all();
        door.come_back(&address);
        door.settle_all();
        assert_eq!(door.status(), Some(Status::SignedIn), "{:?}", door.settled);
        door
    }

    /// Leaves for the provider, and gives the address that it would send the page back to.
    pub(crate) fn leave(&mut self) -> String {
        self.log_in(core(json!({})));
        self.settle_all();
        self.answer().expect("a page that has left")
    }

    /// The address of the provider's answer, where the page has left for it.
    pub(crate) fn answer(&self) -> Option<String> {
        let address = ::url::Url::parse(self.navigated.as_deref()?).ok()?;
        let (_, state) = address.query_pairs().find(|(name, _)| name == "state")?;
        let code = format!("{MARK}-code-{}", self.drawn);
        Some(format!(
            "{CALLBACK}?{}",
            url::form(&[("code", &code), ("state", &state)])
        ))
    }

    pub(crate) fn status(&self) -> Option<Status> {
        self.snapshot.as_ref().map(|snapshot| snapshot.status)
    }

    /// The same browser, and a page that knows nothing.
    pub(crate) fn reload(&mut self) {
        self.machine = Machine::new(self.options.clone());
        self.commits = Commits::default();
        self.pending.clear();
        self.asked.clear();
        self.settled.clear();
        self.snapshot = None;
        self.start();
    }

    pub(crate) fn start(&mut self) {
        let left = self.slots.get("left").cloned();
        self.call(Call::Start { left });
    }

    pub(crate) fn log_in(&mut self, options: Json) -> Id {
        let mut entropy = Box::new([self.draw(); 96]);
        for (byte, at) in entropy.iter_mut().zip(1..) {
            *byte ^= at;
        }
        let here = "https://app.example/here".to_owned();
        self.call(Call::Login {
            options,
            here,
            entropy,
        })
    }

    pub(crate) fn log_out(&mut self, options: Json) -> Id {
        let entropy = Box::new([self.draw(); 32]);
        self.call(Call::Logout { options, entropy })
    }

    pub(crate) fn come_back(&mut self, address: &str) -> Id {
        self.call(Call::Callback {
            address: address.to_owned(),
            here: address.to_owned(),
            sign_in: self.slots.get("sign-in").cloned(),
            sign_out: self.slots.get("sign-out").cloned(),
        })
    }

    pub(crate) fn call(&mut self, call: Call) -> Id {
        self.last += 1;
        self.asked.insert(self.last);
        let id = self.last;
        self.tell(Input::Call { id, call })
            .expect("a number that is free");
        id
    }

    pub(crate) fn signal(&mut self, kind: &str, value: &Json) {
        if let Some(signal) = Signal::parse(kind, value) {
            self.tell(Input::Signal(signal)).expect("a signal is heard");
        }
    }

    /// Tells the core, and performs what it asks for.
    pub(crate) fn tell(&mut self, input: Input) -> Result<(), Misuse> {
        let before = matches!(input, Input::Reply { .. }).then(|| self.machine.clone());
        let result = self.machine.handle(self.now, &parse, input);
        if let (Err(Misuse), Some(before)) = (result, before) {
            assert!(self.machine == before, "a misuse changed something");
        }
        let mut handed_out = false;
        while let Some(output) = self.machine.poll() {
            handed_out |= matches!(
                &output,
                Output::Settle {
                    result: Ok(Settled::AccessToken(_)),
                    ..
                }
            );
            self.keep_promises(&output);
            self.perform(&output);
            self.log.push(output);
        }
        assert!(
            !handed_out || self.status() == Some(Status::SignedIn),
            "a token for an app that is shown {:?}",
            self.status()
        );
        result
    }

    /// Does what is pending until nothing is; but nobody waits for time.
    pub(crate) fn settle_all(&mut self) {
        let mut steps = 0;
        while let Some(at) = self
            .pending
            .iter()
            .position(|pending| !matches!(pending.what, What::Other("woken")))
        {
            steps += 1;
            assert!(steps < 10_000, "there is no end to what is asked for");
            self.go(at);
        }
    }

    /// Does one thing that is pending, as a browser and a provider would.
    pub(crate) fn go(&mut self, at: usize) {
        let Pending { id, part, what } = self.pending.remove(at);
        let reply = match what {
            What::Commit { place, plan } => self.transact(id, part, place, &plan),
            What::Digest => Some(Reply::Digest(Some(vec![7; 32]))),
            What::Fetch(request) => {
                let (status, body) = self.serve(&request);
                self.answered(status, "valid", &body)
            }
            What::Other(kind) => {
                let value = match kind {
                    "probed" => json!({ "record": true, "cookies": true, "sessionStorage": true }),
                    "answer" => json!({ "status": 204 }),
                    "cleanedUp" => json!([]),
                    _ => json!({}),
                };
                Reply::parse(kind, &core(value), &parse)
            }
        };
        if let Some(reply) = reply {
            let _ = self.tell(Input::Reply { id, part, reply });
        }
    }

    /// An answer with this body, as the shell tells it, and what came of the signature in it.
    pub(crate) fn answered(&self, status: u16, proof: &str, body: &str) -> Option<Reply> {
        let told = core(json!({ "status": status, "proof": proof, "body": body }));
        Reply::parse("answer", &told, &parse)
    }

    /// The browser refuses a transaction.
    pub(crate) fn refuse(&mut self, at: usize) {
        let Pending { id, part, what } = self.pending[at].clone();
        if matches!(what, What::Commit { .. }) {
            self.pending.remove(at);
            if let Some(reply) = self.commits.refused(id, part, self.share, self.now) {
                let _ = self.tell(Input::Reply { id, part, reply });
            }
        }
    }

    /// Somebody else on this origin writes.
    pub(crate) fn tamper(&mut self, of: &str, value: Json) {
        self.untouched = false;
        match of {
            "head" => self.head = value,
            "slot" => self.shared.slot = Some(value),
            "sealed" => self.shared.sealed = Some(value),
            "own-slot" => self.own.slot = Some(value),
            "own-sealed" => self.own.sealed = Some(value),
            "share" => self.share = value.is_true(),
            "left" => drop(self.slots.insert("left", value)),
            "sign-in" => drop(self.slots.insert("sign-in", value)),
            "sign-out" => drop(self.slots.insert("sign-out", value)),
            _ => {}
        }
    }

    fn transact(&mut self, id: Id, part: u8, place: Place, plan: &Json) -> Option<Reply> {
        let nothing = Kept::default();
        let kept = match place {
            Place::Browser => &self.shared,
            Place::Tab => &self.own,
            Place::Memory => &nothing,
        };
        let before = Record::from_json(&self.head, &Json::Null, self.now);
        let slot = kept.slot.clone().unwrap_or(Json::Null);
        let mut stored = nightlatch::protocol::Members::new();
        stored
            .with("head", self.head.clone())
            .with("slot", slot)
            .with("share", self.share);
        let opened = kept.sealed.clone().filter(|_| self.share);
        let next = self.commits.apply(id, part, &stored.object(), self.now)?;
        let member = |name| next.member(name).clone();
        if member("write").is_true() {
            assert!(!plan.member("looks").is_true(), "a look writes");
            let (head, slot) = (member("head"), member("slot"));
            let after = Record::from_json(&head, &slot, self.now);
            if self.untouched {
                assert!(after.generation >= before.generation && after.serial >= before.serial);
            }
            assert!(after.ledger.len() <= 32);
            tells_no_secret(&format!("{} {}", plain(&head), plain(&slot)));
            let begins = plan.member("begins").is_true();
            let content = member("content");
            let ends = plan.member("ends").is_true();
            assert!(!ends || !after.slot.present, "a sign-out leaves a session");
            let sealed = match content.text() {
                Some("replace") => Some(plan.member("session").clone()),
                Some("remove") => None,
                _ => kept.sealed.clone(),
            };
            match (content.text(), place) {
                (Some("replace"), Place::Browser | Place::Tab) if begins => self.share = true,
                (Some("remove"), Place::Browser) => self.share = false,
                _ => {}
            }
            self.head = head;
            let slot = Some(slot);
            match place {
                Place::Browser => self.shared = Kept { slot, sealed },
                Place::Tab => self.own = Kept { slot, sealed },
                Place::Memory => {}
            }
        }
        let reveal = member("reveal").is_true();
        let opened = opened.filter(|_| reveal).unwrap_or(Json::Null);
        self.commits.committed(id, part, &opened, &self.options)
    }

    /// The provider, which grants whatever it is asked for.
    fn serve(&mut self, request: &Request) -> (u16, String) {
        let form = request
            .form
            .as_ref()
            .map(|form| url::read_form(form.0.reveal()));
        let body = match (request.url.as_str(), form) {
            ("https://id.example/token", Some(_)) => {
                let number = self.draw();
                let nonce = self.navigated.as_deref().and_then(nonce);
                let mut claims = json!({
                    "iss": ISSUER, "sub": "ada", "aud": "spa", "iat": self.now / 1000, "exp": self.now / 1000 + 300,
                });
                if let Some(nonce) = nonce {
                    claims["nonce"] = nonce.into();
                }
                json!({
                    "access_token": format!("{MARK}-access-{number}"), "refresh_token": format!("{MARK}-refresh-{number}"),
                    "id_token": id_token(&claims), "token_type": "Bearer", "expires_in": 300, "scope": "openid",
                })
            }
            (_, Some(_)) => json!({}),
            (_, None) => kit::document(json!({})),
        };
        (200, body.to_string())
    }

    fn perform(&mut self, output: &Output) {
        match output {
            Output::Keep(slot, value) => {
                let name = match slot {
                    Slot::Left => "left",
                    Slot::SignIn => "sign-in",
                    Slot::SignOut => "sign-out",
                };
                if let (Slot::SignIn, Some(value)) = (slot, value) {
                    let verifier = value.member("verifier").text().unwrap_or_default();
                    self.verifiers.push(verifier.to_owned());
                }
                match value {
                    Some(value) => drop(self.slots.insert(name, value.clone())),
                    None => drop(self.slots.remove(name)),
                }
            }
            Output::Navigate(to) => self.navigated = Some(to.url.reveal().to_owned()),
            Output::Perform { id, part, effect } => {
                let mut wait = |what| {
                    self.pending.push(Pending {
                        id: *id,
                        part: *part,
                        what,
                    })
                };
                match effect {
                    Effect::Application { .. } => wait(What::Other("answer")),
                    Effect::Commit { place, change } => {
                        let (place, change) = (*place, change.clone());
                        let plan = self.commits.begin(*id, *part, place, change, &self.options);
                        wait(What::Commit { place, plan });
                    }
                    Effect::Digest(_) => wait(What::Digest),
                    Effect::Fetch(request) => wait(What::Fetch(request.clone())),
                    Effect::Probe => wait(What::Other("probed")),
                    Effect::Wait(_) => wait(What::Other("woken")),
                    Effect::Wipe { .. } => {
                        wait(What::Other("cleanedUp"));
                        wait(What::Other("wiped"));
                    }
                }
            }
            Output::Settle { id, result } => {
                // Like a promise: the first answer counts.
                self.settled.entry(*id).or_insert_with(|| result.clone());
            }
            Output::Show(snapshot) => self.snapshot = Some(snapshot.clone()),
            Output::Shut => self.share = false,
            _ => {}
        }
    }

    /// What holds of every output, whatever came before.
    fn keep_promises(&self, output: &Output) {
        tells_no_secret(&format!("{output:?}"));
        match output {
            Output::Clean(address) => self.tells_nothing(address),
            Output::Event(event) => self.tells_nothing(&plain(&event.detail()).to_string()),
            Output::Post(message) => {
                let told = plain(&message.to_json());
                let members: Vec<_> = told.as_object().unwrap().keys().cloned().collect();
                assert_eq!(members, ["generation", "kind"]);
            }
            Output::Reveal(to) => self.tells_nothing(&plain(to).to_string()),
            Output::Show(snapshot) => {
                let told = plain(&snapshot.to_json());
                self.tells_nothing(&told.to_string());
                assert!(told["isAuthenticated"] != json!(true) || snapshot.user.is_some());
            }
            Output::Keep(Slot::Left | Slot::SignOut, Some(value)) => {
                tells_no_secret(&plain(value).to_string());
            }
            Output::Settle { id, result } => {
                assert!(self.asked.contains(id), "{id} was never asked");
                match result {
                    Ok(Settled::AccessToken(token)) => assert!(!token.reveal().is_empty()),
                    // Another window takes it along.
                    Ok(Settled::Told(told)) if told.member("signIn").is_object() => {}
                    Ok(settled) => self.tells_nothing(&plain(&settled.to_json()).to_string()),
                    Err(error) => {
                        self.tells_nothing(&format!("{error} {}", plain(&error.to_json())));
                    }
                }
            }
            Output::Navigate(to) => {
                // The hint is all that may go along.
                let told = to.url.reveal();
                is_endpoint(told, false);
                for (name, value) in ::url::Url::parse(told)
                    .iter()
                    .flat_map(::url::Url::query_pairs)
                {
                    assert!(
                        name == "id_token_hint" || !value.contains(MARK),
                        "{name} is a secret"
                    );
                }
            }
            Output::Perform { effect, .. } => match effect {
                Effect::Fetch(request) => {
                    self.tells_nothing(&request.url);
                    is_endpoint(&request.url, false);
                }
                Effect::Wait(ms) => assert!(*ms <= TIMER),
                _ => {}
            },
            _ => {}
        }
    }

    #[track_caller]
    fn tells_nothing(&self, told: &str) {
        tells_no_secret(told);
        for verifier in &self.verifiers {
            assert!(
                verifier.is_empty() || !told.contains(verifier),
                "the verifier is told"
            );
        }
    }

    fn draw(&mut self) -> u8 {
        self.drawn = self.drawn.wrapping_add(1);
        self.drawn
    }
}

/// An ID token with these claims. Its signature begins as every secret does.
pub(crate) fn id_token(claims: &Value) -> String {
    let part = |text: String| base64url::encode(text.as_bytes());
    let header = part(json!({ "alg": "RS256" }).to_string());
    format!("{header}.{}.{MARK}ab", part(claims.to_string()))
}

fn nonce(address: &str) -> Option<String> {
    let address = ::url::Url::parse(address).ok()?;
    let (_, nonce) = address.query_pairs().find(|(name, _)| name == "nonce")?;
    Some(nonce.into_owned())
}
