//! The one record in IndexedDB, and the transaction that every change is made in.
//!
//! Nothing is awaited inside a transaction but the transaction (IndexedDB commits by itself
//! otherwise): what goes in is sealed before, what comes out is opened after.
//!
//! The record is `{ head, slot, sealed, own }`: what [`Record`] says, the sealed session, and the
//! keys of sessions that tabs keep for themselves.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Object, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

use super::share::Share;
use super::storage::{self, Keys};
use super::vault::{self, Sealed};
use super::{clock, crypto, json, member, set, settled};
use crate::protocol::options::Place;
use crate::protocol::{Json, Options, base64url};
use crate::session::record::{Applied, Content};
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
    /// The record as it lies in the database; `undefined` where there is none.
    value: JsValue,
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
            record: crypto::subtle().is_ok() && self.connect().await.is_ok(),
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
        for again in [false, true] {
            // The connection may have been closed: by whom deletes the database, or by the browser.
            if again && self.connect().await.is_err() {
                break;
            }
            if let Ok(reply) = self.make(place, &change).await {
                return reply;
            }
        }
        match place {
            Place::Memory => self.make_in_memory(&change),
            _ => Reply::Refused(change),
        }
    }

    async fn make(&self, place: Place, change: &Change) -> Result<Reply, JsValue> {
        let share = if change.begins_session(place) {
            Some(self.share_or_new()?)
        } else {
            self.share.read()
        };
        let sealed = match (change.session(), share) {
            (Some(session), Some(share)) if place != Place::Memory => {
                Some(vault::seal(&json::print(&session.to_json(&self.options)), &share).await?)
            }
            _ => None,
        };
        let records = self.begin(change.only_looks(place))?;
        let value = settled(&answer(&records.get(&self.name.as_str().into())?)).await?;
        // Taken here and not when all is opened: it says in which order the record was read.
        let order = self.next();
        let mut stored = self.load(place, value)?;
        let share = self.share.read().is_some();
        let applied = change.apply(&mut stored.record, place, share, clock::now());
        let before = stored.sealed.take();
        if applied.write {
            stored.sealed = match applied.content {
                Content::Keep => before.clone(),
                Content::Remove => None,
                Content::Replace => sealed,
            };
            let value = self.stored(place, &stored, matches!(change, Change::End))?;
            records.put_with_key(&value, &self.name.as_str().into())?;
        }
        let transaction = records.transaction();
        settled(
            &Promise::new(&mut |resolve, reject| {
                transaction.set_oncomplete(Some(&resolve));
                transaction.set_onabort(Some(&reject));
            })
            .into(),
        )
        .await?;
        let opened = match before {
            Some(sealed) if applied.reveal => self.open(&sealed).await,
            _ => None,
        };
        let remembered = self.remember(place, change, &stored.record, applied);
        Ok(reply(
            order,
            applied,
            &stored.record,
            share,
            opened.or(remembered),
        ))
    }

    fn make_in_memory(&self, change: &Change) -> Reply {
        let mut record = self.memory.borrow().0.clone();
        let share = self.share.read().is_some();
        let applied = change.apply(&mut record, Place::Memory, share, clock::now());
        let remembered = self.remember(Place::Memory, change, &record, applied);
        reply(self.next(), applied, &record, share, remembered)
    }

    /// Keeps in memory what is kept nowhere else, and gives what was there before.
    fn remember(
        &self,
        place: Place,
        change: &Change,
        record: &Record,
        applied: Applied,
    ) -> Option<Rc<Session>> {
        let mut memory = self.memory.borrow_mut();
        memory.0 = record.clone();
        if place != Place::Memory {
            return None;
        }
        let before = memory.1.clone();
        match applied.content {
            Content::Keep => {}
            Content::Remove => memory.1 = None,
            Content::Replace => memory.1 = change.session().cloned(),
        }
        before.filter(|_| applied.reveal)
    }

    fn next(&self) -> u64 {
        self.order.set(self.order.get() + 1);
        self.order.get()
    }

    fn load(&self, place: Place, value: JsValue) -> Result<Stored, JsValue> {
        let part = |name| json::read(&member(&value, name)).unwrap_or(Json::Null);
        let mut key = String::new();
        let (slot, sealed) = match place {
            Place::Browser => (part("slot"), Sealed::new(member(&value, "sealed"))),
            Place::Tab => {
                let text =
                    storage::session().and_then(|session| session.get_item(&self.own).ok()?);
                let own = text
                    .and_then(|text| json::parse(&text))
                    .unwrap_or(Json::Null);
                key = match own.member("key").text() {
                    Some(key) => key.to_owned(),
                    None => base64url::encode(&crypto::entropy::<16>()?),
                };
                let half = member(&member(&value, "own"), &key);
                (
                    own.member("slot").clone(),
                    Sealed::from_json(own.member("sealed"), half),
                )
            }
            Place::Memory => (self.memory.borrow().0.slot.to_json(), None),
        };
        let record = Record::from_json(&part("head"), &slot, clock::now());
        Ok(Stored {
            value,
            record,
            sealed,
            key,
        })
    }

    /// The record as it is to lie in the database. `all`: no tab keeps a session for itself any more.
    fn stored(&self, place: Place, stored: &Stored, all: bool) -> Result<JsValue, JsValue> {
        let Stored {
            value,
            record,
            sealed,
            key,
        } = stored;
        let next = Object::assign(&Object::new(), value.unchecked_ref());
        let own = Object::assign(&Object::new(), member(value, "own").unchecked_ref());
        set(&next, "head", &json::write(&record.to_json()));
        match place {
            Place::Browser => {
                set(&next, "slot", &json::write(&record.slot.to_json()));
                set(
                    &next,
                    "sealed",
                    &sealed
                        .as_ref()
                        .map_or(JsValue::NULL, |sealed| sealed.0.clone()),
                );
            }
            Place::Tab => {
                let text = Json::object(vec![
                    ("key", key.as_str().into()),
                    ("slot", record.slot.to_json()),
                    (
                        "sealed",
                        sealed.as_ref().map_or(Json::Null, Sealed::to_json),
                    ),
                ]);
                let session = storage::session().ok_or(JsValue::NULL)?;
                match record.slot.present {
                    true => session.set_item(&self.own, &json::print(&text))?,
                    false => session.remove_item(&self.own)?,
                }
                set(
                    &own,
                    key,
                    &sealed.as_ref().map_or(JsValue::UNDEFINED, Sealed::key),
                );
            }
            Place::Memory => {}
        }
        set(&next, "own", if all { Object::new() } else { own }.as_ref());
        Ok(next.into())
    }

    async fn open(&self, sealed: &Sealed) -> Option<Rc<Session>> {
        let kept = self.kept.borrow().clone();
        for share in [self.share.read(), kept].into_iter().flatten() {
            if let Ok(text) = vault::open(sealed, &share).await {
                return Session::from_json(&json::parse(&text)?, &self.options).map(Rc::new);
            }
        }
        None
    }

    fn share_or_new(&self) -> Result<String, JsValue> {
        if let Some(share) = self.share.read() {
            return Ok(share);
        }
        let share = base64url::encode(&crypto::entropy::<32>()?);
        if self.share.write(&share) {
            Ok(share)
        } else {
            Err(JsValue::NULL)
        }
    }

    fn begin(&self, only_looks: bool) -> Result<IdbObjectStore, JsValue> {
        let database = self.database.borrow().clone().ok_or(JsValue::NULL)?;
        let mode = if only_looks {
            IdbTransactionMode::Readonly
        } else {
            IdbTransactionMode::Readwrite
        };
        database
            .transaction_with_str_and_mode(STORE, mode)?
            .object_store(STORE)
    }

    async fn connect(&self) -> Result<(), JsValue> {
        let factory = web_sys::window()
            .and_then(|window| window.indexed_db().ok()?)
            .ok_or(JsValue::NULL)?;
        let request = factory.open_with_u32(DATABASE, 1)?;
        let upgrade = {
            let request = request.clone();
            Closure::<dyn FnMut()>::new(move || {
                if let Ok(database) = request.result() {
                    let _ = database
                        .unchecked_ref::<IdbDatabase>()
                        .create_object_store(STORE);
                }
            })
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = settled(&answer(&request)).await?.unchecked_into();
        // Nobody who deletes the database, or brings a later version, has to wait for this tab.
        let close = {
            let database = database.clone();
            Closure::once_into_js(move || database.close())
        };
        database.set_onversionchange(Some(close.unchecked_ref()));
        self.close();
        *self.database.borrow_mut() = Some(database);
        Ok(())
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        if let Some(database) = self.database.borrow_mut().take() {
            database.close();
        }
    }
}

fn reply(
    order: u64,
    applied: Applied,
    record: &Record,
    share: bool,
    session: Option<Rc<Session>>,
) -> Reply {
    let seen = Seen {
        order,
        generation: record.generation,
        version: record.version(),
        live: record.is_live(share || applied.content == Content::Replace),
        session,
    };
    Reply::Committed {
        verdict: applied.verdict,
        seen,
    }
}

/// A promise of what a request comes to.
fn answer(request: &IdbRequest) -> JsValue {
    Promise::new(&mut |resolve, reject| {
        let request = request.clone();
        let done = request.clone();
        let read = Closure::once_into_js(move || {
            resolve.call1(&JsValue::NULL, &done.result().unwrap_or_default())
        });
        request.set_onsuccess(Some(read.unchecked_ref()));
        request.set_onerror(Some(&reject));
    })
    .into()
}
