//! The engine's own JSON, and values that cross the boundary.
//!
//! serde-wasm-bindgen writes. It does not read: its errors print what they met, floats among it,
//! which costs 14 KB of the module (measured) for messages that nobody sees.

use js_sys::{Array, Object};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::protocol::Json;

/// How deep a value may be nested. No message of the protocol comes near.
const DEPTH: u8 = 32;

/// Reads text with `JSON.parse`.
pub(crate) fn parse(text: &str) -> Option<Json> {
    read(&js_sys::JSON::parse(text).ok()?)
}

/// Prints with `JSON.stringify`.
pub(crate) fn print(json: &Json) -> String {
    js_sys::JSON::stringify(&write(json))
        .map(String::from)
        .unwrap_or_default()
}

/// Copies a JavaScript value by its own members. `None` for what JSON does not have.
pub(crate) fn read(value: &JsValue) -> Option<Json> {
    copy(value, DEPTH)
}

/// Makes a JavaScript value.
pub(crate) fn write(json: &Json) -> JsValue {
    json.serialize(&Serializer::json_compatible())
        .unwrap_or_default()
}

fn copy(value: &JsValue, depth: u8) -> Option<Json> {
    if value.is_null() || value.is_undefined() {
        return Some(Json::Null);
    }
    if let Some(text) = value.as_string() {
        return Some(Json::String(text));
    }
    if let Some(number) = value.as_f64() {
        return Some(Json::Number(number));
    }
    if let Some(boolean) = value.as_bool() {
        return Some(Json::Bool(boolean));
    }
    if !value.is_object() {
        return None;
    }
    let depth = depth.checked_sub(1)?;
    if Array::is_array(value) {
        let items: &Array = value.unchecked_ref();
        let mut array = Vec::new();
        for index in 0..items.length() {
            array.push(copy(&items.get(index), depth)?);
        }
        return Some(Json::Array(array));
    }
    let members = Object::entries(value.unchecked_ref());
    let mut object = Vec::new();
    for index in 0..members.length() {
        let member: Array = members.get(index).unchecked_into();
        let name = member.get(0).as_string()?;
        // No message has it, and written back it would set the prototype of what the app gets.
        if name != "__proto__" {
            object.push((name, copy(&member.get(1), depth)?));
        }
    }
    Some(Json::Object(object))
}
