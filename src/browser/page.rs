//! What `pkg/shell.js` performs.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// The object that `shell` gives.
    #[derive(Debug)]
    pub type Page;

    /// Performs what has this name. What is replied to is replied to by operation and part.
    #[wasm_bindgen(method)]
    pub(crate) fn perform(this: &Page, name: &str, id: u32, part: u8, value: &JsValue);
}
