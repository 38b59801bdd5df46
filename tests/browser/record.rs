//! The record in a real IndexedDB.

use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::record::Store;
use crate::browser::storage::Keys;
use crate::kit::{invoke, js, js_async, options};
use crate::protocol::options::{Clear, Place};
use crate::protocol::{Claims, Json, Metadata, Options, Secret};
use crate::session::record::{Verdict, Version};
use crate::session::{Change, Reply, Seen, Session};

fn session(token: &str) -> Rc<Session> {
    let metadata = Json::object(vec![
        ("issuer", "https://id.example".into()),
        (
            "authorization_endpoint",
            "https://id.example/authorize".into(),
        ),
        ("token_endpoint", "https://id.example/token".into()),
    ]);
    Rc::new(Session {
        access_token: Secret::new(token.to_owned()),
        refresh_token: Some(Secret::new("RT-s3cr3t".to_owned())),
        id_token: Secret::new("a.b.c".to_owned()),
        claims: Rc::new(Claims::restored(Json::object(vec![("sub", "ada".into())]))),
        scope: "openid".to_owned(),
        expires_at: Some(1_790_000_000_000),
        metadata: Rc::new(Metadata::parse(&metadata, "https://id.example", false).unwrap()),
    })
}

/// A page of a client that no other test has.
async fn page(options: &Rc<Options>) -> Store {
    let store = Store::new(options, &Keys::new(&options.namespace()));
    assert!(matches!(
        store.probe().await,
        Reply::Probed {
            record: true,
            cookies: true,
            session_storage: true
        }
    ));
    store
}

async fn commit(store: &Store, place: Place, change: Change) -> (Verdict, Seen) {
    match store.commit(place, change).await {
        Reply::Committed { verdict, seen } => (verdict, seen),
        other => panic!("{other:?}"),
    }
}

async fn look(store: &Store, place: Place) -> Seen {
    commit(
        store,
        place,
        Change::Look {
            known: Version::default(),
        },
    )
    .await
    .1
}

async fn install(store: &Store, place: Place, token: &str) -> Seen {
    let (_, Seen { generation, .. }) = commit(store, place, Change::Open).await;
    let change = Change::Install {
        generation,
        entry: 0,
        session: session(token),
    };
    let (verdict, seen) = commit(store, place, change).await;
    assert!(matches!(verdict, Verdict::Done { .. }));
    assert!(seen.live);
    seen
}

fn token(seen: &Seen) -> Option<&str> {
    seen.session
        .as_ref()
        .map(|session| session.access_token.reveal())
}

