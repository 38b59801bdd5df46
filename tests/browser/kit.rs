//! What every test here begins with.

use std::rc::Rc;

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::browser::{json, navigation};
use crate::protocol::{Json, Members, Options};

/// Options of a page on this origin, for a client that no other test has.
pub(crate) fn options(client: &str, storage: &str) -> Rc<Options> {
    let origin = navigation::origin().unwrap();
    let own = [&origin, "/callback"].concat();
    let json = Members::new()
        .with("issuer", "https://id.example")
        .with("clientId", client)
        .with("redirectUri", own.as_str())
        .with("storage", storage)
        .object();
    Rc::new(Options::parse(&json, &origin).unwrap())
}

/// What a JavaScript expression gives.
pub(crate) fn js(expression: &str) -> JsValue {
    Function::new_no_args(&["return (", expression, ")"].concat())
        .call0(&JsValue::NULL)
        .unwrap()
}

/// What a JavaScript promise gives, or throws.
pub(crate) async fn js_async(expression: &str) -> Result<JsValue, JsValue> {
    settled(&js(expression)).await
}

/// What a promise comes to.
pub(crate) async fn settled(promise: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(promise.unchecked_ref::<Promise>().clone()).await
}

/// Calls a method of a JavaScript object.
pub(crate) fn invoke(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    let method: Function = Reflect::get(object, &method.into())
        .unwrap()
        .unchecked_into();
    method.apply(object, &arguments.iter().collect()).unwrap()
}

/// A member of a JavaScript object, or `undefined`.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

/// A JavaScript object's own members, and one of them changed.
pub(crate) fn with(object: &JsValue, name: &str, value: &JsValue) -> JsValue {
    let copy = Object::assign(&Object::new(), object.unchecked_ref());
    Reflect::set(&copy, &name.into(), value).unwrap();
    copy.into()
}

/// A plain JavaScript object of these members.
pub(crate) fn object<const N: usize>(members: [(&str, JsValue); N]) -> JsValue {
    let empty = JsValue::from(Object::new());
    members
        .into_iter()
        .fold(empty, |object, (name, value)| with(&object, name, &value))
}

/// What the core makes of a JavaScript value.
pub(crate) fn read(value: &JsValue) -> Json {
    json::read(value).unwrap_or(Json::Null)
}

/// Puts a value into the database as any script of this origin may.
pub(crate) async fn write(namespace: &str, value: &str) {
    let put = format!(
        "new Promise((resolve) => {{ const open = indexedDB.open('nightlatch', 1); \
         open.onupgradeneeded = () => open.result.createObjectStore('records'); \
         open.onsuccess = () => {{ const put = open.result.transaction('records', 'readwrite'); \
         put.objectStore('records').put({value}, '{namespace}'); \
         put.oncomplete = () => {{ open.result.close(); resolve(); }}; }}; }})"
    );
    js_async(&put).await.unwrap();
}

/// Waits so many milliseconds.
pub(crate) async fn wait(ms: u32) {
    let promise = format!("new Promise((resolve) => setTimeout(resolve, {ms}))");
    js_async(&promise).await.unwrap();
}

/// Waits until something holds, for two seconds at most.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) -> bool {
    for _ in 0..200 {
        if holds() {
            return true;
        }
        wait(10).await;
    }
    holds()
}

/// All that lies in the database, as text.
pub(crate) async fn database() -> String {
    let text = js_async(
        "new Promise((resolve, reject) => { const open = indexedDB.open('nightlatch'); open.onerror = reject; \
         open.onsuccess = () => { const all = open.result.transaction('records').objectStore('records').getAll(); \
         all.onsuccess = () => { open.result.close(); resolve(JSON.stringify(all.result, (name, value) => \
         value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder('latin1').decode(value) : value)); }; }; })",
    )
    .await
    .unwrap();
    text.as_string().unwrap()
}

/// A property of the page that is another one until this is dropped: a browser that refuses.
#[derive(Debug)]
pub(crate) struct Stub(Function);

impl Stub {
    /// `property` is what `Object.defineProperty` takes: `{ get() { … } }`, `{ value: … }`.
    pub(crate) fn put(object: &str, name: &str, property: &str) -> Self {
        let restore = js(&format!(
            "((object, name) => {{ const before = Object.getOwnPropertyDescriptor(object, name); \
             const property = {property}; property.configurable = true; Object.defineProperty(object, name, property); \
             return () => before ? Object.defineProperty(object, name, before) : delete object[name]; }})({object}, '{name}')"
        ));
        Self(restore.unchecked_into())
    }

    /// A property that throws when it is touched, as in a sandboxed frame.
    pub(crate) fn refuse(object: &str, name: &str) -> Self {
        let throws = "{ throw new DOMException('', 'SecurityError'); }";
        let property = format!("{{ get() {throws}, set() {throws} }}");
        Self::put(object, name, &property)
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.0.call0(&JsValue::NULL).unwrap();
    }
}
