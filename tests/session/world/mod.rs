//! A browser of plain data, around one provider.
//!
//! - `tab`: the pages, and what each keeps.
//! - `person`: what a person does, and what the app calls.
//! - `outputs`: what a machine asks for is performed.
//! - `jobs`: what is under way, and how it goes on.
//! - `time`: what may go on, and when.
//! - `disk`: the record store.
//! - `answers`: what can be asked afterwards.
//! - `words`: names for all of that.

use std::collections::BTreeSet;
use std::rc::Rc;

use nightlatch::protocol::{Answer, Failure, Json, Options, Response};
use serde_json::{Value, json};

use crate::provider::{Provider, core, merged};

pub(crate) use disk::{Disk, Transacted};
pub(crate) use jobs::{Job, Work};
pub(crate) use tab::Tab;

mod answers;
mod disk;
mod jobs;
mod outputs;
mod person;
mod tab;
mod time;
mod words;

/// Where the app is.
pub(crate) const ORIGIN: &str = "https://app.example";

/// Where the provider sends a page back to.
pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// When a world begins, in milliseconds.
pub(crate) const START: u64 = 1_790_000_000_000;

/// No answer, as a browser tells it.
pub(crate) const NETWORK: Failure = Failure::Network;

/// One browser and one provider.
pub(crate) struct World {
    /// The true time, by which timers go and the provider does.
    pub(crate) now: u64,
    /// How far the browser's wall clock is ahead of it, in milliseconds.
    pub(crate) ahead: i64,
    pub(crate) options: Rc<Options>,
    pub(crate) provider: Provider,
    /// What the app's own server answers to the end of its session.
    pub(crate) application: Answer,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) disk: Disk,
    /// The key share in the cookie.
    pub(crate) cookie: Option<String>,
    /// Whether IndexedDB is there.
    pub(crate) has_record: bool,
    /// Whether cookies are kept.
    pub(crate) has_cookies: bool,
    /// What the app's own clean-up comes to, in every tab.
    pub(crate) cleaners: Value,
    /// What should go and does not.
    pub(crate) stuck: Vec<Json>,
    /// What is under way, in the order in which it began.
    pub(crate) jobs: Vec<Job>,
    /// What does not go on, by the beginning of its name.
    held: BTreeSet<String>,
    /// Numbers the transactions.
    pub(crate) transactions: u64,
    /// What anybody but the provider and the record could see, where a test listens.
    pub(crate) overheard: Option<Vec<String>>,
    /// Every transaction that wrote or decided something, for those who check invariants.
    pub(crate) history: Vec<Transacted>,
    drawn: u64,
}

impl World {
    /// A world without tabs.
    pub(crate) fn new() -> Self {
        Self::with(json!({}))
    }

    /// A world without tabs. The app has these options changed.
    pub(crate) fn with(changes: Value) -> Self {
        Self {
            now: START,
            ahead: 0,
            options: options(changes),
            provider: Provider::default(),
            application: Ok(Response {
                status: 204,
                body: None,
                retry_after: 0,
                flaw: None,
            }),
            tabs: Vec::new(),
            disk: Disk::default(),
            cookie: None,
            has_record: true,
            has_cookies: true,
            cleaners: json!([]),
            stuck: Vec::new(),
            jobs: Vec::new(),
            held: BTreeSet::new(),
            transactions: 0,
            overheard: None,
            history: Vec::new(),
            drawn: 0,
        }
    }

    /// A world with one tab, signed in as `ada` with `RT1.0`, and its log empty.
    pub(crate) fn signed_in() -> Self {
        Self::signed_in_with(json!({}))
    }

    /// The same. The app has these options changed.
    pub(crate) fn signed_in_with(changes: Value) -> Self {
        let mut world = Self::with(changes);
        let tab = world.open();
        world.sign_in(tab, "ada");
        world.forget_logs();
        world.provider.seen.clear();
        world
    }
}

/// The options of the app, with these changes.
pub(crate) fn options(changes: Value) -> Rc<Options> {
    let app = json!({
        "issuer": crate::provider::ISSUER, "clientId": "spa", "redirectUri": CALLBACK,
        "postLogoutRedirectUri": "https://app.example/bye",
    });
    Rc::new(Options::parse(&core(merged(app, &changes)), ORIGIN).unwrap())
}
