//! The exported client: drives the machine and performs what it asks for.
//!
//! `pkg/index.js` wraps it in the surface that `pkg/index.d.ts` documents. Methods take `&self`, no
//! borrow is held across an await, and the app is called only when none is held at all.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::browser::channel::Channel;
use crate::browser::lifecycle::Lifecycle;
use crate::browser::record::Store;
use crate::browser::storage::Keys;
use crate::browser::{clock, crypto, fetch, json, navigation, object};
use crate::protocol::{Code, Error, Json, Options, url};
use crate::session::{Call, Effect, Event, Id, Input, Machine, Output, Reply, Settled, Slot};

/// One app's sign-in at one provider, as `pkg/index.js` uses it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    shell: Rc<Shell>,
    lifecycle: RefCell<Option<Lifecycle>>,
}

#[derive(Debug)]
struct Shell {
    machine: RefCell<Machine>,
    store: Store,
    keys: Keys,
    channel: Channel,
    /// Calls of the app that are not yet answered.
    waiting: RefCell<Vec<(Id, Function, Function)>>,
    last: Cell<Id>,
    closed: Cell<bool>,
    hooks: Hooks,
}

/// What `pkg/index.js` gives along.
#[derive(Debug)]
struct Hooks {
    error: Function,
    notify: Function,
}

#[wasm_bindgen]
impl Core {
    /// Parses the options. `error` is the class `AuthError`; `notify(name, detail)` hears of events
    /// and, by the name `snapshot`, of every new snapshot; by `abort`, that no request of the app may go on.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, error: Function, notify: Function) -> Result<Core, JsValue> {
        let hooks = Hooks { error, notify };
        let origin = navigation::origin()
            .filter(|origin| origin != "null")
            .ok_or_else(|| {
                hooks.error(
                    &const {
                        Error::new(
                            Code::InsecureContext,
                            "there is no page with an origin of its own here",
                        )
                    },
                )
            })?;
        let options = json::read(options)
            .filter(Json::is_object)
            .ok_or(const { Error::new(Code::InvalidOptions, "the options are not a plain object") })
            .and_then(|options| Options::parse(&options, &origin))
            .map_err(|error| hooks.error(&error))?;
        let options = Rc::new(options);
        let namespace = options.namespace();
        let keys = Keys::new(&namespace);
        let mark = keys.mark();
        let shell = Rc::<Shell>::new_cyclic(|weak| {
            let weak = weak.clone();
            Shell {
                store: Store::new(&options, &keys),
                machine: RefCell::new(Machine::new(options)),
                keys,
                channel: Channel::open(&namespace, move |signal| {
                    if let Some(shell) = weak.upgrade() {
                        shell.tell(Input::Signal(signal));
                    }
                }),
                waiting: RefCell::default(),
                last: Cell::new(0),
                closed: Cell::new(false),
                hooks,
            }
        });
        let weak = Rc::downgrade(&shell);
        let lifecycle = Lifecycle::listen(
            mark,
            Rc::new(move |signal| {
                if let Some(shell) = weak.upgrade() {
                    shell.tell(Input::Signal(signal));
                }
            }),
        );
        Ok(Core {
            shell,
            lifecycle: RefCell::new(Some(lifecycle)),
        })
    }

    /// Reads what this browser has.
    pub fn start(&self) -> Promise {
        let left = self.shell.keys.read(Slot::Left);
        self.shell.call(Ok(Call::Start { left }))
    }

    /// Leaves for the provider's sign-in.
    pub fn login(&self, options: &JsValue) -> Promise {
        self.shell
            .call(self.shell.asked(options).and_then(|options| {
                Ok(Call::Login {
                    options,
                    here: navigation::here(),
                    entropy: Box::new(entropy()?),
                })
            }))
    }

    /// Completes a sign-in or a sign-out.
    #[wasm_bindgen(js_name = handleRedirectCallback)]
    pub fn handle_redirect_callback(&self, url: Option<String>) -> Promise {
        let here = navigation::here();
        self.shell.call(Ok(Call::Callback {
            address: url.unwrap_or_else(|| here.clone()),
            here,
            sign_in: self.shell.keys.read(Slot::SignIn),
            sign_out: self.shell.keys.read(Slot::SignOut),
        }))
    }

    /// Hands out an access token.
    #[wasm_bindgen(js_name = getAccessToken)]
    pub fn access_token(&self, options: &JsValue) -> Promise {
        self.shell.call(
            self.shell
                .asked(options)
                .map(|options| Call::Token { options }),
        )
    }

    /// Signs out.
    pub fn logout(&self, options: &JsValue) -> Promise {
        self.shell
            .call(self.shell.asked(options).and_then(|options| {
                Ok(Call::Logout {
                    options,
                    entropy: Box::new(entropy()?),
                })
            }))
    }

    /// Whether the access token may go to an address.
    pub fn allows(&self, url: &str) -> bool {
        url::is_under(url, &self.shell.machine.borrow().options().allowed_origins)
    }

    /// Lets go of channel, listeners and database. The session stays.
    pub fn close(&self) {
        self.shell.closed.set(true);
        self.shell.channel.close();
        self.shell.store.close();
        self.lifecycle.borrow_mut().take();
    }
}

impl Shell {
    /// What the app passed as options: nothing, or a plain object.
    fn asked(&self, options: &JsValue) -> Result<Json, Error> {
        match json::read(options) {
            Some(options @ (Json::Object(_) | Json::Null)) => Ok(options),
            _ => Err(
                const { Error::new(Code::InvalidOptions, "the options are not a plain object") },
            ),
        }
    }

