//! The one record in IndexedDB, and the transaction that every change is made in.
//!
//! Nothing is awaited inside a transaction but the transaction (IndexedDB commits by itself
//! otherwise): what goes in is sealed before, what comes out is opened after.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    IdbDatabase, IdbFactory, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
    IdbTransactionMode,
};

use super::share::Share;
use super::storage::{self, Keys};
use super::vault::{self, Sealed};
use super::{clock, crypto, json, member, object, settled};
use crate::protocol::options::Place;
use crate::protocol::{Json, Options, base64url};
use crate::session::record::Content;
use crate::session::{Change, Record, Reply, Seen, Session};

const DATABASE: &str = "nightlatch";
const STORE: &str = "records";

/// One client's record, wherever it is kept.
#[derive(Debug)]
pub(crate) struct Store {
    options: Rc<Options>,
    name: String,
    /// The key of a tab's own session in session storage.
    own: String,
    share: Share,
    /// The share that a sign-out has deleted, until what it takes out is opened.
    kept: RefCell<Option<String>>,
    database: RefCell<Option<IdbDatabase>>,
    memory: RefCell<(Record, Option<Rc<Session>>)>,
    order: Cell<u64>,
}

/// What is stored, as read in one transaction.
struct Stored {
    record: Record,
    sealed: Option<Sealed>,
    /// Names the key of a tab's own session.
    key: String,
}

impl Store {
    pub(crate) fn new(options: &Rc<Options>, keys: &Keys) -> Self {
        let name = options.namespace();
        Self {
            share: Share::new(&name, options.origin.starts_with("https:")),
            options: options.clone(),
            own: keys.own(),
            name,
            kept: RefCell::default(),
            database: RefCell::default(),
            memory: RefCell::default(),
            order: Cell::new(0),
        }
    }

    /// What this browser offers for keeping a session.
    pub(crate) async fn probe(&self) -> Reply {
        Reply::Probed {
            record: crypto::subtle().is_ok() && self.begin(true).await.is_ok(),
            cookies: self.share.is_kept(),
            session_storage: storage::session().is_some(),
        }
    }

    /// Deletes the key share outside the record, and keeps it in memory for one opening.
    pub(crate) fn shut(&self) {
        if let Some(share) = self.share.read() {
            *self.kept.borrow_mut() = Some(share);
        }
        self.share.remove();
    }

    /// Forgets the share that [`Store::shut`] kept.
    pub(crate) fn forget(&self) {
        *self.kept.borrow_mut() = None;
    }

    /// Makes a change in one transaction.
    pub(crate) async fn commit(&self, place: Place, change: Change) -> Reply {
        let made = match self.make(place, &change, true).await {
            Err(_) if place == Place::Memory => self.make(place, &change, false).await,
            made => made,
        };
        made.unwrap_or(Reply::Refused(change))
    }

    /// `shared`: with the record that tabs share; else with memory alone.
    async fn make(&self, place: Place, change: &Change, shared: bool) -> Result<Reply, JsValue> {
        let sealed = match change.session() {
            Some(session) if place != Place::Memory => {
                let text = json::print(&session.to_json(&self.options));
                Some(vault::seal(&text, &self.share_or_new()?).await?)
            }
            _ => None,
        };
        let transaction = if shared { Some(self.begin(change.only_looks()).await?) } else { None };
        let Stored { mut record, sealed: before, key } = self.load(place, transaction.as_ref()).await?;
        self.order.set(self.order.get() + 1);
        let order = self.order.get();
        let share = place == Place::Memory || self.share.read().is_some();
        let applied = change.apply(&mut record, place, share, clock::now());
        let in_memory = self.memory.borrow().1.clone();
        if applied.write {
            let after = match applied.content {
                Content::Keep => before.clone(),
                Content::Remove => None,
                Content::Replace => sealed,
            };
            self.store(place, transaction.as_ref(), &record, after.as_ref(), &key)?;
            if let (Change::End, Some(transaction)) = (change, &transaction) {
                transaction.delete_others()?;
            }
            if place == Place::Memory {
                match applied.content {
                    Content::Keep => {}
                    Content::Remove => self.memory.borrow_mut().1 = None,
                    Content::Replace => self.memory.borrow_mut().1 = change.session().cloned(),
                }
            }
        }
        if let Some(transaction) = &transaction {
            transaction.done().await?;
        }
        let session = match (applied.reveal, place) {
            (false, _) => None,
            (true, Place::Memory) => in_memory,
            (true, _) => self.open(before.as_ref()).await.map(Rc::new),
        };
        let seen = Seen {
            order,
            generation: record.generation,
            version: record.version(),
            live: record.is_live(share || applied.content == Content::Replace),
            session,
        };
        Ok(Reply::Committed { verdict: applied.verdict, seen })
    }

    async fn load(&self, place: Place, transaction: Option<&Transaction>) -> Result<Stored, JsValue> {
        let now = clock::now();
        let Some(transaction) = transaction else {
            return Ok(Stored { record: self.memory.borrow().0.clone(), sealed: None, key: String::new() });
        };
        let value = transaction.get(&self.name).await?;
        let head = json::read(&member(&value, "head")).unwrap_or(Json::Null);
        let mut stored = Stored { record: Record::default(), sealed: None, key: String::new() };
        let slot = match place {
            Place::Browser => {
                stored.sealed = Sealed::from_js(&member(&value, "sealed"));
                json::read(&member(&value, "slot")).unwrap_or(Json::Null)
            }
            Place::Tab => {
                let text = storage::session().and_then(|session| session.get_item(&self.own).ok()?);
                let own = text.and_then(|text| json::parse(&text)).unwrap_or(Json::Null);
                stored.key = match own.member("key").text() {
                    Some(key) => key.to_owned(),
                    None => base64url::encode(&crypto::entropy::<16>()?),
                };
                let key = transaction.get(&self.key(&stored.key)).await?;
                stored.sealed = Sealed::from_json(own.member("sealed"), &key);
                own.member("slot").clone()
            }
            Place::Memory => self.memory.borrow().0.slot.to_json(),
        };
        stored.record = Record::from_json(&head, &slot, now);
        Ok(stored)
    }

