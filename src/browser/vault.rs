//! Sealing: AES-GCM under a key of two shares (`ARCHITECTURE.md`, "At rest").
//!
//! One share is a CryptoKey that cannot be exported and lies beside the sealed session, the other a
//! random value in a session cookie. HKDF (RFC 5869) joins them: the first as key material, the
//! second as salt. Every sealing has a new key, so an old one opens nothing.

use js_sys::{Array, ArrayBuffer, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CryptoKey;

use super::{crypto, member, object, settled};
use crate::protocol::{Json, base64url};

/// A sealed text and the half of its key that is stored with it.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    key: CryptoKey,
    iv: Vec<u8>,
    text: Vec<u8>,
}

impl Sealed {
    /// For a structured clone.
    pub(crate) fn to_js(&self) -> JsValue {
        object([
            ("key", self.key.clone().into()),
            ("iv", Uint8Array::from(self.iv.as_slice()).into()),
            ("text", Uint8Array::from(self.text.as_slice()).into()),
        ])
        .into()
    }

    /// From a structured clone. `None` for what is not whole.
    pub(crate) fn from_js(value: &JsValue) -> Option<Self> {
        let bytes = |name| {
            let value = member(value, name);
            value.is_object().then(|| Uint8Array::new(&value).to_vec())
        };
        let key = member(value, "key");
        Some(Self { iv: bytes("iv")?, text: bytes("text")?, key: key.is_object().then(|| key.unchecked_into())? })
    }
}

impl Sealed {
    /// The half of the key, which only a structured clone can carry.
    pub(crate) fn key(&self) -> JsValue {
        self.key.clone().into()
    }

    /// The rest, as text.
    pub(crate) fn to_json(&self) -> Json {
        Json::object(vec![
            ("iv", base64url::encode(&self.iv).as_str().into()),
            ("text", base64url::encode(&self.text).as_str().into()),
        ])
    }

    /// From the two. `None` for what is not whole.
    pub(crate) fn from_json(json: &Json, key: &JsValue) -> Option<Self> {
        let bytes = |name| base64url::decode(json.member(name).text()?);
        Some(Self { iv: bytes("iv")?, text: bytes("text")?, key: key.is_object().then(|| key.clone().unchecked_into())? })
    }
}

/// Seals a text under a new key and the share.
pub(crate) async fn seal(text: &str, share: &str) -> Result<Sealed, JsValue> {
    let material = Uint8Array::from(crypto::entropy::<32>()?.as_slice());
    let usages = Array::of1(&"deriveKey".into());
    let key: CryptoKey =
        settled(crypto::subtle()?.import_key_with_str("raw", &material, "HKDF", false, &usages)).await?;
    material.fill(0, 0, 32);
    let iv = crypto::entropy::<12>()?.to_vec();
    let joined = join(&key, share).await?;
    let bytes = Uint8Array::from(text.as_bytes());
    let sealed: ArrayBuffer =
        settled(crypto::subtle()?.encrypt_with_object_and_buffer_source(&algorithm(&iv), &joined, &bytes)).await?;
    bytes.fill(0, 0, bytes.length());
    Ok(Sealed { key, iv, text: Uint8Array::new(&sealed).to_vec() })
}

/// Opens what [`seal`] gave. `None` where a share is wrong or a byte was changed.
pub(crate) async fn open(sealed: &Sealed, share: &str) -> Option<String> {
    let joined = join(&sealed.key, share).await.ok()?;
    let text = Uint8Array::from(sealed.text.as_slice());
    let opened: ArrayBuffer = settled(
        crypto::subtle().ok()?.decrypt_with_object_and_buffer_source(&algorithm(&sealed.iv), &joined, &text),
    )
    .await
    .ok()?;
    String::from_utf8(Uint8Array::new(&opened).to_vec()).ok()
}

async fn join(key: &CryptoKey, share: &str) -> Result<CryptoKey, JsValue> {
    let bytes = |text: &str| JsValue::from(Uint8Array::from(text.as_bytes()));
    let derivation = object([
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", bytes(share)),
        ("info", bytes("nightlatch session")),
    ]);
    let derived = object([("name", "AES-GCM".into()), ("length", 256.into())]);
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    settled(crypto::subtle()?.derive_key_with_object_and_object(&derivation, key, &derived, false, &usages)).await
}

fn algorithm(iv: &[u8]) -> Object {
    object([("name", "AES-GCM".into()), ("iv", Uint8Array::from(iv).into())])
}
