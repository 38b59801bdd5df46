//! What a person does, and what the app calls.

use nightlatch::protocol::url;
use nightlatch::session::{Call, Id, Input, Slot};
use serde_json::{Value, json};

use super::{CALLBACK, World};
use crate::provider::{core, fields};

impl World {
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

    /// Calls `login`.
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

    /// Calls for an access token.
    pub(crate) fn token(&mut self, tab: usize, options: Value) -> Id {
        self.call(
            tab,
            Call::Token {
                options: core(options),
            },
        )
    }

    /// Calls `logout`.
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

    /// Calls a machine.
    pub(crate) fn call(&mut self, tab: usize, call: Call) -> Id {
        self.tabs[tab].last += 1;
        let id = self.tabs[tab].last;
        self.tabs[tab].asked.insert(id);
        self.tell(tab, Input::Call { id, call }).unwrap();
        id
    }
}
