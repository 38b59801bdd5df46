//! What a sign-out clears, kind by kind.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::storage::Keys;
use crate::kit::{Stub, js, js_async, object, read, settled, write};
use crate::protocol::Json;
use crate::session::{Reply, Slot};

#[wasm_bindgen(module = "/pkg/browser/wipe.js")]
extern "C" {
    fn wipe(namespace: &str, plan: &JsValue) -> JsValue;
}

/// Wipes as a sign-out of the app does, and gives the names of what was removed and of what is left.
async fn wiped(namespace: &str, clear: &str) -> (Vec<String>, Vec<String>) {
    wiped_as(namespace, clear, true, false).await
}

async fn wiped_as(
    namespace: &str,
    clear: &str,
    own: bool,
    alone: bool,
) -> (Vec<String>, Vec<String>) {
    let plan = object([
        ("clear", js(clear)),
        ("own", own.into()),
        ("alone", alone.into()),
        ("within", 300.into()),
    ]);
    let told = settled(&wipe(namespace, &plan)).await.unwrap();
    let texts = |names: Vec<Json>| {
        names
            .iter()
            .map(|name| name.text().unwrap().to_owned())
            .collect()
    };
    match Reply::parse("wiped", &read(&told), &crate::browser::json::parse) {
        Some(Reply::Wiped { removed, residue }) => (texts(removed), texts(residue)),
        other => panic!("{other:?}"),
    }
}

fn none() -> Vec<String> {
    Vec::new()
}

/// Makes a database, and gives it to `then`.
async fn make(name: &str, then: &str) {
    js_async(&format!(
        "new Promise((resolve) => {{ const open = indexedDB.open('{name}'); \
         open.onsuccess = () => {{ ({then})(open.result); resolve(); }}; }})"
    ))
    .await
    .unwrap();
}

const CLOSED: &str = "(database) => database.close()";

