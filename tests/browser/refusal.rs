//! What a browser, or somebody else on the page, does to the record: it is refused, closed, deleted,
//! or written over.

use js_sys::Array;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::kit::{Stub, js, js_async, member, options, wait, write};
use crate::page::{Page, install, token};
use crate::protocol::options::Place;
use crate::session::{Change, Reply};

#[wasm_bindgen_test]
async fn a_database_that_was_deleted_holds_nobody_up_and_is_made_anew() {
    let options = options("record-i", "browser");
    let page = Page::open(&options).await;
    let before = page.install(Place::Browser, "AT").await;
    let deleted = js_async(
        "new Promise((resolve, reject) => { const gone = indexedDB.deleteDatabase('nightlatch'); \
         gone.onsuccess = () => resolve('gone'); gone.onblocked = () => resolve('blocked'); gone.onerror = reject; })",
    );
    assert_eq!(deleted.await.unwrap().as_string().as_deref(), Some("gone"));
    let seen = page.look(Place::Browser).await;
    assert!(!seen.live && seen.session.is_none());
    assert!(seen.generation > before.generation);
    page.install(Place::Browser, "AT-2").await;
    page.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_page_that_lets_go_of_the_database_can_take_it_up_again() {
    let options = options("record-j", "browser");
    let page = Page::open(&options).await;
    page.install(Place::Browser, "AT").await;
    page.stored.close();
    assert_eq!(token(&page.look(Place::Browser).await), Some("AT"));
    page.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_record_that_somebody_else_wrote_is_read_with_care() {
    let options = options("record-k", "browser");
    let page = Page::open(&options).await;
    page.made(Place::Browser, Change::Open).await;
    let name = options.namespace();
    for odd in [
        "1",
        "'x'",
        "{}",
        "{ head: 1, slot: [], sealed: 'x' }",
        "{ head: 1n, slot: new Map(), sealed: new Blob([]), own: 'x' }",
        "{ head: { generation: 1 }, slot: { present: true, generation: 1 }, sealed: 1, own: [1] }",
        "{ head: { generation: 'x' }, slot: { present: true, generation: 0 }, sealed: { key: {} } }",
    ] {
        write(&name, odd).await;
        let seen = page.look(Place::Browser).await;
        assert!(seen.session.is_none(), "{odd}");
        // It stops neither a sign-in nor a sign-out.
        page.install(Place::Browser, "AT").await;
        write(&name, odd).await;
        let (_, ended) = page.made(Place::Browser, Change::End).await;
        assert!(!ended.live && ended.session.is_none(), "{odd}");
    }
}

#[wasm_bindgen_test]
async fn a_database_that_is_refused_is_told_and_changes_nothing() {
    let options = options("refusal-a", "browser");
    let throws = "throw new DOMException('', 'SecurityError')";
    let refused = "const request = new EventTarget(); setTimeout(() => request.onerror(new Event('error'))); return request";
    for how in [throws, refused] {
        let page = Page::new(&options);
        let refusal = Stub::put(
            "globalThis",
            "indexedDB",
            &format!("{{ value: {{ open() {{ {how}; }} }} }}"),
        );
        let probed = page.probe().await;
        let ended = page.commit(Place::Browser, Change::End).await;
        drop(refusal);
        let without = Reply::Probed {
            record: false,
            cookies: true,
            session_storage: true,
        };
        assert_eq!(probed, without, "{how}");
        assert_eq!(ended, Reply::Refused(Change::End), "{how}");
    }
}

#[wasm_bindgen_test]
async fn a_database_of_a_later_version_is_left_alone() {
    // TAB-11
    let options = options("refusal-b", "browser");
    let gone =
        "new Promise((resolve) => { indexedDB.deleteDatabase('nightlatch').onsuccess = resolve; })";
    js_async(gone).await.unwrap();
    let later = "new Promise((resolve) => { const open = indexedDB.open('nightlatch', 2); \
                 open.onsuccess = () => { open.result.close(); resolve(); }; })";
    js_async(later).await.unwrap();
    let page = Page::new(&options);
    assert!(matches!(
        page.probe().await,
        Reply::Probed { record: false, .. }
    ));
    js_async(gone).await.unwrap();
}

#[wasm_bindgen_test]
async fn without_cookies_nobody_is_signed_in_and_everybody_can_sign_out() {
    let options = options("refusal-c", "browser");
    for off in [
        "{ get: () => '', set() {} }",
        "{ get() { throw new Error(); }, set() { throw new Error(); } }",
    ] {
        let page = Page::open(&options).await;
        let generation = page.install(Place::Browser, "AT").await.generation;
        let off = Stub::put("document", "cookie", off);
        assert!(matches!(
            page.probe().await,
            Reply::Probed { cookies: false, .. }
        ));
        assert!(!page.look(Place::Browser).await.live);
        let change = install(generation, "AT-2");
        let installed = page.commit(Place::Browser, change.clone()).await;
        assert_eq!(installed, Reply::Refused(change));
        page.stored.shut();
        let (_, ended) = page.made(Place::Browser, Change::End).await;
        drop(off);
        assert!(!ended.live && ended.session.is_none());
        assert_eq!(ended.generation, generation + 1);
    }
}

#[wasm_bindgen_test]
async fn a_transaction_that_is_aborted_is_tried_again_and_then_told() {
    let options = options("refusal-d", "browser");
    let page = Page::open(&options).await;
    let generation = page.install(Place::Browser, "AT").await.generation;
    let put = |times: u32| {
        let property = "{ value(...all) { const request = real.apply(this, all); \
                        if (left-- > 0) this.transaction.abort(); return request; } }";
        Stub::put(
            "IDBObjectStore.prototype",
            "put",
            &format!("((real, left) => ({property}))(IDBObjectStore.prototype.put, {times})"),
        )
    };
    let stub = put(2);
    let twice = page.commit(Place::Browser, Change::End).await;
    drop(stub);
    assert_eq!(twice, Reply::Refused(Change::End));
    // The key share went inside the transaction, and nobody puts one back: who was to be signed out is.
    let seen = page.look(Place::Browser).await;
    assert_eq!((seen.generation, seen.live), (generation, false));
    let generation = page.install(Place::Browser, "AT").await.generation;
    // As a sign-out begins.
    page.stored.shut();
    let stub = put(1);
    let (_, ended) = page.made(Place::Browser, Change::End).await;
    drop(stub);
    // Once, although it was tried twice.
    assert_eq!(ended.generation, generation + 1);
    assert_eq!(token(&ended), Some("AT"));
}

#[wasm_bindgen_test]
async fn a_decision_that_fails_inside_the_transaction_leaves_the_record_as_it_was() {
    let options = options("refusal-e", "browser");
    let page = Page::open(&options).await;
    let before = page.install(Place::Browser, "AT").await;
    for decision in [
        "() => { throw new Error(); }",
        "() => null",
        "() => ({ write: true, head: () => 1 })",
    ] {
        let plan = "{ place: 'browser', session: null, begins: false, looks: false, ends: true }";
        let made = page.stored.commit(&js(plan), &js(decision));
        let made = crate::kit::settled(&made).await.unwrap();
        assert_eq!(member(&made, "0"), "refused", "{decision}");
        let seen = page.look(Place::Browser).await;
        assert_eq!(seen.generation, before.generation, "{decision}");
        assert_eq!(token(&seen), Some("AT"), "{decision}");
    }
    page.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn what_is_refused_is_nobody_s_unhandled_rejection() {
    let options = options("refusal-f", "tab");
    js(
        "(globalThis.unhandled = [], globalThis.hear = (event) => unhandled.push(String(event.reason)), \
        addEventListener('unhandledrejection', hear), addEventListener('error', hear))",
    );
    let refusals = ["indexedDB", "sessionStorage"].map(|name| Stub::refuse("globalThis", name));
    let cookie = Stub::refuse("document", "cookie");
    let page = Page::new(&options);
    page.probe().await;
    for place in [Place::Browser, Place::Tab] {
        let ended = page.commit(place, Change::End).await;
        assert_eq!(ended, Reply::Refused(Change::End));
    }
    page.stored.shut();
    page.stored.close();
    drop((refusals, cookie));
    // And where the database fails only on the way.
    let page = Page::open(&options).await;
    let abort = Stub::put(
        "IDBObjectStore.prototype",
        "get",
        "((real) => ({ value(...all) { const request = real.apply(this, all); this.transaction.abort(); return request; } }))(IDBObjectStore.prototype.get)",
    );
    let looked = page.commit(Place::Browser, Change::Open).await;
    drop(abort);
    assert_eq!(looked, Reply::Refused(Change::Open));
    wait(50).await;
    js("removeEventListener('unhandledrejection', hear), removeEventListener('error', hear)");
    let unhandled = Array::from(&js("unhandled"));
    assert_eq!(unhandled.length(), 0, "{unhandled:?}");
}
