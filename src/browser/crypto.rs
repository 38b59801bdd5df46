//! WebCrypto's random bytes.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Random bytes; zeros never: without a random source there is an error.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    pub(crate) fn entropy(bytes: &mut [u8]) -> Result<(), JsValue>;
}
