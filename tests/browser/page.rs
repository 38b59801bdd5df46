//! A page that has a record: what `src/client.rs` and `pkg/shell.js` do for a change, and no more.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{clock, json};
use crate::kit::{object, read, settled};
use crate::protocol::options::{Limits, Place};
use crate::protocol::{Claims, Json, Members, Metadata, Options, Secret};
use crate::session::change::Verdict;
use crate::session::record::Version;
use crate::session::{Change, Commits, Reply, Seen, Session};

type Apply = dyn Fn(JsValue, JsValue, JsValue) -> JsValue;

#[wasm_bindgen(module = "/pkg/browser/record.js")]
extern "C" {
    /// What `recordOf` gives.
    #[derive(Debug)]
    pub(crate) type Stored;

    #[wasm_bindgen(js_name = recordOf)]
    fn record_of(namespace: &str) -> Stored;
    #[wasm_bindgen(method)]
    fn probe(this: &Stored) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn commit(this: &Stored, plan: &JsValue, apply: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    pub(crate) fn shut(this: &Stored);
    #[wasm_bindgen(method)]
    pub(crate) fn forget(this: &Stored);
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Stored);
}

/// One page of a client.
pub(crate) struct Page {
    pub(crate) stored: Stored,
    commits: Rc<RefCell<Commits>>,
    options: Rc<Options>,
    last: Cell<u32>,
}

impl Page {
    /// A page that knows nothing yet of the browser.
    pub(crate) fn new(options: &Rc<Options>) -> Self {
        Self {
            stored: record_of(&options.namespace()),
            commits: Rc::default(),
            options: options.clone(),
            last: Cell::new(0),
        }
    }

    /// A page in a browser that refuses nothing.
    pub(crate) async fn open(options: &Rc<Options>) -> Self {
        let page = Self::new(options);
        let all = Reply::Probed {
            record: true,
            cookies: true,
            session_storage: true,
        };
        assert_eq!(page.probe().await, all);
        page
    }

    pub(crate) async fn probe(&self) -> Reply {
        let probed = settled(&self.stored.probe()).await.unwrap();
        Reply::parse("probed", &read(&probed), &crate::browser::json::parse).unwrap()
    }

    /// Begins at once, so that several can be under way.
    pub(crate) fn commit(
        &self,
        place: Place,
        change: Change,
    ) -> impl Future<Output = Reply> + use<> {
        let id = self.last.get() + 1;
        self.last.set(id);
        let (commits, options) = (self.commits.clone(), self.options.clone());
        let plan = commits.borrow_mut().begin(id, 1, place, change, &options);
        let within = commits.clone();
        let apply = Closure::<Apply>::new(move |head: JsValue, slot: JsValue, share: JsValue| {
            let stored = read(&object([("head", head), ("slot", slot), ("share", share)]));
            let next = within.borrow_mut().apply(id, 1, &stored, clock::now());
            json::write(&next.unwrap())
        });
        let promise = (self.stored).commit(&json::write(&plan), apply.as_ref());
        async move {
            let made = settled(&promise).await.unwrap();
            drop(apply);
            let mut commits = commits.borrow_mut();
            let made = Array::from(&made);
            let value = read(&made.get(1));
            let reply = if made.get(0) == "refused" {
                commits.refused(id, 1, value.is_true(), clock::now())
            } else {
                commits.committed(id, 1, &value, &options)
            };
            reply.unwrap()
        }
    }

    /// A change that the browser does not refuse.
    pub(crate) async fn made(&self, place: Place, change: Change) -> (Verdict, Seen) {
        match self.commit(place, change).await {
            Reply::Committed { verdict, seen } => (verdict, seen),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn look(&self, place: Place) -> Seen {
        let known = Version::default();
        self.made(place, Change::Look { known }).await.1
    }

    pub(crate) async fn install(&self, place: Place, token: &str) -> Seen {
        let (_, Seen { generation, .. }) = self.made(place, Change::Open).await;
        let (verdict, seen) = self.made(place, install(generation, token)).await;
        assert!(matches!(verdict, Verdict::Done { .. }));
        assert!(seen.live);
        seen
    }
}

pub(crate) fn install(generation: u64, token: &str) -> Change {
    Change::Install {
        generation,
        entry: 0,
        session: session(token),
        limits: Limits::NONE,
    }
}

pub(crate) fn session(token: &str) -> Rc<Session> {
    let metadata = Members::new()
        .with("issuer", "https://id.example")
        .with("authorization_endpoint", "https://id.example/authorize")
        .with("token_endpoint", "https://id.example/token")
        .object();
    Rc::new(Session {
        access_token: Secret::new(token.to_owned()),
        refresh_token: Some(Secret::new("RT-s3cr3t".to_owned())),
        id_token: Secret::new("a.b.c".to_owned()),
        claims: Rc::new(Claims::restored(
            Members::new().with("sub", "ada@s3cr3t").object(),
        )),
        scope: "openid".to_owned(),
        expires_at: Some(1_790_000_000_000),
        asked_at: 0,
        metadata: Rc::new(Metadata::parse(&metadata, "https://id.example", false).unwrap()),
    })
}

pub(crate) fn token(seen: &Seen) -> Option<&str> {
    seen.session
        .as_ref()
        .map(|session| session.access_token.reveal())
}