    /// Passes a call to the machine. Its synchronous part is done when this returns.
    fn call(self: &Rc<Self>, call: Result<Call, Error>) -> Promise {
        let call = match call {
            Ok(_) if self.closed.get() => {
                Err(Error::new(Code::ClientClosed, "the client was closed"))
            }
            call => call,
        };
        let call = match call {
            Ok(call) => call,
            Err(error) => return Promise::reject(&self.hooks.error(&error)),
        };
        let id = self.last.get() + 1;
        self.last.set(id);
        let promise = Promise::new(&mut |resolve, reject| {
            self.waiting.borrow_mut().push((id, resolve, reject))
        });
        self.tell(Input::Call { id, call });
        promise
    }

    /// Tells the machine what happened, and performs what it asks for.
    fn tell(self: &Rc<Self>, input: Input) {
        // A reply that comes too late for its operation is no use to anyone.
        let _ = self
            .machine
            .borrow_mut()
            .handle(clock::now(), &json::parse, input);
        loop {
            let next = self.machine.borrow_mut().poll();
            match next {
                Some(output) => self.perform(output),
                None => break,
            }
        }
    }

    fn perform(self: &Rc<Self>, output: Output) {
        match output {
            Output::Abort => self.hooks.notify("abort", &JsValue::NULL),
            Output::Clean(address) => navigation::clean(&address),
            Output::Event(event) => {
                let detail = json::write(&event.detail());
                if let Event::RefreshFailed(error) = &event {
                    let _ = Reflect::set(&detail, &"error".into(), &self.hooks.error(error));
                }
                self.hooks.notify(event.name(), &detail);
            }
            Output::Forget => self.store.forget(),
            Output::Keep(slot, value) => self.keys.keep(slot, value.as_ref()),
            Output::Mark => self.keys.raise(&url::decimal(clock::now())),
            Output::Navigate(address) => navigation::leave(address.reveal()),
            Output::Perform { id, part, effect } => {
                let shell = self.clone();
                spawn_local(async move {
                    let reply = shell.effect(effect).await;
                    shell.tell(Input::Reply { id, part, reply });
                });
            }
            Output::Post(message) => self.channel.post(message),
            Output::Settle { id, result } => self.settle(id, result),
            Output::Show(snapshot) => self
                .hooks
                .notify("snapshot", &json::write(&snapshot.to_json())),
            Output::Shut => self.store.shut(),
        }
    }

    async fn effect(&self, effect: Effect) -> Reply {
        match effect {
            Effect::Commit { place, change } => self.store.commit(place, change).await,
            Effect::Digest(text) => Reply::Digest(crypto::digest(text.reveal()).await.ok()),
            Effect::Fetch(request) => Reply::Answer(fetch::send(request).await),
            Effect::Probe => self.store.probe().await,
            Effect::Wait(ms) => {
                clock::wait(ms).await;
                Reply::Woken
            }
            Effect::Wipe(clear) => {
                let (removed, residue) = self.keys.wipe(clear);
                Reply::Wiped { removed, residue }
            }
        }
    }

    fn settle(&self, id: Id, result: Result<Settled, Error>) {
        let mut waiting = self.waiting.borrow_mut();
        let Some(at) = waiting.iter().position(|(own, ..)| *own == id) else {
            return;
        };
        let (_, resolve, reject) = waiting.remove(at);
        drop(waiting);
        let _ = match result {
            Ok(settled) => resolve.call1(&JsValue::NULL, &value(settled)),
            Err(error) => reject.call1(&JsValue::NULL, &self.hooks.error(&error)),
        };
    }
}

impl Hooks {
    fn notify(&self, name: &str, detail: &JsValue) {
        // What a listener throws is reported by `index.js`; it cannot stop a sign-out.
        let _ = self.notify.call2(&JsValue::NULL, &name.into(), detail);
    }

    /// An `AuthError`.
    fn error(&self, error: &Error) -> JsValue {
        let refusal = error.refusal.as_deref().cloned().unwrap_or_default();
        let details = object([
            (
                "error",
                refusal.error.map_or(JsValue::UNDEFINED, Into::into),
            ),
            (
                "errorDescription",
                refusal.description.map_or(JsValue::UNDEFINED, Into::into),
            ),
            (
                "status",
                refusal.status.map_or(JsValue::UNDEFINED, Into::into),
            ),
        ]);
        let code = error.code;
        let arguments = Array::of4(
            &code.as_str().into(),
            &code.kind().as_str().into(),
            &error.message.into(),
            &details,
        );
        Reflect::construct(&self.error, &arguments).unwrap_or_else(|thrown| thrown)
    }
}

fn value(settled: Settled) -> JsValue {
    let object = |kind: &str, return_to: &str, name: &str, value: Json| {
        json::write(&Json::object(vec![
            ("kind", kind.into()),
            ("returnTo", return_to.into()),
            (name, value),
        ]))
    };
    match settled {
        Settled::AccessToken(token) => token.reveal().into(),
        Settled::Done => JsValue::UNDEFINED,
        Settled::NoAnswer => JsValue::NULL,
        Settled::SignedIn { return_to, user } => {
            object("login", &return_to, "user", user.json().clone())
        }
        Settled::SignedOut(report) => json::write(&report),
        Settled::Returned { return_to, report } => {
            object("logout", &return_to, "report", (*report).clone())
        }
    }
}

fn entropy<const N: usize>() -> Result<[u8; N], Error> {
    crypto::entropy().map_err(|_| {
        const { Error::new(Code::InsecureContext, "the browser gives no random bytes") }
    })
}
