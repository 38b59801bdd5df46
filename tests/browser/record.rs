//! The record in a real IndexedDB.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::clock;
use crate::kit::{database, options, until};
use crate::page::{Page, session, token};
use crate::protocol::options::{Limits, Place};
use crate::session::change::Verdict;
use crate::session::{Change, Reason, Reply};

#[wasm_bindgen_test]
async fn a_session_that_is_installed_is_seen_by_every_page_and_ended_for_all() {
    let options = options("record-a", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    let installed = one.install(Place::Browser, "AT-s3cr3t").await;
    let seen = two.look(Place::Browser).await;
    assert_eq!(
        (seen.generation, seen.version, token(&seen)),
        (installed.generation, installed.version, Some("AT-s3cr3t"))
    );
    assert_eq!(*seen.session.clone().unwrap(), *session("AT-s3cr3t"));
    // What is known is not opened again.
    let known = two
        .made(
            Place::Browser,
            Change::Look {
                known: seen.version,
            },
        )
        .await
        .1;
    assert!(known.live && known.session.is_none());
    two.stored.shut();
    let (verdict, ended) = two.made(Place::Browser, Change::End).await;
    two.stored.forget();
    // The share is deleted before, and kept for this one opening.
    assert_eq!(token(&ended), Some("AT-s3cr3t"));
    assert!(!ended.live && matches!(verdict, Verdict::Done { entry } if entry != 0));
    for page in [&one, &two] {
        let seen = page.look(Place::Browser).await;
        assert!(!seen.live && seen.session.is_none());
        assert_eq!(seen.generation, installed.generation + 1);
    }
}

#[wasm_bindgen_test]
async fn nothing_secret_lies_in_the_database() {
    let options = options("record-b", "browser");
    let page = Page::open(&options).await;
    page.install(Place::Browser, "AT-s3cr3t").await;
    let all = database().await;
    assert!(all.contains("generation"), "{all}");
    for secret in ["AT-s3cr3t", "RT-s3cr3t", "a.b.c", "ada@s3cr3t"] {
        assert!(!all.contains(secret), "{secret}");
    }
    page.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn a_session_is_nothing_without_the_share_in_the_cookie() {
    let options = options("record-c", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    one.install(Place::Browser, "AT").await;
    one.stored.shut();
    let seen = two.look(Place::Browser).await;
    assert!(!seen.live && seen.session.is_none());
    // The next page buries it.
    let (verdict, seen) = two.made(Place::Browser, Change::Open).await;
    assert!(matches!(verdict, Verdict::Done { entry } if entry != 0));
    assert!(!seen.live);
}

#[wasm_bindgen_test]
async fn an_ended_generation_takes_nothing_in() {
    let options = options("record-d", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    let seen = one.install(Place::Browser, "AT").await;
    two.made(Place::Browser, Change::End).await;
    let renew = Change::Renew {
        of: seen.version,
        entry: 0,
        session: session("late"),
    };
    assert_eq!(one.made(Place::Browser, renew).await.0, Verdict::Superseded);
    let late = Change::Install {
        generation: seen.generation,
        entry: 0,
        session: session("late"),
        limits: Limits::NONE,
    };
    assert_eq!(one.made(Place::Browser, late).await.0, Verdict::Superseded);
    assert!(!two.look(Place::Browser).await.live);
}

#[wasm_bindgen_test]
async fn of_many_that_ask_at_once_one_may_refresh() {
    let options = options("record-e", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    let of = one.install(Place::Browser, "AT").await.version;
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
    let (_, seen) = one.made(Place::Browser, renew).await;
    assert_eq!(token(&two.look(Place::Browser).await), Some("AT-2"));
    assert!(seen.version.revision > of.revision);
    one.made(Place::Browser, Change::End).await;
}

#[wasm_bindgen_test]
async fn looks_are_numbered_in_the_order_in_which_they_read() {
    let options = options("record-f", "browser");
    let page = Page::open(&options).await;
    let one = page.look(Place::Browser).await.order;
    let two = page.look(Place::Browser).await.order;
    assert!(two > one);
}

#[wasm_bindgen_test]
async fn a_session_that_has_ended_by_itself_is_opened_once_more_and_its_share_goes_with_it() {
    let options = options("record-g", "browser");
    let (one, two) = (Page::open(&options).await, Page::open(&options).await);
    let (_, seen) = one.made(Place::Browser, Change::Open).await;
    let install = Change::Install {
        generation: seen.generation,
        entry: 0,
        session: session("AT-s3cr3t"),
        limits: Limits {
            idle_ms: 100,
            ..Limits::NONE
        },
    };
    let installed = one.made(Place::Browser, install).await.1;
    assert!(installed.live && installed.ends_at < clock::now() + 1_000);
    assert!(until(|| clock::now() >= installed.ends_at).await);
    // Who only looks takes nothing out, and gets nothing.
    let seen = two.look(Place::Browser).await;
    assert!(!seen.live && seen.session.is_none());
    assert_eq!(seen.ended, Some(Reason::Idle));
    let touch = |known, idle_ms| Change::Touch { known, idle_ms };
    let (verdict, taken) = two.made(Place::Browser, touch(seen.version, 100)).await;
    assert!(matches!(verdict, Verdict::Done { entry } if entry != 0));
    assert_eq!(token(&taken), Some("AT-s3cr3t"));
    assert!(!taken.live && one.look(Place::Browser).await.ended == Some(Reason::Idle));
    // The next one begins with a share of its own.
    assert!(one.install(Place::Browser, "AT-2").await.live);
    assert_eq!(token(&two.look(Place::Browser).await), Some("AT-2"));
    // Whoever is late finds nothing more to take out.
    two.made(Place::Browser, touch(seen.version, 0)).await;
    assert!(two.look(Place::Browser).await.live);
    one.made(Place::Browser, Change::End).await;
}
