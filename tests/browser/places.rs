//! Sessions that one tab keeps for itself: in session storage, or in memory alone.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::kit::{Stub, database, js, options};
use crate::page::{Page, install, token};
use crate::protocol::options::Place;
use crate::session::change::Verdict;
use crate::session::record::Version;
use crate::session::{Change, Reply};

#[wasm_bindgen_test]
async fn a_tab_s_own_session_is_sealed_and_ends_when_another_tab_ends_all() {
    let options = options("record-g", "tab");
    let page = Page::open(&options).await;
    page.install(Place::Tab, "AT-s3cr3t").await;
    let again = Page::open(&options).await;
    assert_eq!(token(&again.look(Place::Tab).await), Some("AT-s3cr3t"));
    let kept = js("JSON.stringify({ ...sessionStorage })")
        .as_string()
        .unwrap();
    assert!(!kept.contains("s3cr3t") && !database().await.contains("s3cr3t"));
    // Another tab has no session of its own here, and ends everything.
    page.made(Place::Browser, Change::End).await;
    let seen = again.look(Place::Tab).await;
    assert!(!seen.live);
    assert!(!page.look(Place::Tab).await.live);
    js("sessionStorage.clear()");
}

#[wasm_bindgen_test]
async fn a_session_in_memory_ends_when_another_tab_ends_all_and_is_given_to_be_revoked() {
    let options = options("record-h", "memory");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    one.install(Place::Memory, "AT").await;
    assert_eq!(token(&one.look(Place::Memory).await), Some("AT"));
    assert!(!two.look(Place::Memory).await.live);
    two.made(Place::Memory, Change::End).await;
    let seen = one.look(Place::Memory).await;
    assert!(!seen.live);
    assert_eq!(token(&seen), Some("AT"));
    assert!(one.look(Place::Memory).await.session.is_none());
}

#[wasm_bindgen_test]
async fn a_tab_that_ends_its_own_session_leaves_nothing_of_it() {
    let options = options("places-a", "tab");
    let page = Page::open(&options).await;
    page.install(Place::Tab, "AT").await;
    assert_eq!(js("sessionStorage.length"), 1);
    let (_, ended) = page.made(Place::Tab, Change::EndOwn).await;
    assert_eq!(token(&ended), Some("AT"));
    assert!(!ended.live && !page.look(Place::Tab).await.live);
    assert_eq!(js("sessionStorage.length"), 0);
}

#[wasm_bindgen_test]
async fn a_tab_s_own_session_is_nothing_without_its_half_of_the_key() {
    let options = options("places-b", "tab");
    let page = Page::open(&options).await;
    page.install(Place::Tab, "AT").await;
    // Another tab ends all, and what session storage holds is put back.
    let kept = js("JSON.stringify({ ...sessionStorage })")
        .as_string()
        .unwrap();
    page.made(Place::Tab, Change::End).await;
    js(&format!("Object.assign(sessionStorage, {kept})"));
    let seen = page.look(Place::Tab).await;
    assert!(!seen.live && seen.session.is_none());
    js("sessionStorage.clear()");
}

#[wasm_bindgen_test]
async fn what_somebody_else_wrote_for_a_tab_stops_no_sign_out_and_no_sign_in() {
    let options = options("places-c", "tab");
    let page = Page::open(&options).await;
    let name = format!("nightlatch.{}.session", options.namespace());
    let slot = "slot: { present: true, generation: 1, sealed: true }";
    for odd in [
        "'{ no json'".to_owned(),
        "'null'".to_owned(),
        "'\"x\"'".to_owned(),
        "JSON.stringify({ key: {}, slot: [], sealed: 1 })".to_owned(),
        format!("JSON.stringify({{ key: '__proto__', {slot}, sealed: {{}} }})"),
        format!("JSON.stringify({{ key: 'x', {slot}, sealed: {{ iv: 1, text: '*' }} }})"),
        format!("JSON.stringify({{ key: 'x', {slot}, sealed: {{ iv: '-_', text: '' }} }})"),
        format!("JSON.stringify({{ key: 'x', {slot}, sealed: 'x' }})"),
    ] {
        js(&format!("sessionStorage.setItem('{name}', {odd})"));
        assert!(page.look(Place::Tab).await.session.is_none(), "{odd}");
        js(&format!("sessionStorage.setItem('{name}', {odd})"));
        let (_, ended) = page.made(Place::Tab, Change::End).await;
        assert!(!ended.live && ended.session.is_none(), "{odd}");
        js(&format!("sessionStorage.setItem('{name}', {odd})"));
        page.install(Place::Tab, "AT").await;
        assert_eq!(token(&page.look(Place::Tab).await), Some("AT"), "{odd}");
    }
    page.made(Place::Tab, Change::End).await;
}

