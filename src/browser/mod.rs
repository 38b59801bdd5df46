//! Thin adapters, one file for each thing that a browser offers. They decide nothing.

pub(crate) mod channel;
pub(crate) mod clock;
pub(crate) mod crypto;
pub(crate) mod fetch;
pub(crate) mod json;
pub(crate) mod lifecycle;
pub(crate) mod navigation;
pub(crate) mod record;
pub(crate) mod share;
pub(crate) mod storage;
pub(crate) mod vault;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

/// A member of a JavaScript object, or `undefined`.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A plain object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in members {
        // Setting a member of a plain object cannot fail.
        let _ = Reflect::set(&object, &name.into(), &value);
    }
    object
}

/// A promise's value as the type that the standard says it has.
pub(crate) async fn settled<T: JsCast>(promise: Result<js_sys::Promise, JsValue>) -> Result<T, JsValue> {
    Ok(wasm_bindgen_futures::JsFuture::from(promise?).await?.unchecked_into())
}
