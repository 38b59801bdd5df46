//! Sealing under a key of two shares.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::vault::{self, Sealed};
use crate::browser::{member, settled};
use crate::kit::{invoke, js};

const TEXT: &str = "{\"accessToken\":\"s3cr3t é🔒\"}";

#[wasm_bindgen_test]
async fn what_is_sealed_is_opened_with_the_same_share() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    assert_eq!(vault::open(&sealed, "share").await.unwrap(), TEXT);
    let empty = vault::seal("", "share").await.unwrap();
    assert_eq!(vault::open(&empty, "share").await.unwrap(), "");
}

#[wasm_bindgen_test]
async fn another_share_opens_nothing() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    for share in ["", "Share", "share ", "other"] {
        assert!(vault::open(&sealed, share).await.is_err(), "{share}");
    }
}

#[wasm_bindgen_test]
async fn the_half_of_another_sealing_opens_nothing() {
    let (one, two) = (
        vault::seal(TEXT, "share").await.unwrap(),
        vault::seal(TEXT, "share").await.unwrap(),
    );
    assert_ne!(one.to_json(), two.to_json());
    let crossed = Sealed::from_json(&one.to_json(), two.key()).unwrap();
    assert!(vault::open(&crossed, "share").await.is_err());
}

#[wasm_bindgen_test]
async fn one_changed_byte_is_noticed() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    for name in ["text", "iv"] {
        let bytes = Uint8Array::new(&member(&sealed.0, name));
        for at in [0, bytes.length() - 1] {
            let (changed, before) = (Uint8Array::new(&bytes), bytes.get_index(at));
            changed.set_index(at, before ^ 1);
            let copy = invoke(&js("Object"), "assign", &[js("({})"), sealed.0.clone()]);
            js_sys::Reflect::set(&copy, &name.into(), &changed).unwrap();
            assert!(
                vault::open(&Sealed::new(copy).unwrap(), "share")
                    .await
                    .is_err(),
                "{name} {at}"
            );
        }
    }
    assert!(vault::open(&sealed, "share").await.is_ok());
}

#[wasm_bindgen_test]
async fn the_stored_half_of_the_key_cannot_be_exported() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    let key = sealed.key();
    assert_eq!(member(&key, "extractable").as_bool(), Some(false));
    for format in ["raw", "jwk"] {
        let exported = invoke(
            &js("crypto.subtle"),
            "exportKey",
            &[format.into(), key.clone()],
        );
        assert!(settled(&exported).await.is_err(), "{format}");
    }
}

#[wasm_bindgen_test]
async fn what_is_stored_does_not_show_what_is_sealed() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    let text = Uint8Array::new(&member(&sealed.0, "text")).to_vec();
    assert!(!text.windows(6).any(|window| window == b"s3cr3t"));
}

#[wasm_bindgen_test]
async fn the_parts_come_together_again() {
    let sealed = vault::seal(TEXT, "share").await.unwrap();
    let again = Sealed::from_json(&sealed.to_json(), sealed.key()).unwrap();
    assert_eq!(vault::open(&again, "share").await.unwrap(), TEXT);
    let cloned = invoke(
        &js("globalThis"),
        "structuredClone",
        std::slice::from_ref(&sealed.0),
    );
    assert_eq!(
        vault::open(&Sealed::new(cloned).unwrap(), "share")
            .await
            .unwrap(),
        TEXT
    );
    assert!(Sealed::from_json(&sealed.to_json(), JsValue::UNDEFINED).is_none());
    assert!(Sealed::new(JsValue::NULL).is_none());
    assert!(Sealed::new(js("({ key: 1 })")).is_none());
}

#[wasm_bindgen_test]
async fn what_is_not_whole_opens_to_nothing() {
    for odd in ["({ key: {} })", "({ key: {}, iv: 1, text: 'x' })"] {
        assert!(
            vault::open(&Sealed::new(js(odd)).unwrap(), "share")
                .await
                .is_err(),
            "{odd}"
        );
    }
}
