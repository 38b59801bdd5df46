//! The page's comings and goings.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::lifecycle::Lifecycle;
use crate::kit::js;
use crate::session::Signal;

#[wasm_bindgen_test]
fn each_event_is_told_as_what_it_means_until_nobody_listens() {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let into = heard.clone();
    let lifecycle = Lifecycle::listen(
        "the.mark".to_owned(),
        Rc::new(move |signal| into.borrow_mut().push(signal)),
    );
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
    drop(lifecycle);
    assert_eq!(happens(mark), []);
}
