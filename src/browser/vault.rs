//! Sealing: AES-GCM under a key of two shares (`ARCHITECTURE.md`, "At rest").
//!
//! One share is a CryptoKey that cannot be exported and lies beside the sealed session, the other a
//! random value in a session cookie. HKDF (RFC 5869) joins them: the first as key material, the
//! second as salt. Every sealing has a new key, so an old one opens nothing.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::{crypto, member, object, settled};
use crate::protocol::{Json, base64url};

/// A sealed text with the half of its key that is stored: `{ key, iv, text }`, to be cloned as it is.
#[derive(Clone, Debug)]
pub(crate) struct Sealed(pub(crate) JsValue);

impl Sealed {
    /// From a structured clone. `None` for what is not whole.
    pub(crate) fn new(value: JsValue) -> Option<Self> {
        member(&value, "key").is_object().then_some(Self(value))
    }

    /// The half of the key, which only a structured clone can carry.
    pub(crate) fn key(&self) -> JsValue {
        member(&self.0, "key")
    }

    /// The rest, as text.
    pub(crate) fn to_json(&self) -> Json {
        let text = |name| {
            base64url::encode(&Uint8Array::new(&member(&self.0, name)).to_vec())
                .as_str()
                .into()
        };
        Json::object(vec![("iv", text("iv")), ("text", text("text"))])
    }

    /// From the two. `None` for what is not whole.
    pub(crate) fn from_json(json: &Json, key: JsValue) -> Option<Self> {
        let bytes = |name| {
            Some(Uint8Array::from(base64url::decode(json.member(name).text()?)?.as_slice()).into())
        };
        Self::new(object([("key", key), ("iv", bytes("iv")?), ("text", bytes("text")?)]).into())
    }
}

/// Seals a text under a new key and the share.
pub(crate) async fn seal(text: &str, share: &str) -> Result<Sealed, JsValue> {
    let material = bytes(&crypto::entropy::<32>()?);
    let usages = Array::of1(&"deriveKey".into());
    let imported =
        crypto::subtle()?.import_key_with_str("raw", &material, "HKDF", false, &usages)?;
    let key = settled(&imported).await?;
    material.fill(0, 0, 32);
    let iv = bytes(&crypto::entropy::<12>()?);
    let joined = join(&key, share).await?;
    let plain = bytes(text.as_bytes());
    let sealed = crypto::subtle()?.encrypt_with_object_and_buffer_source(
        &algorithm(&iv),
        joined.unchecked_ref(),
        &plain,
    )?;
    let sealed = settled(&sealed).await?;
    plain.fill(0, 0, plain.length());
    Ok(Sealed(
        object([("key", key), ("iv", iv.into()), ("text", sealed)]).into(),
    ))
}

/// Opens what [`seal`] gave. Fails where a share is wrong or a byte was changed.
pub(crate) async fn open(sealed: &Sealed, share: &str) -> Result<String, JsValue> {
    let joined = join(&sealed.key(), share).await?;
    let opened = crypto::subtle()?.decrypt_with_object_and_buffer_source(
        &algorithm(&Uint8Array::new(&member(&sealed.0, "iv"))),
        joined.unchecked_ref(),
        &Uint8Array::new(&member(&sealed.0, "text")),
    )?;
    let plain = Uint8Array::new(&settled(&opened).await?);
    String::from_utf8(plain.to_vec()).map_err(|_| JsValue::NULL)
}

async fn join(key: &JsValue, share: &str) -> Result<JsValue, JsValue> {
    let derivation = object([
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", bytes(share.as_bytes()).into()),
        ("info", bytes(b"nightlatch session").into()),
    ]);
    let derived = object([("name", "AES-GCM".into()), ("length", 256.into())]);
    let usages = Array::of2(&"encrypt".into(), &"decrypt".into());
    let subtle = crypto::subtle()?;
    let promise = subtle.derive_key_with_object_and_object(
        &derivation,
        key.unchecked_ref(),
        &derived,
        false,
        &usages,
    )?;
    settled(&promise).await
}

fn algorithm(iv: &Uint8Array) -> Object {
    object([("name", "AES-GCM".into()), ("iv", iv.into())])
}

fn bytes(bytes: &[u8]) -> Uint8Array {
    Uint8Array::from(bytes)
}
