//! WebCrypto: random bytes and digests.

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Crypto, SubtleCrypto};

use super::{member, settled};

/// Random bytes; zeros never: without a random source there is an error.
pub(crate) fn entropy<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    crypto()?.get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}

/// The SHA-256 digest of a text.
pub(crate) async fn digest(text: &str) -> Result<Vec<u8>, JsValue> {
    let bytes = Uint8Array::from(text.as_bytes());
    let digest = subtle()?.digest_with_str_and_buffer_source("SHA-256", &bytes)?;
    Ok(Uint8Array::new(&settled(&digest).await?).to_vec())
}

/// `crypto.subtle`, which exists in secure contexts alone.
pub(crate) fn subtle() -> Result<SubtleCrypto, JsValue> {
    let subtle = crypto()?.subtle();
    if member(&subtle, "digest").is_undefined() {
        Err(JsValue::NULL)
    } else {
        Ok(subtle)
    }
}

fn crypto() -> Result<Crypto, JsValue> {
    web_sys::window().ok_or(JsValue::NULL)?.crypto()
}