async fn database() -> String {
    let text = js_async(
        "new Promise((resolve, reject) => { const open = indexedDB.open('nightlatch'); open.onerror = reject; \
         open.onsuccess = () => { const all = open.result.transaction('records').objectStore('records').getAll(); \
         all.onsuccess = () => { open.result.close(); resolve(JSON.stringify(all.result, (name, value) => \
         value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value) : value)); }; }; })",
    )
    .await
    .unwrap();
    text.as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_session_that_is_installed_is_seen_by_every_page_and_ended_for_all() {
    let options = options("record-a", "browser");
    let (one, two) = (page(&options).await, page(&options).await);
    let installed = install(&one, Place::Browser, "AT-s3cr3t").await;
    let seen = look(&two, Place::Browser).await;
    assert_eq!(
        (seen.generation, seen.version, token(&seen)),
        (installed.generation, installed.version, Some("AT-s3cr3t"))
    );
    assert_eq!(*seen.session.clone().unwrap(), *session("AT-s3cr3t"));
    // What is known is not opened again.
    let known = commit(
        &two,
        Place::Browser,
        Change::Look {
            known: seen.version,
        },
    )
    .await
    .1;
    assert!(known.live && known.session.is_none());
    two.shut();
    let (verdict, ended) = commit(&two, Place::Browser, Change::End).await;
    two.forget();
    // The share is deleted before, and kept for this one opening.
    assert_eq!(token(&ended), Some("AT-s3cr3t"));
    assert!(!ended.live && matches!(verdict, Verdict::Done { entry } if entry != 0));
    for store in [&one, &two] {
        let seen = look(store, Place::Browser).await;
        assert!(!seen.live && seen.session.is_none());
        assert_eq!(seen.generation, installed.generation + 1);
    }
}

#[wasm_bindgen_test]
async fn nothing_secret_lies_in_the_database() {
    let options = options("record-b", "browser");
    let store = page(&options).await;
    install(&store, Place::Browser, "AT-s3cr3t").await;
    let all = database().await;
    assert!(all.contains("generation"), "{all}");
    for secret in ["AT-s3cr3t", "RT-s3cr3t", "a.b.c", "ada"] {
        assert!(!all.contains(secret), "{secret}");
    }
    commit(&store, Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_session_is_nothing_without_the_share_in_the_cookie() {
    let options = options("record-c", "browser");
    let (one, two) = (page(&options).await, page(&options).await);
    install(&one, Place::Browser, "AT").await;
    one.shut();
    let seen = look(&two, Place::Browser).await;
    assert!(!seen.live && seen.session.is_none());
    // The next page buries it.
    let (verdict, seen) = commit(&two, Place::Browser, Change::Open).await;
    assert!(matches!(verdict, Verdict::Done { entry } if entry != 0));
    assert!(!seen.live);
}

#[wasm_bindgen_test]
async fn an_ended_generation_takes_nothing_in() {
    let options = options("record-d", "browser");
    let (one, two) = (page(&options).await, page(&options).await);
    let seen = install(&one, Place::Browser, "AT").await;
    commit(&two, Place::Browser, Change::End).await;
    let renew = Change::Renew {
        of: seen.version,
        entry: 0,
        session: session("late"),
    };
    assert_eq!(
        commit(&one, Place::Browser, renew).await.0,
        Verdict::Superseded
    );
    let late = Change::Install {
        generation: seen.generation,
        entry: 0,
        session: session("late"),
    };
    assert_eq!(
        commit(&one, Place::Browser, late).await.0,
        Verdict::Superseded
    );
    assert!(!look(&two, Place::Browser).await.live);
}

#[wasm_bindgen_test]
async fn of_many_that_ask_at_once_one_may_refresh() {
    let options = options("record-e", "browser");
    let (one, two) = (page(&options).await, page(&options).await);
    let of = install(&one, Place::Browser, "AT").await.version;
    let mut sends = 0;
    let asked = || Change::Reserve {
        of,
        after: 0,
        patience_ms: 10_000,
    };
    let (first, second) = (
        one.commit(Place::Browser, asked()),
        two.commit(Place::Browser, asked()),
    );
    for reply in [
        first.await,
        second.await,
        one.commit(Place::Browser, asked()).await,
    ] {
        sends += usize::from(matches!(
            reply,
            Reply::Committed {
                verdict: Verdict::Send { .. },
                ..
            }
        ));
    }
    assert_eq!(sends, 1);
    let renew = Change::Renew {
        of,
        entry: 0,
        session: session("AT-2"),
    };
    let (_, seen) = commit(&one, Place::Browser, renew).await;
    assert_eq!(token(&look(&two, Place::Browser).await), Some("AT-2"));
    assert!(seen.version.revision > of.revision);
    commit(&one, Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn looks_are_numbered_in_the_order_in_which_they_read() {
    let options = options("record-f", "browser");
    let store = page(&options).await;
    let one = look(&store, Place::Browser).await.order;
    let two = look(&store, Place::Browser).await.order;
    assert!(two > one);
}

#[wasm_bindgen_test]
async fn a_tab_s_own_session_is_sealed_and_ends_when_another_tab_ends_all() {
    let options = options("record-g", "tab");
    let store = page(&options).await;
    install(&store, Place::Tab, "AT-s3cr3t").await;
    let again = Store::new(&options, &Keys::new(&options.namespace()));
    again.probe().await;
    assert_eq!(token(&look(&again, Place::Tab).await), Some("AT-s3cr3t"));
    let kept = js("JSON.stringify({ ...sessionStorage })")
        .as_string()
        .unwrap();
    assert!(!kept.contains("s3cr3t") && !database().await.contains("s3cr3t"));
    // Another tab has no session of its own here, and ends everything.
    commit(&store, Place::Browser, Change::End).await;
    let seen = look(&again, Place::Tab).await;
    assert!(!seen.live);
    assert!(!look(&store, Place::Tab).await.live);
    Keys::new(&options.namespace()).wipe(Clear::Own);
}

#[wasm_bindgen_test]
async fn a_session_in_memory_ends_when_another_tab_ends_all_and_is_given_to_be_revoked() {
    let options = options("record-h", "memory");
    let (one, two) = (page(&options).await, page(&options).await);
    install(&one, Place::Memory, "AT").await;
    assert_eq!(token(&look(&one, Place::Memory).await), Some("AT"));
    assert!(!look(&two, Place::Memory).await.live);
    commit(&two, Place::Memory, Change::End).await;
    let seen = look(&one, Place::Memory).await;
    assert!(!seen.live);
    assert_eq!(token(&seen), Some("AT"));
    assert!(look(&one, Place::Memory).await.session.is_none());
}

#[wasm_bindgen_test]
async fn a_database_that_was_deleted_holds_nobody_up_and_is_made_anew() {
    let options = options("record-i", "browser");
    let store = page(&options).await;
    let before = install(&store, Place::Browser, "AT").await;
    let deleted = js_async(
        "new Promise((resolve, reject) => { const gone = indexedDB.deleteDatabase('nightlatch'); \
         gone.onsuccess = () => resolve('gone'); gone.onblocked = () => resolve('blocked'); gone.onerror = reject; })",
    );
    assert_eq!(deleted.await.unwrap().as_string().as_deref(), Some("gone"));
    let seen = look(&store, Place::Browser).await;
    assert!(!seen.live && seen.session.is_none());
    assert!(seen.generation > before.generation);
    install(&store, Place::Browser, "AT-2").await;
    commit(&store, Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_page_that_lets_go_of_the_database_can_take_it_up_again() {
    let options = options("record-j", "browser");
    let store = page(&options).await;
    install(&store, Place::Browser, "AT").await;
    store.close();
    assert_eq!(token(&look(&store, Place::Browser).await), Some("AT"));
    commit(&store, Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_record_that_somebody_else_wrote_is_read_with_care() {
    let options = options("record-k", "browser");
    let store = page(&options).await;
    commit(&store, Place::Browser, Change::Open).await;
    let name = options.namespace();
    for odd in [
        "1",
        "'x'",
        "{}",
        "{ head: 1, slot: [], sealed: 'x' }",
        "{ head: { generation: 'x' }, slot: { present: true, generation: 0 }, sealed: { key: {} } }",
    ] {
        let write = js(
            "(name, value) => new Promise((resolve) => { const open = indexedDB.open('nightlatch'); \
             open.onsuccess = () => { const put = open.result.transaction('records', 'readwrite'); \
             put.objectStore('records').put(value, name); put.oncomplete = () => { open.result.close(); resolve(); }; }; })",
        );
        let value = js(odd);
        crate::browser::settled(&invoke(
            &write,
            "call",
            &[wasm_bindgen::JsValue::NULL, name.as_str().into(), value],
        ))
        .await
        .unwrap();
        let seen = look(&store, Place::Browser).await;
        assert!(seen.session.is_none(), "{odd}");
    }
}
