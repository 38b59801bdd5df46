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

use core::pin::Pin;
use core::task::{Context, Poll};

use js_sys::{Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A member of a JavaScript object, or `undefined`.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A plain object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> js_sys::Object {
    let object = js_sys::Object::new();
    for (name, value) in &members {
        set(&object, name, value);
    }
    object
}

/// Sets a member of a plain object, which cannot fail.
pub(crate) fn set(object: &js_sys::Object, name: &str, value: &JsValue) {
    let _ = Reflect::set(object, &name.into(), value);
}

/// What a promise comes to.
pub(crate) fn settled(promise: &JsValue) -> Settled {
    Settled(JsFuture::from(promise.unchecked_ref::<Promise>().clone()))
}

/// A promise that is awaited. One function polls them all: inlined, it would stand at every await.
#[derive(Debug)]
pub(crate) struct Settled(JsFuture);

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    #[inline(never)]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}
