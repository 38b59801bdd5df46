//! WebCrypto's random bytes.

use wasm_bindgen::JsValue;

/// Random bytes; zeros never: without a random source there is an error.
pub(crate) fn entropy(bytes: &mut [u8]) -> Result<(), JsValue> {
    web_sys::window()
        .ok_or(JsValue::NULL)?
        .crypto()?
        .get_random_values_with_u8_array(bytes)?;
    Ok(())
}