#[wasm_bindgen_test]
async fn session_storage_that_is_refused_keeps_no_session_and_is_told() {
    let options = options("places-d", "tab");
    let page = Page::new(&options);
    let refused = Stub::refuse("globalThis", "sessionStorage");
    let probed = page.probe().await;
    let opened = page.commit(Place::Tab, Change::Open).await;
    drop(refused);
    let without = Reply::Probed {
        record: true,
        cookies: true,
        session_storage: false,
    };
    assert_eq!(probed, without);
    assert_eq!(opened, Reply::Refused(Change::Open));
}

#[wasm_bindgen_test]
async fn session_storage_that_is_full_keeps_no_session_and_is_told() {
    let options = options("places-e", "tab");
    let page = Page::open(&options).await;
    let generation = page.made(Place::Tab, Change::Open).await.1.generation;
    let full = Stub::put(
        "Storage.prototype",
        "setItem",
        "{ value() { throw new DOMException('', 'QuotaExceededError'); } }",
    );
    let change = install(generation, "AT");
    let reply = page.commit(Place::Tab, change.clone()).await;
    drop(full);
    assert_eq!(reply, Reply::Refused(change));
    assert!(!page.look(Place::Tab).await.live);
    // And no key share stays behind that opens nothing.
    let cookies = js("document.cookie").as_string().unwrap();
    assert!(!cookies.contains(&options.namespace()), "{cookies}");
    page.made(Place::Tab, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_session_in_memory_and_one_that_the_browser_keeps_do_not_touch_each_other() {
    let options = options("places-f", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    one.install(Place::Browser, "AT-kept").await;
    two.install(Place::Memory, "AT-held").await;
    assert_eq!(token(&two.look(Place::Memory).await), Some("AT-held"));
    assert_eq!(token(&one.look(Place::Browser).await), Some("AT-kept"));
    two.made(Place::Memory, Change::EndOwn).await;
    assert_eq!(token(&one.look(Place::Browser).await), Some("AT-kept"));
    one.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn changes_in_memory_that_begin_at_once_are_made_one_after_the_other() {
    // Where the browser also keeps a session, opening that one must not come between.
    let options = options("places-g", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    one.install(Place::Browser, "AT-kept").await;
    let generation = two.install(Place::Memory, "AT-1").await.generation;
    let slow = Stub::put(
        "SubtleCrypto.prototype",
        "decrypt",
        "((real) => ({ async value(...all) { await new Promise((resolve) => setTimeout(resolve, 100)); \
         return real.apply(this, all); } }))(SubtleCrypto.prototype.decrypt)",
    );
    let again = two.commit(Place::Memory, install(generation, "AT-2"));
    let look = two.commit(
        Place::Memory,
        Change::Look {
            known: Version::default(),
        },
    );
    let (again, look) = (again.await, look.await);
    drop(slow);
    let (
        Reply::Committed {
            verdict: Verdict::Done { .. },
            seen: again,
        },
        Reply::Committed { seen: look, .. },
    ) = (again, look)
    else {
        panic!("refused")
    };
    assert_eq!((token(&again), token(&look)), (Some("AT-1"), Some("AT-2")));
    assert_eq!(again.version, look.version);
    one.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_session_in_memory_does_without_everything_that_a_browser_can_refuse() {
    let options = options("places-h", "memory");
    let page = Page::new(&options);
    let refusals = [
        Stub::refuse("globalThis", "indexedDB"),
        Stub::refuse("globalThis", "sessionStorage"),
        Stub::refuse("document", "cookie"),
    ];
    let nothing = Reply::Probed {
        record: false,
        cookies: false,
        session_storage: false,
    };
    assert_eq!(page.probe().await, nothing);
    page.install(Place::Memory, "AT").await;
    assert_eq!(token(&page.look(Place::Memory).await), Some("AT"));
    page.stored.shut();
    let (_, ended) = page.made(Place::Memory, Change::End).await;
    page.stored.forget();
    page.stored.close();
    drop(refusals);
    assert_eq!(token(&ended), Some("AT"));
    assert!(!ended.live);
}
