//! What waits in session storage, and the mark in local storage.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::storage::Keys;
use crate::kit::{Stub, js};
use crate::protocol::{Json, Members};
use crate::session::Slot;

#[wasm_bindgen_test]
fn what_waits_is_read_as_it_was_kept_and_is_gone_when_it_is_deleted() {
    let keys = Keys::new("slots");
    for slot in [Slot::SignIn, Slot::SignOut, Slot::Left] {
        assert_eq!(keys.read(slot), None);
        let value = Members::new()
            .with("state", "s")
            .with("generation", 7_u64)
            .object();
        keys.keep(slot, Some(&value));
        assert_eq!(keys.read(slot), Some(value));
    }
    keys.keep(Slot::SignIn, None);
    assert_eq!(keys.read(Slot::SignIn), None);
    assert!(keys.read(Slot::SignOut).is_some());
    js("sessionStorage.clear()");
}

#[wasm_bindgen_test]
fn what_somebody_else_wrote_there_is_not_believed() {
    let keys = Keys::new("broken");
    js("sessionStorage.setItem('nightlatch.broken.sign-in', '{ no json')");
    assert_eq!(keys.read(Slot::SignIn), None);
    js("sessionStorage.clear()");
}

#[wasm_bindgen_test]
fn the_mark_leaves_nothing_behind() {
    let keys = Keys::new("mark");
    keys.raise();
    let left = js("localStorage.getItem('nightlatch.mark.mark')");
    assert!(left.is_null());
}

#[wasm_bindgen_test]
fn storage_that_is_refused_counts_as_empty_and_stops_nothing() {
    for property in [
        "{ get() { throw new DOMException('', 'SecurityError'); } }",
        "{ value: null }",
    ] {
        let refusals =
            ["localStorage", "sessionStorage"].map(|name| Stub::put("globalThis", name, property));
        let keys = Keys::new("refused");
        for slot in [Slot::SignIn, Slot::SignOut, Slot::Left] {
            keys.keep(slot, Some(&1.into()));
            assert_eq!(keys.read(slot), None);
            keys.keep(slot, None);
        }
        keys.raise();
        drop(refusals);
    }
}

#[wasm_bindgen_test]
fn storage_that_is_full_stops_nothing() {
    let full = Stub::put(
        "Storage.prototype",
        "setItem",
        "{ value() { throw new DOMException('', 'QuotaExceededError'); } }",
    );
    let keys = Keys::new("full");
    keys.keep(Slot::SignIn, Some(&1.into()));
    keys.raise();
    assert_eq!(keys.read(Slot::SignIn), None);
    drop(full);
}
