//! What reaches a page from outside: the other tabs, and the page's comings and goings.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::json;
use crate::kit::{Stub, js, read, until, wait};
use crate::session::{Message, Signal};

#[wasm_bindgen(module = "/pkg/browser/signals.js")]
extern "C" {
    /// What `listen` gives.
    type Listening;

    fn listen(
        namespace: &str,
        tell: &Closure<dyn Fn(String, JsValue)>,
        idle_timeout: Option<f64>,
    ) -> Listening;
    #[wasm_bindgen(method)]
    fn post(this: &Listening, message: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &Listening);
}

/// A page that listens, and what the core makes of what it hears.
struct Page {
    listening: Listening,
    heard: Rc<RefCell<Vec<Signal>>>,
    _tell: Closure<dyn Fn(String, JsValue)>,
}

impl Page {
    fn new(namespace: &str) -> Self {
        Self::with(namespace, None)
    }

    fn with(namespace: &str, idle_timeout: Option<f64>) -> Self {
        let heard = Rc::<RefCell<Vec<Signal>>>::default();
        let into = heard.clone();
        let tell = Closure::<dyn Fn(String, JsValue)>::new(move |name: String, value: JsValue| {
            into.borrow_mut()
                .push(Signal::parse(&name, &read(&value)).unwrap());
        });
        Self {
            listening: listen(namespace, &tell, idle_timeout),
            heard,
            _tell: tell,
        }
    }

    fn post(&self, message: Message) {
        self.listening.post(&json::write(&message.to_json()));
    }

    fn heard(&self) -> Vec<Signal> {
        self.heard.borrow_mut().drain(..).collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.listening.close();
    }
}

const MARK: &str =
    "dispatchEvent(new StorageEvent('storage', { key: 'nightlatch.events-a.mark' }))";
const AWAY: &str = "dispatchEvent(new PageTransitionEvent('pagehide'))";
const BACK: &str = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))";

#[wasm_bindgen_test]
async fn a_message_is_heard_by_the_others_and_not_by_oneself() {
    let (one, two) = (Page::new("channel-a"), Page::new("channel-a"));
    let stranger = Page::new("channel-b");
    one.post(Message::Look { generation: 3 });
    one.post(Message::Acknowledge { generation: 4 });
    assert!(until(|| two.heard.borrow().len() == 2).await);
    assert_eq!(
        two.heard(),
        [Signal::Look, Signal::Acknowledged { generation: 4 }]
    );
    assert!(one.heard().is_empty() && stranger.heard().is_empty());
}

#[wasm_bindgen_test]
async fn whatever_else_is_said_is_a_reason_to_look() {
    // TAB-11
    let page = Page::new("channel-c");
    js(
        "(() => { const other = new BroadcastChannel('nightlatch.channel-c'); \
         for (const odd of [null, 'x', 1, {}, { kind: 'away' }, new Map(), new Date(), { kind: 'acknowledge', generation: 'x' }]) \
         other.postMessage(odd); other.close(); })()",
    );
    assert!(until(|| page.heard.borrow().len() == 8).await);
    assert!(page.heard().iter().all(|signal| *signal == Signal::Look));
}

#[wasm_bindgen_test]
async fn who_has_closed_hears_and_says_nothing() {
    let (one, two) = (Page::new("channel-d"), Page::new("channel-d"));
    one.listening.close();
    two.post(Message::Look { generation: 1 });
    one.post(Message::Look { generation: 1 });
    wait(100).await;
    assert!(one.heard().is_empty() && two.heard().is_empty());
}

#[wasm_bindgen_test]
async fn a_page_that_is_away_has_no_channel_and_hears_again_when_it_is_back() {
    // A browser throws a page out of its cache that a message comes for.
    let (away, other) = (Page::new("channel-e"), Page::new("channel-e"));
    for (leaves, returns) in [
        (AWAY, BACK),
        (
            "document.dispatchEvent(new Event('freeze'))",
            "document.dispatchEvent(new Event('resume'))",
        ),
    ] {
        js(leaves);
        // Both pages of this test stand in one document.
        assert_eq!(
            (away.heard(), other.heard()),
            (vec![Signal::Away], vec![Signal::Away])
        );
        let third = Page::new("channel-e");
        third.post(Message::Look { generation: 1 });
        wait(50).await;
        assert!(away.heard().is_empty());
        drop(third);
        js(returns);
        assert_eq!(away.heard(), [Signal::Restored]);
        assert_eq!(other.heard(), [Signal::Restored]);
        other.post(Message::Look { generation: 2 });
        assert!(until(|| away.heard() == [Signal::Look]).await);
    }
}