    fn store(
        &self,
        place: Place,
        transaction: Option<&Transaction>,
        record: &Record,
        sealed: Option<&Sealed>,
        key: &str,
    ) -> Result<(), JsValue> {
        self.memory.borrow_mut().0 = record.clone();
        let Some(transaction) = transaction else { return Ok(()) };
        let head = json::write(&record.to_json());
        match place {
            Place::Browser => {
                let slot = json::write(&record.slot.to_json());
                let sealed = sealed.map_or(JsValue::NULL, Sealed::to_js);
                transaction.put(&self.name, &object([("head", head), ("slot", slot), ("sealed", sealed)]))
            }
            Place::Tab => {
                let own = Json::object(vec![
                    ("key", key.into()),
                    ("slot", record.slot.to_json()),
                    ("sealed", sealed.map(Sealed::to_json).unwrap_or(Json::Null)),
                ]);
                let session = storage::session().ok_or(JsValue::NULL)?;
                session.set_item(&self.own, &json::print(&own))?;
                transaction.set(&self.key(key), sealed.map(Sealed::key))?;
                transaction.put(&self.name, &object([("head", head)]))
            }
            Place::Memory => transaction.put(&self.name, &object([("head", head)])),
        }
    }

    async fn open(&self, sealed: Option<&Sealed>) -> Option<Session> {
        let kept = self.kept.borrow().clone();
        for share in [self.share.read(), kept].into_iter().flatten() {
            if let Some(text) = vault::open(sealed?, &share).await {
                return Session::from_json(&json::parse(&text)?, &self.options);
            }
        }
        None
    }

    fn share_or_new(&self) -> Result<String, JsValue> {
        if let Some(share) = self.share.read() {
            return Ok(share);
        }
        let share = base64url::encode(&crypto::entropy::<32>()?);
        if self.share.write(&share) { Ok(share) } else { Err(JsValue::NULL) }
    }

    fn key(&self, key: &str) -> String {
        [&self.name, ".", key].concat()
    }

    /// Begins a transaction, on the database that is open or a new connection.
    async fn begin(&self, only_looks: bool) -> Result<Transaction, JsValue> {
        let open = self.database.borrow().clone();
        if let Some(Ok(transaction)) = open.map(|database| Transaction::begin(&database, &self.name, only_looks)) {
            return Ok(transaction);
        }
        let database = connect().await?;
        let transaction = Transaction::begin(&database, &self.name, only_looks);
        *self.database.borrow_mut() = Some(database);
        transaction
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        if let Some(database) = self.database.borrow_mut().take() {
            database.close();
        }
    }
}

struct Transaction {
    transaction: IdbTransaction,
    records: IdbObjectStore,
    name: String,
}

impl Transaction {
    fn begin(database: &IdbDatabase, name: &str, only_looks: bool) -> Result<Self, JsValue> {
        let mode = if only_looks { IdbTransactionMode::Readonly } else { IdbTransactionMode::Readwrite };
        let transaction = database.transaction_with_str_and_mode(STORE, mode)?;
        Ok(Self { records: transaction.object_store(STORE)?, transaction, name: name.to_owned() })
    }

    async fn get(&self, key: &str) -> Result<JsValue, JsValue> {
        result(&self.records.get(&key.into())?).await
    }

    fn put(&self, key: &str, value: &JsValue) -> Result<(), JsValue> {
        self.records.put_with_key(value, &key.into()).map(drop)
    }

    fn set(&self, key: &str, value: Option<JsValue>) -> Result<(), JsValue> {
        match value {
            Some(value) => self.put(key, &value),
            None => self.records.delete(&key.into()).map(drop),
        }
    }

    /// Deletes the keys of the sessions that tabs of this client keep for themselves.
    fn delete_others(&self) -> Result<(), JsValue> {
        let (from, to) = ([&self.name, "."].concat(), [&self.name, "/"].concat());
        self.records.delete(&IdbKeyRange::bound(&from.into(), &to.into())?.into()).map(drop)
    }

    async fn done(&self) -> Result<(), JsValue> {
        let done: JsValue = settled(Ok(Promise::new(&mut |resolve, reject| {
            self.transaction.set_oncomplete(Some(&resolve));
            self.transaction.set_onabort(Some(&reject));
        })))
        .await?;
        drop(done);
        Ok(())
    }
}

async fn connect() -> Result<IdbDatabase, JsValue> {
    let factory: IdbFactory = web_sys::window().and_then(|window| window.indexed_db().ok()?).ok_or(JsValue::NULL)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(DATABASE, 1)?;
    let upgrade = {
        let request = request.clone();
        Closure::<dyn FnMut()>::new(move || {
            if let Ok(database) = request.result() {
                let _ = database.unchecked_ref::<IdbDatabase>().create_object_store(STORE);
            }
        })
    };
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let database: IdbDatabase = result(&request).await?.unchecked_into();
    // Nobody who deletes the database, or brings a later version, has to wait for this tab.
    let close = {
        let database = database.clone();
        Closure::once_into_js(move || database.close())
    };
    database.set_onversionchange(Some(close.unchecked_ref()));
    Ok(database)
}

async fn result(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let _: JsValue = settled(Ok(Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })))
    .await?;
    request.result()
}
