//! The exported client: drives the machine and performs what it asks for.
//!
//! `pkg/client.js` wraps it in the surface that `pkg/index.d.ts` documents, and `pkg/shell.js` performs
//! what has to be waited for. Methods take `&self`, and no borrow is held while JavaScript is called.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use crate::browser::page::Page;
use crate::browser::storage::Keys;
use crate::browser::{clock, crypto, json, navigation};
use crate::protocol::{Code, Error, Json, Members, Options, Result, url};
use crate::session::{
    Call, Commits, Effect, Id, Input, Machine, Output, Reply, Settled, Signal, Slot,
};

/// One app's sign-in at one provider, as `pkg/client.js` uses it.
#[cfg_attr(not(feature = "client"), wasm_bindgen)]
#[derive(Debug)]
pub struct Core(Shell);

#[derive(Debug)]
struct Shell {
    machine: RefCell<Machine>,
    commits: RefCell<Commits>,
    options: Rc<Options>,
    keys: Keys,
    page: Page,
    closed: Cell<bool>,
}

#[cfg_attr(not(feature = "client"), wasm_bindgen)]
impl Core {
    /// Parses the options. Throws what an `AuthError` is made of.
    #[cfg_attr(not(feature = "client"), wasm_bindgen(constructor))]
    pub fn new(options: &JsValue, page: Page) -> core::result::Result<Core, JsValue> {
        let options = parse(options).map_err(|error| json::write(&error.to_json()))?;
        let options = Rc::new(options);
        let namespace = options.namespace();
        let keys = Keys::new(&namespace);
        page.perform("open", 0, 0, &namespace.as_str().into());
        Ok(Core(Shell {
            machine: RefCell::new(Machine::new(options.clone())),
            commits: RefCell::default(),
            options,
            keys,
            page,
            closed: Cell::default(),
        }))
    }

    /// Tells what happened: `name` is what the app calls, or what the page says of an effect. `id` and `part`
    /// number it; an app's call is settled or rejected by the same number.
    ///
    /// | name | value | gives |
    /// |---|---|---|
    /// | `start` | | |
    /// | `login`, `logout`, `token` | the app's options | |
    /// | `callback` | an address, or nothing for the page's own; with a detached sign-in `{ url, signIn }` | |
    /// | `apply` | `{ head, slot, share }`, inside the page's transaction | see [`Commits::apply`] |
    /// | `committed`, `refused` | the session that was there; whether the key share stands | |
    /// | `answer`, `cleanedUp`, `digest`, `probed`, `wiped`, `woken` | see [`Reply::parse`] | |
    /// | `active`, `away`, `look`, `message`, `restored` | see [`Signal::parse`] | |
    /// | `allows` | an address | whether the access token may go there |
    /// | `close` | | |
    pub fn tell(&self, name: &str, id: Id, part: u8, value: &JsValue) -> JsValue {
        let shell = &self.0;
        let read = json::read(value);
        let value = read.as_ref().unwrap_or(&Json::Null);
        let now = clock::now();
        let reply = match name {
            "allows" => {
                let url = value.text().unwrap_or_default();
                return url::is_under(url, &shell.options.allowed_origins).into();
            }
            "apply" => {
                let next = shell.commits.borrow_mut().apply(id, part, value, now);
                return next.map_or(JsValue::NULL, |next| json::write(&next));
            }
            "committed" => (shell.commits.borrow_mut()).committed(id, part, value, &shell.options),
            "refused" => (shell.commits.borrow_mut()).refused(id, part, value.is_true(), now),
            "close" => {
                shell.page.perform("close", 0, 0, &JsValue::NULL);
                shell.closed.set(true);
                None
            }
            _ => Reply::parse(name, value, &json::parse),
        };
        if let Some(signal) = Signal::parse(name, value) {
            shell.handle(Input::Signal(signal));
        } else if let Some(reply) = reply {
            shell.handle(Input::Reply { id, part, reply });
        } else if let Some(call) = shell.asked(name, read.as_ref()).transpose() {
            match call {
                Ok(call) => shell.handle(Input::Call { id, call }),
                Err(error) => shell.perform(Output::Settle {
                    id,
                    result: Err(error),
                }),
            }
        }
        JsValue::UNDEFINED
    }
}

fn parse(options: &JsValue) -> Result<Options> {
    let Some(origin) = navigation::origin() else {
        return Err(Error::new(
            Code::InsecureContext,
            "the page has no origin of its own",
        ));
    };
    let options = json::read(options).filter(Json::is_object);
    Options::parse(&options.ok_or(const { not_plain() })?, &origin)
}