async fn databases() -> String {
    let names = "indexedDB.databases().then((all) => all.map(({ name }) => name).filter((name) => name.startsWith('t.')).sort().join())";
    js_async(names).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn two_clients_do_not_meet() {
    let (one, two) = (Keys::new("one"), Keys::new("one2"));
    one.keep(Slot::Left, Some(&1.into()));
    two.keep(Slot::Left, Some(&2.into()));
    for clear in ["'own'", "'all'"] {
        one.keep(Slot::Left, Some(&1.into()));
        let (removed, residue) = wiped("one", clear).await;
        assert!(removed.contains(&"nightlatch.one.left".to_owned()));
        assert_eq!(residue, none());
        assert_eq!(one.read(Slot::Left), None);
        assert_eq!(two.read(Slot::Left), Some(2.into()));
    }
    wiped("one2", "'own'").await;
}

#[wasm_bindgen_test]
async fn wiping_own_leaves_the_keys_of_others_and_wiping_all_does_not() {
    let theirs =
        "[localStorage, sessionStorage].map((area) => area.getItem('another.library')).join('')";
    js("[localStorage, sessionStorage].forEach((area) => area.setItem('another.library', '1'))");
    Keys::new("wipe").keep(Slot::SignIn, Some(&1.into()));
    assert_eq!(
        wiped("wipe", "'own'").await,
        (vec!["nightlatch.wipe.sign-in".into()], none())
    );
    assert_eq!(js(theirs), "11");
    let (removed, residue) = wiped("wipe", "'all'").await;
    let another = |name: &&String| *name == "another.library";
    assert_eq!(removed.iter().filter(another).count(), 2);
    assert_eq!(residue, none());
    assert_eq!(js("localStorage.length + sessionStorage.length"), 0);
}

#[wasm_bindgen_test]
async fn storages_and_cookies_are_wiped_before_anything_is_awaited() {
    js(
        "localStorage.setItem('soon', '1'), sessionStorage.setItem('soon', '1'), document.cookie = 'soon=1'",
    );
    let plan = object([("clear", "all".into()), ("within", 300.into())]);
    let promise = wipe("soon", &plan);
    assert_eq!(
        js("[localStorage.soon, sessionStorage.soon, document.cookie.includes('soon')].join()"),
        ",,false"
    );
    settled(&promise).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_tab_alone_wipes_its_session_storage_and_nothing_that_tabs_share() {
    js(
        "[localStorage, sessionStorage].forEach((area) => area.setItem('theirs', '1')), document.cookie = 'theirs=1'",
    );
    make("t.theirs", CLOSED).await;
    Keys::new("alone").keep(Slot::Left, Some(&1.into()));
    assert_eq!(
        wiped_as("alone", "'all'", false, true).await,
        (vec!["theirs".into()], none())
    );
    assert_eq!(
        js("[localStorage.theirs, document.cookie.includes('theirs')].join()"),
        "1,true"
    );
    assert_eq!(databases().await, "t.theirs");
    assert_eq!(Keys::new("alone").read(Slot::Left), Some(1.into()));
    wiped("alone", "'all'").await;
}

#[wasm_bindgen_test]
async fn lists_take_what_they_name_and_keep_wins() {
    js(
        "['theme', 'draft', 'draft.1', 'drafts'].forEach((name) => localStorage.setItem(name, '1'))",
    );
    let (mut removed, residue) = wiped(
        "lists",
        "({ localStorage: ['draft', 'draft.*', 'none'], sessionStorage: false, keep: ['theme'] })",
    )
    .await;
    removed.sort();
    assert_eq!(
        (removed, residue),
        (vec!["draft".into(), "draft.1".into()], none())
    );
    let (removed, _) = wiped("lists", "({ localStorage: true, keep: ['th*'] })").await;
    assert_eq!(removed, ["drafts"]);
    assert_eq!(js("Object.keys(localStorage).join()"), "theme");
    js("localStorage.clear()");
}

#[wasm_bindgen_test]
async fn databases_are_deleted_and_the_record_is_not() {
    for name in ["t.one", "t.two"] {
        make(name, CLOSED).await;
    }
    write("databases", "{}").await;
    let (removed, residue) = wiped("databases", "({ indexedDB: ['t.one', 'nightlatch'] })").await;
    assert_eq!(
        (removed, residue),
        (vec!["t.one (IndexedDB)".into()], none())
    );
    assert_eq!(databases().await, "t.two");
    let (removed, residue) = wiped("databases", "'all'").await;
    assert!(removed.contains(&"t.two (IndexedDB)".to_owned()));
    assert_eq!(residue, none());
    let kept = "indexedDB.databases().then((all) => all.map(({ name }) => name).join())";
    assert_eq!(js_async(kept).await.unwrap(), "nightlatch");
    assert!(crate::kit::database().await.contains("{}"));
}

#[wasm_bindgen_test]
async fn a_database_that_is_held_open_is_told_and_goes_when_it_is_let_go() {
    make("t.held", "(database) => globalThis.held = database").await;
    make("t.free", CLOSED).await;
    let clear = "({ indexedDB: ['t.*'] })";
    assert_eq!(
        wiped("held", clear).await,
        (
            vec!["t.free (IndexedDB)".into()],
            vec!["t.held (IndexedDB)".into()]
        )
    );
    js("globalThis.held.close()");
    wiped("held", clear).await;
    assert_eq!(databases().await, "");
}

#[wasm_bindgen_test]
async fn a_browser_that_does_not_list_its_databases_deletes_those_that_are_named() {
    make("t.named", CLOSED).await;
    let stub = Stub::put("IDBFactory.prototype", "databases", "{ value: undefined }");
    let clear = "({ indexedDB: ['t.named'] })";
    assert_eq!(
        wiped("named", clear).await,
        (vec!["t.named (IndexedDB)".into()], none())
    );
    assert_eq!(
        wiped("named", "({ indexedDB: true })").await,
        (none(), none())
    );
    drop(stub);
    assert_eq!(databases().await, "");
}

#[wasm_bindgen_test]
async fn caches_are_deleted() {
    let make = "Promise.all(['v1', 'v2'].map((name) => caches.open(name)))";
    js_async(make).await.unwrap();
    assert_eq!(
        wiped("caches", "({ caches: ['v1'] })").await,
        (vec!["v1 (caches)".into()], none())
    );
    let names = "caches.keys().then((names) => names.join())";
    assert_eq!(js_async(names).await.unwrap(), "v2");
    wiped("caches", "'all'").await;
    assert_eq!(js_async(names).await.unwrap(), "");
}

#[wasm_bindgen_test]
async fn cookies_are_expired_wherever_they_may_be_from_here() {
    js("history.replaceState(null, '', '/a/b/c')");
    for path in ["/", "/a", "/a/", "/a/b", "/a/b/"] {
        js(&format!("document.cookie = 'deep=1; Path={path}'"));
    }
    js("document.cookie = 'plain=a=b', document.cookie = 'secret'");
    let (removed, residue) = wiped("cookies", "({ cookies: true })").await;
    // What a cookie holds is not told, not even where it has no name.
    for name in ["deep (cookie)", "plain (cookie)", " (cookie)"] {
        assert!(removed.contains(&name.to_owned()), "{removed:?}");
    }
    assert_eq!(residue, none());
    assert_eq!(js("/deep|plain|secret/.test(document.cookie)"), false);
    js("history.replaceState(null, '', '/')");
}

#[wasm_bindgen_test]
async fn a_cookie_that_stays_is_told_and_key_shares_are_not_touched() {
    let cookies =
        "{ get: () => 'nightlatch-other=1; __Host-nightlatch-other=2; stuck=3', set() {} }";
    let stub = Stub::put("document", "cookie", cookies);
    let told = wiped("stuck", "'all'").await;
    drop(stub);
    assert_eq!(told, (none(), vec!["stuck (cookie)".into()]));
}

#[wasm_bindgen_test]
async fn keys_that_are_named_like_members_are_keys() {
    for name in ["length", "key", "removeItem", "__proto__"] {
        js(&format!("localStorage.setItem('{name}', '1')"));
    }
    let (removed, residue) = wiped("odd", "'all'").await;
    assert_eq!((removed.len(), residue.len()), (4, 0));
}

#[wasm_bindgen_test]
async fn what_cannot_be_removed_is_told() {
    Keys::new("stuck").keep(Slot::SignIn, Some(&1.into()));
    let stub = Stub::put("Storage.prototype", "removeItem", "{ value() {} }");
    let told = wiped("stuck", "'own'").await;
    drop(stub);
    assert_eq!(told, (none(), vec!["nightlatch.stuck.sign-in".into()]));
    wiped("stuck", "'own'").await;
}

#[wasm_bindgen_test]
async fn what_is_refused_or_missing_counts_as_empty() {
    let refused = || Stub::refuse("globalThis", "localStorage");
    // A WebView without DOM storage.
    let missing = || Stub::put("globalThis", "localStorage", "{ value: null }");
    for browser in [refused as fn() -> Stub, missing] {
        let refusal = browser();
        Keys::new("here").keep(Slot::Left, Some(&1.into()));
        assert_eq!(
            wiped("here", "'own'").await,
            (vec!["nightlatch.here.left".into()], none())
        );
        drop(refusal);
    }
    let all = [
        Stub::refuse("globalThis", "localStorage"),
        Stub::refuse("globalThis", "sessionStorage"),
        Stub::refuse("globalThis", "indexedDB"),
        Stub::refuse("document", "cookie"),
        // As on a page without https.
        Stub::put("globalThis", "caches", "{ value: undefined }"),
        Stub::put("navigator", "serviceWorker", "{ value: undefined }"),
    ];
    let told = wiped("here", "'all'").await;
    drop(all);
    assert_eq!(told, (none(), none()));
}
