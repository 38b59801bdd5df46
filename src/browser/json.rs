//! The engine's own JSON, and values that cross the boundary.

use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::{Deserializer, Serializer};
use wasm_bindgen::JsValue;

use crate::protocol::Json;

/// Reads text with `JSON.parse`.
pub(crate) fn parse(text: &str) -> Option<Json> {
    js_sys::JSON::parse(text).ok().and_then(|value| read(&value))
}

/// Prints with `JSON.stringify`.
pub(crate) fn print(json: &Json) -> String {
    js_sys::JSON::stringify(&write(json)).map(String::from).unwrap_or_default()
}

/// Copies a JavaScript value. `None` for what JSON does not have.
pub(crate) fn read(value: &JsValue) -> Option<Json> {
    Json::deserialize(Deserializer::from(value.clone())).ok()
}

/// Makes a JavaScript value.
pub(crate) fn write(json: &Json) -> JsValue {
    json.serialize(&Serializer::json_compatible()).unwrap_or_default()
}
