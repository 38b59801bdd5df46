//! What reaches a page from outside: the other tabs, and the page's comings and goings.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::signals::Signals;
use crate::kit::{Stub, js, until, wait};
use crate::session::{Message, Signal};

type Heard = Rc<RefCell<Vec<Signal>>>;

fn listen(namespace: &str) -> (Signals, Heard) {
    let heard = Heard::default();
    let into = heard.clone();
    let tell = move |signal| into.borrow_mut().push(signal);
    let signals = Signals::listen(namespace, "the.mark".to_owned(), tell);
    (signals, heard)
}

#[wasm_bindgen_test]
async fn a_message_is_heard_by_the_others_and_not_by_oneself() {
    let ((one, own), (two, other)) = (listen("channel-a"), listen("channel-a"));
    let (stranger, elsewhere) = listen("channel-b");
    one.post(Message::Look { generation: 3 });
    one.post(Message::Acknowledge { generation: 4 });
    assert!(until(|| other.borrow().len() == 2).await);
    assert_eq!(
        *other.borrow(),
        [Signal::Look, Signal::Acknowledged { generation: 4 }]
    );
    assert!(own.borrow().is_empty() && elsewhere.borrow().is_empty());
    drop((one, two, stranger));
}

#[wasm_bindgen_test]
async fn whatever_else_is_said_is_a_reason_to_look() {
    let (signals, heard) = listen("channel-c");
    js(
        "(() => { const other = new BroadcastChannel('nightlatch.channel-c'); \
         for (const odd of [null, 'x', 1, {}, { kind: 'wipe' }, new Map(), new Date(), { kind: 'acknowledge', generation: 'x' }]) \
         other.postMessage(odd); other.close(); })()",
    );
    assert!(until(|| heard.borrow().len() == 8).await);
    assert!(heard.borrow().iter().all(|signal| *signal == Signal::Look));
    drop(signals);
}

#[wasm_bindgen_test]
async fn a_closed_channel_is_silent() {
    let ((one, heard), (two, other)) = (listen("channel-d"), listen("channel-d"));
    drop(one);
    two.post(Message::Look { generation: 1 });
    wait(100).await;
    assert!(heard.borrow().is_empty() && other.borrow().is_empty());
}

#[wasm_bindgen_test]
fn a_browser_without_channels_is_listened_to_all_the_same() {
    let none = Stub::put("globalThis", "BroadcastChannel", "{ value: undefined }");
    let (signals, heard) = listen("channel-e");
    drop(none);
    signals.post(Message::Look { generation: 1 });
    js("dispatchEvent(new StorageEvent('storage', { key: 'the.mark' }))");
    assert_eq!(*heard.borrow(), [Signal::Look]);
}

#[wasm_bindgen_test]
fn each_event_is_told_as_what_it_means_until_nobody_listens() {
    let (signals, heard) = listen("events-a");
    let happens = |event: &str| {
        js(event);
        heard.borrow_mut().drain(..).collect::<Vec<_>>()
    };
    let mark = "dispatchEvent(new StorageEvent('storage', { key: 'the.mark' }))";
    assert_eq!(happens(mark), [Signal::Look]);
    // Everything was cleared.
    assert_eq!(
        happens("dispatchEvent(new StorageEvent('storage', { key: null }))"),
        [Signal::Look]
    );
    assert_eq!(
        happens("dispatchEvent(new StorageEvent('storage', { key: 'another' }))"),
        []
    );
    assert_eq!(
        happens("dispatchEvent(new PageTransitionEvent('pagehide'))"),
        [Signal::Away]
    );
    assert_eq!(
        happens("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"),
        [Signal::Restored]
    );
    assert_eq!(
        happens("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))"),
        []
    );
    assert_eq!(
        happens("document.dispatchEvent(new Event('visibilitychange'))"),
        [Signal::Look]
    );
    drop(signals);
    assert_eq!(happens(mark), []);
}

#[wasm_bindgen_test]
fn a_page_that_is_hidden_does_not_look() {
    let (signals, heard) = listen("events-b");
    let hidden = Stub::put("document", "hidden", "{ value: true }");
    js("document.dispatchEvent(new Event('visibilitychange'))");
    drop(hidden);
    assert_eq!(*heard.borrow(), []);
    drop(signals);
}

#[wasm_bindgen_test]
fn who_is_told_may_stop_listening_there_and_then() {
    // An app that closes its client because of what it hears.
    let listening = Rc::new(RefCell::new(None));
    let within = listening.clone();
    let signals = Signals::listen("events-c", "the.mark".to_owned(), move |_| {
        within.borrow_mut().take();
    });
    *listening.borrow_mut() = Some(signals);
    for _ in 0..2 {
        js("dispatchEvent(new StorageEvent('storage', { key: 'the.mark' }))");
        assert!(listening.borrow().is_none());
    }
}
