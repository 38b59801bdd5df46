//! What every test here begins with.

use std::rc::Rc;

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::browser::{clock, navigation, settled};
use crate::protocol::{Json, Options};

/// Options of a page on this origin, for a client that no other test has.
pub(crate) fn options(client: &str, storage: &str) -> Rc<Options> {
    let origin = navigation::origin().unwrap();
    let own = [&origin, "/callback"].concat();
    let json = Json::object(vec![
        ("issuer", "https://id.example".into()),
        ("clientId", client.into()),
        ("redirectUri", own.as_str().into()),
        ("storage", storage.into()),
    ]);
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

/// Calls a method of a JavaScript object.
pub(crate) fn invoke(object: &JsValue, method: &str, arguments: &[JsValue]) -> JsValue {
    let method: Function = Reflect::get(object, &method.into())
        .unwrap()
        .unchecked_into();
    method.apply(object, &arguments.iter().collect()).unwrap()
}

/// Waits until something holds, for two seconds at most.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) -> bool {
    for _ in 0..200 {
        if holds() {
            return true;
        }
        clock::wait(10).await;
    }
    holds()
}
