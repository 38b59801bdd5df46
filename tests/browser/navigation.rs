//! The page's address.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::navigation;
use crate::kit::{Stub, js};

#[wasm_bindgen(module = "/pkg/browser/navigation.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn clean(url: &str) -> Result<(), JsValue>;
}

#[wasm_bindgen_test]
fn the_page_stands_where_the_browser_says() {
    assert_eq!(js("location.href"), navigation::here().as_str());
    let origin = navigation::origin().unwrap();
    assert_eq!(js("location.origin"), origin.as_str());
}

#[wasm_bindgen_test]
fn a_sandboxed_frame_has_no_origin_of_its_own() {
    // Its address still has one, which is not its own (measured in Chromium).
    let sandbox = Stub::put("globalThis", "origin", "{ value: 'null' }");
    let origin = navigation::origin();
    drop(sandbox);
    assert_eq!(origin, None);
    assert!(navigation::origin().is_some());
}

#[wasm_bindgen_test]
fn an_address_is_cleaned_in_place_and_what_the_router_keeps_there_stays() {
    let before = navigation::here();
    js("history.replaceState({ router: 7 }, '', '?code=c&state=s#f')");
    let entries = js("history.length");
    clean("?a=b#f").unwrap();
    assert_eq!(js("location.search + location.hash"), "?a=b#f");
    assert_eq!(js("history.state.router"), 7);
    assert_eq!(js("history.length"), entries);
    clean(&before).unwrap();
    js("history.replaceState(null, '')");
    assert_eq!(navigation::here(), before);
}

#[wasm_bindgen_test]
fn an_address_elsewhere_is_not_put_in_place() {
    let before = navigation::here();
    assert!(clean("https://elsewhere.example/").is_err());
    assert_eq!(navigation::here(), before);
}
