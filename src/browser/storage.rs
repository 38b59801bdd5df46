//! Local and session storage. Both may refuse to be touched, and then they count as empty.

use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use web_sys::Storage;

use super::json;
use crate::protocol::{Json, url};
use crate::session::Slot;

/// What one client keeps there.
#[derive(Debug)]
pub(crate) struct Keys {
    prefix: String,
}

impl Keys {
    pub(crate) fn new(namespace: &str) -> Self {
        Self {
            prefix: url::concat(["nightlatch.", namespace, "."]),
        }
    }

    /// Raises the mark that wakes other tabs and takes it down: two storage events in every other tab, and nothing left.
    pub(crate) fn raise(&self) {
        if let Some(local) = local() {
            let _ = local.set_item(&self.key("mark"), "1");
            LocalStorage::delete(self.key("mark"));
        }
    }

    /// Reads what waits in session storage.
    pub(crate) fn read(&self, slot: Slot) -> Option<Json> {
        json::parse(&session()?.get_item(&self.slot(slot)).ok()??)
    }

    /// Writes it, or deletes it.
    pub(crate) fn keep(&self, slot: Slot, value: Option<&Json>) {
        let Some(session) = session() else { return };
        match value {
            Some(value) => drop(session.set_item(&self.slot(slot), &json::print(value))),
            None => SessionStorage::delete(self.slot(slot)),
        }
    }

    fn slot(&self, slot: Slot) -> String {
        self.key(match slot {
            Slot::Left => "left",
            Slot::SignIn => "sign-in",
            Slot::SignOut => "sign-out",
        })
    }

    fn key(&self, name: &str) -> String {
        url::concat([&self.prefix, name])
    }
}

/// Session storage, where it may be touched. (gloo throws where it may not, so that comes first.)
fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
