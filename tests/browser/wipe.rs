//! What a sign-out clears in local and session storage.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::storage::Keys;
use crate::kit::{Stub, js, read};
use crate::protocol::Json;
use crate::session::{Reply, Slot};

#[wasm_bindgen(module = "/pkg/browser/wipe.js")]
extern "C" {
    fn wipe(namespace: &str, all: bool) -> JsValue;
}

fn wiped(namespace: &str, all: bool) -> (Vec<Json>, Vec<Json>) {
    match Reply::parse(
        "wiped",
        &read(&wipe(namespace, all)),
        &crate::browser::json::parse,
    ) {
        Some(Reply::Wiped { removed, residue }) => (removed, residue),
        other => panic!("{other:?}"),
    }
}

#[wasm_bindgen_test]
fn two_clients_do_not_meet() {
    let (one, two) = (Keys::new("one"), Keys::new("one2"));
    one.keep(Slot::Left, Some(&1.into()));
    two.keep(Slot::Left, Some(&2.into()));
    assert_eq!(
        wiped("one", false),
        (vec!["nightlatch.one.left".into()], vec![])
    );
    assert_eq!(one.read(Slot::Left), None);
    assert_eq!(two.read(Slot::Left), Some(2.into()));
    wipe("one2", false);
}

#[wasm_bindgen_test]
fn wiping_own_leaves_the_keys_of_others_and_wiping_all_does_not() {
    let theirs =
        "[localStorage, sessionStorage].map((area) => area.getItem('another.library')).join('')";
    js("[localStorage, sessionStorage].forEach((area) => area.setItem('another.library', '1'))");
    Keys::new("wipe").keep(Slot::SignIn, Some(&1.into()));
    assert_eq!(
        wiped("wipe", false),
        (vec!["nightlatch.wipe.sign-in".into()], vec![])
    );
    assert_eq!(js(theirs), "11");
    let (removed, residue) = wiped("wipe", true);
    let another = |name: &&Json| name.text() == Some("another.library");
    assert_eq!(removed.iter().filter(another).count(), 2);
    assert!(residue.is_empty());
    assert_eq!(js("localStorage.length + sessionStorage.length"), 0);
}

#[wasm_bindgen_test]
fn keys_that_are_named_like_members_are_keys() {
    for name in ["length", "key", "removeItem", "__proto__"] {
        js(&format!("localStorage.setItem('{name}', '1')"));
    }
    let (removed, residue) = wiped("odd", true);
    assert_eq!((removed.len(), residue.len()), (4, 0));
}

#[wasm_bindgen_test]
fn what_cannot_be_removed_is_told() {
    Keys::new("stuck").keep(Slot::SignIn, Some(&1.into()));
    let stub = Stub::put("Storage.prototype", "removeItem", "{ value() {} }");
    let (removed, residue) = wiped("stuck", false);
    drop(stub);
    let name = "nightlatch.stuck.sign-in";
    assert_eq!((removed, residue), (vec![name.into()], vec![name.into()]));
    wipe("stuck", false);
}

#[wasm_bindgen_test]
fn storage_that_is_refused_counts_as_empty() {
    let refused = || Stub::refuse("globalThis", "localStorage");
    // A WebView without DOM storage.
    let none = || Stub::put("globalThis", "localStorage", "{ value: null }");
    for browser in [refused as fn() -> Stub, none] {
        let refusal = browser();
        Keys::new("here").keep(Slot::Left, Some(&1.into()));
        assert_eq!(
            wiped("here", false),
            (vec!["nightlatch.here.left".into()], vec![])
        );
        drop(refusal);
    }
    let both = [
        Stub::refuse("globalThis", "localStorage"),
        Stub::refuse("globalThis", "sessionStorage"),
    ];
    assert_eq!(wiped("here", true), (vec![], vec![]));
    drop(both);
}