const fn not_plain() -> Error {
    Error::new(Code::InvalidOptions, "the options are not a plain object")
}

impl Shell {
    /// What the app asks for, with nothing or a plain object as options.
    fn asked(&self, name: &str, options: Option<&Json>) -> Result<Option<Call>> {
        let here = navigation::here();
        let plain = || match options {
            Some(options @ (Json::Object(_) | Json::Null)) => Ok(options.clone()),
            _ => Err(const { not_plain() }),
        };
        let call = match name {
            "callback" => {
                let given = options.unwrap_or(&Json::Null);
                let address = given.text().or(given.member("url").text());
                let sign_in = given.member("signIn");
                Call::Callback {
                    address: address.unwrap_or(&here).to_owned(),
                    here,
                    sign_in: match sign_in.is_object() {
                        true => Some(sign_in.clone()),
                        false => self.keys.read(Slot::SignIn),
                    },
                    sign_out: self.keys.read(Slot::SignOut),
                }
            }
            "login" => {
                let mut entropy = Box::new([0; 96]);
                random(entropy.as_mut())?;
                Call::Login {
                    options: plain()?,
                    here,
                    entropy,
                }
            }
            "logout" => {
                let mut entropy = Box::new([0; 32]);
                random(entropy.as_mut())?;
                Call::Logout {
                    options: plain()?,
                    entropy,
                }
            }
            "token" => Call::Token { options: plain()? },
            "start" => Call::Start {
                left: self.keys.read(Slot::Left),
            },
            _ => return Ok(None),
        };
        if self.closed.get() {
            return Err(Error::new(Code::ClientClosed, "the client was closed"));
        }
        Ok(Some(call))
    }

    /// Tells the machine what happened, and performs what it asks for.
    fn handle(&self, input: Input) {
        // A reply that comes too late for its operation is no use to anyone.
        let _ = (self.machine.borrow_mut()).handle(clock::now(), &json::parse, input);
        loop {
            let next = self.machine.borrow_mut().poll();
            match next {
                Some(output) => self.perform(output),
                None => break,
            }
        }
    }

    fn perform(&self, output: Output) {
        let (name, id, part, value) = match output {
            Output::Keep(slot, value) => return self.keys.keep(slot, value.as_ref()),
            Output::Mark => return self.keys.raise(),
            Output::Perform { id, part, effect } => {
                let (name, value) = match effect {
                    Effect::Application { timeout_ms } => ("application", timeout_ms.into()),
                    Effect::Commit { place, change } => {
                        let mut commits = self.commits.borrow_mut();
                        let plan = commits.begin(id, part, place, change, &self.options);
                        ("commit", plan)
                    }
                    Effect::Digest(text) => ("digest", text.reveal().into()),
                    Effect::Fetch(request) => ("request", request.to_json()),
                    Effect::Probe => ("probe", Json::Null),
                    Effect::Wait(ms) => ("wait", ms.into()),
                    Effect::Wipe {
                        clear,
                        own,
                        alone,
                        within,
                    } => {
                        let mut plan = Members::new();
                        plan.with("clear", clear.json().clone())
                            .with("own", own)
                            .with("alone", alone)
                            .with("within", within);
                        ("wipe", plan.object())
                    }
                };
                (name, id, part, value)
            }
            Output::Abort => ("abort", 0, 0, Json::Null),
            Output::Clean(address) => ("clean", 0, 0, address.as_str().into()),
            Output::Event(event) => (event.name(), 0, 0, event.detail()),
            Output::Post(message) => ("post", 0, 0, message.to_json()),
            Output::Hide => ("hide", 0, 0, Json::Null),
            Output::Reveal(to) => ("reveal", 0, 0, to),
            Output::Navigate(navigation) => ("navigate", 0, 0, navigation.to_json()),
            Output::Forget => ("forget", 0, 0, Json::Null),
            Output::Settle { id, result } => match result {
                Ok(Settled::Done) => ("done", id, 0, Json::Null),
                Ok(settled) => ("settle", id, 0, settled.to_json()),
                Err(error) => ("reject", id, 0, error.to_json()),
            },
            Output::Show(snapshot) => ("snapshot", 0, 0, snapshot.to_json()),
            Output::Shut => ("shut", 0, 0, Json::Null),
        };
        self.page.perform(name, id, part, &json::write(&value));
    }
}

fn random(bytes: &mut [u8]) -> Result<()> {
    crypto::entropy(bytes).map_err(|_| {
        const {
            Error::new(
                Code::InsecureContext,
                "no WebCrypto: serve the page over https",
            )
        }
    })
}
