//! Sealing under a key of two shares.

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::kit::{invoke, js, member, settled, with};

#[wasm_bindgen(module = "/pkg/browser/vault.js")]
extern "C" {
    fn seal(text: &str, share: &str) -> Promise;
    fn open(sealed: &JsValue, share: &str) -> Promise;
    pub(crate) fn digest(text: &str) -> Promise;
    pub(crate) fn random(length: u32) -> Vec<u8>;
    fn hex(bytes: &Uint8Array) -> String;
}

const TEXT: &str = "{\"accessToken\":\"s3cr3t é🔒\"}";

async fn sealed(text: &str) -> JsValue {
    settled(&seal(text, "share")).await.unwrap()
}

async fn opened(sealed: &JsValue, share: &str) -> Option<String> {
    settled(&open(sealed, share)).await.ok()?.as_string()
}

/// The bytes of a sealed part, which is text.
fn bytes(part: &JsValue) -> Uint8Array {
    let read = "(text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16))";
    let read: Function = js(read).unchecked_into();
    read.call1(&JsValue::NULL, part).unwrap().unchecked_into()
}

#[wasm_bindgen_test]
async fn what_is_sealed_is_opened_with_the_same_share() {
    for text in [TEXT, ""] {
        let sealed = sealed(text).await;
        assert_eq!(opened(&sealed, "share").await.as_deref(), Some(text));
    }
}

#[wasm_bindgen_test]
async fn another_share_opens_nothing() {
    let sealed = sealed(TEXT).await;
    for share in ["", "Share", "share ", "other"] {
        assert_eq!(opened(&sealed, share).await, None, "{share}");
    }
}

#[wasm_bindgen_test]
async fn the_half_of_another_sealing_opens_nothing() {
    let (one, two) = (sealed(TEXT).await, sealed(TEXT).await);
    for part in ["iv", "text"] {
        assert_ne!(member(&one, part), member(&two, part), "{part}");
    }
    let crossed = with(&one, "key", &member(&two, "key"));
    assert_eq!(opened(&crossed, "share").await, None);
}

#[wasm_bindgen_test]
async fn one_changed_byte_is_noticed() {
    let sealed = sealed(TEXT).await;
    for name in ["text", "iv"] {
        let bytes = bytes(&member(&sealed, name));
        for at in [0, bytes.length() - 1] {
            let (changed, before) = (Uint8Array::new(&bytes), bytes.get_index(at));
            changed.set_index(at, before ^ 1);
            let copy = with(&sealed, name, &hex(&changed).into());
            assert_eq!(opened(&copy, "share").await, None, "{name} {at}");
        }
    }
    assert!(opened(&sealed, "share").await.is_some());
}

#[wasm_bindgen_test]
async fn the_stored_half_of_the_key_cannot_be_exported() {
    let key = member(&sealed(TEXT).await, "key");
    assert_eq!(member(&key, "extractable").as_bool(), Some(false));
    for format in ["raw", "jwk"] {
        let arguments = [format.into(), key.clone()];
        let exported = invoke(&js("crypto.subtle"), "exportKey", &arguments);
        assert!(settled(&exported).await.is_err(), "{format}");
    }
}

#[wasm_bindgen_test]
async fn what_is_stored_does_not_show_what_is_sealed() {
    let text = bytes(&member(&sealed(TEXT).await, "text")).to_vec();
    assert!(!text.windows(6).any(|window| window == b"s3cr3t"));
}

#[wasm_bindgen_test]
async fn the_parts_come_together_again() {
    let sealed = sealed(TEXT).await;
    let cloned = invoke(
        &js("globalThis"),
        "structuredClone",
        std::slice::from_ref(&sealed),
    );
    assert_eq!(opened(&cloned, "share").await.as_deref(), Some(TEXT));
    // Each part in a place of its own, as a tab keeps them.
    let parts = ["key", "iv", "text"].map(|name| (name, member(&sealed, name)));
    let again = crate::kit::object(parts);
    assert_eq!(opened(&again, "share").await.as_deref(), Some(TEXT));
}

#[wasm_bindgen_test]
async fn what_is_not_whole_opens_to_nothing() {
    let whole = sealed(TEXT).await;
    for odd in ["{}", "{ key: {} }", "{ key: {}, iv: 1, text: 'x' }", "'x'"] {
        assert_eq!(opened(&js(odd), "share").await, None, "{odd}");
    }
    for part in ["key", "iv", "text"] {
        for odd in [
            JsValue::UNDEFINED,
            JsValue::NULL,
            "".into(),
            "*".into(),
            "zz".into(),
        ] {
            let less = with(&whole, part, &odd);
            assert_eq!(opened(&less, "share").await, None, "{part} {odd:?}");
        }
    }
}
