//! Random bytes and digests.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::crypto;
use crate::kit::{js, settled};
use crate::protocol::pkce;
use crate::session::Reply;
use crate::vault;

#[wasm_bindgen_test]
async fn the_challenge_of_rfc_7636_is_computed_by_this_browser() {
    // AUTHZ-3, RFC 7636 Appendix B
    let digest = vault::digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let digest = settled(&digest).await.unwrap();
    let Some(Reply::Digest(Some(digest))) = Reply::parse(
        "digest",
        &crate::kit::read(&digest),
        &crate::browser::json::parse,
    ) else {
        panic!("no digest")
    };
    assert_eq!(
        pkce::challenge(&digest),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[wasm_bindgen_test]
fn random_bytes_are_never_twice_the_same() {
    // AUTHZ-3: and `Math.random` has no part in them.
    let drawn = || {
        let mut bytes = [0; 32];
        crypto::entropy(&mut bytes).unwrap();
        bytes
    };
    let one = drawn();
    assert_ne!(one, drawn());
    assert_ne!(one, [0; 32]);
    let one = vault::random(32);
    assert_eq!(one.len(), 32);
    assert_ne!(one, vault::random(32));
    assert_ne!(one, [0; 32]);
}

#[wasm_bindgen_test]
fn without_a_random_source_there_are_no_bytes() {
    // AUTHZ-3
    let refused = crate::kit::Stub::put(
        "Crypto.prototype",
        "getRandomValues",
        "{ value() { throw new Error(); } }",
    );
    let mut bytes = [0; 32];
    let drawn = crypto::entropy(&mut bytes);
    drop(refused);
    assert!(drawn.is_err());
}

#[wasm_bindgen_test]
fn a_secure_context_has_webcrypto() {
    assert!(js("isSecureContext && !!crypto.subtle").is_truthy());
}