#[wasm_bindgen_test]
fn a_browser_without_channels_is_listened_to_all_the_same() {
    let none = Stub::put("globalThis", "BroadcastChannel", "{ value: undefined }");
    let page = Page::new("events-a");
    drop(none);
    page.post(Message::Look { generation: 1 });
    js(MARK);
    assert_eq!(page.heard(), [Signal::Look]);
}

#[wasm_bindgen_test]
fn a_browser_that_refuses_local_storage_is_listened_to_all_the_same() {
    let refusal = Stub::refuse("globalThis", "localStorage");
    let page = Page::new("events-a");
    drop(refusal);
    js(MARK);
    assert_eq!(page.heard(), [Signal::Look]);
}

#[wasm_bindgen_test]
fn each_event_is_told_as_what_it_means_until_nobody_listens() {
    let page = Page::new("events-a");
    let happens = |event: &str| {
        js(event);
        page.heard()
    };
    assert_eq!(happens(MARK), [Signal::Look]);
    // Everything was cleared.
    assert_eq!(
        happens("dispatchEvent(new StorageEvent('storage', { key: null }))"),
        [Signal::Look]
    );
    assert_eq!(
        happens("dispatchEvent(new StorageEvent('storage', { key: 'another' }))"),
        []
    );
    assert_eq!(happens(AWAY), [Signal::Away]);
    assert_eq!(happens(BACK), [Signal::Restored]);
    assert_eq!(
        happens("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))"),
        []
    );
    assert_eq!(
        happens("document.dispatchEvent(new Event('visibilitychange'))"),
        [Signal::Look]
    );
    page.listening.close();
    for event in [MARK, AWAY, BACK] {
        assert_eq!(happens(event), []);
    }
}

#[wasm_bindgen_test]
fn a_page_that_is_hidden_does_not_look() {
    let page = Page::new("events-b");
    let hidden = Stub::put("document", "hidden", "{ value: true }");
    js("document.dispatchEvent(new Event('visibilitychange'))");
    drop(hidden);
    assert_eq!(page.heard(), []);
}

#[wasm_bindgen_test]
fn activity_is_heard_where_it_is_asked_for_and_nobody_can_hide_it() {
    let (page, other) = (Page::with("events-c", Some(600.0)), Page::new("events-d"));
    let here = "document.body.dispatchEvent";
    js(
        "window.hides = (event) => event.stopImmediatePropagation(), \
        ['pointerdown', 'keydown', 'wheel'].forEach((name) => document.body.addEventListener(name, hides))",
    );
    for event in [
        format!("{here}(new PointerEvent('pointerdown', {{ bubbles: true }}))"),
        format!("{here}(new KeyboardEvent('keydown', {{ bubbles: true }}))"),
        format!("{here}(new WheelEvent('wheel', {{ bubbles: true }}))"),
    ] {
        js(&event);
        assert_eq!(page.heard(), [Signal::Active], "{event}");
        assert_eq!(other.heard(), []);
    }
    js(
        "['pointerdown', 'keydown', 'wheel'].forEach((name) => document.body.removeEventListener(name, hides))",
    );
    js(&format!(
        "{here}(new PointerEvent('pointermove', {{ bubbles: true }}))"
    ));
    assert_eq!(page.heard(), []);
    let visible = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
    js(visible);
    assert_eq!(page.heard(), [Signal::Active, Signal::Look]);
    let hidden = Stub::put("document", "hidden", "{ value: true }");
    js(visible);
    drop(hidden);
    assert_eq!(page.heard(), []);
    page.listening.close();
    js(&format!(
        "{here}(new KeyboardEvent('keydown', {{ bubbles: true }}))"
    ));
    assert_eq!(page.heard(), []);
}
