//! Random bytes and digests.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::crypto;
use crate::protocol::pkce;

#[wasm_bindgen_test]
async fn the_challenge_of_rfc_7636_is_computed_by_this_browser() {
    // AUTHZ-3, RFC 7636 Appendix B
    let digest = crypto::digest("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        .await
        .unwrap();
    assert_eq!(
        pkce::challenge(&digest),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
}

#[wasm_bindgen_test]
fn random_bytes_are_never_twice_the_same() {
    // AUTHZ-3: and `Math.random` has no part in them.
    let one = crypto::entropy::<32>().unwrap();
    assert_ne!(one, crypto::entropy::<32>().unwrap());
    assert_ne!(one, [0; 32]);
}

#[wasm_bindgen_test]
fn a_secure_context_has_webcrypto() {
    assert!(crypto::subtle().is_ok());
}
