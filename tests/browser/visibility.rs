//! Whether the document is painted.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::kit::js;

#[wasm_bindgen(module = "/pkg/browser/visibility.js")]
extern "C" {
    fn hide(namespace: &str);
    fn reveal(namespace: &str, to: &JsValue);
}

fn style() -> String {
    js("document.documentElement.style.cssText")
        .as_string()
        .unwrap()
}

/// Whether anything would be seen: of the page, and of what says of itself that it is visible.
fn is_seen() -> bool {
    let seen = js(
        "(() => { const proud = document.createElement('p'); proud.textContent = 'x'; \
         proud.style.visibility = 'visible'; document.body.append(proud); \
         const seen = proud.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) \
         || document.body.checkVisibility({ checkVisibilityCSS: true }); proud.remove(); return seen; })()",
    );
    seen.is_truthy()
}

#[wasm_bindgen_test]
fn a_document_that_is_hidden_is_shown_as_it_was() {
    for before in ["", "color: red; visibility: visible !important;"] {
        js(&format!(
            "document.documentElement.style.cssText = '{before}'"
        ));
        assert!(is_seen());
        hide("one");
        // A page that leaves twice: frozen, then put away.
        hide("one");
        assert!(!is_seen());
        reveal("one", &JsValue::NULL);
        assert!(is_seen());
        assert_eq!(style(), before);
    }
    js("document.documentElement.style.cssText = ''");
}

#[wasm_bindgen_test]
fn what_two_clients_hide_is_shown_when_both_show_it() {
    hide("one");
    hide("two");
    reveal("one", &JsValue::NULL);
    assert!(!is_seen());
    // Who has hidden nothing shows nothing.
    reveal("three", &JsValue::NULL);
    assert!(!is_seen());
    reveal("two", &JsValue::NULL);
    assert!(is_seen());
    assert_eq!(style(), "");
}
