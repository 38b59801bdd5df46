//! The key share in the session cookie.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::kit::{Stub, js, member, settled};

#[wasm_bindgen(module = "/pkg/browser/share.js")]
extern "C" {
    /// What `shareOf` gives.
    type Share;

    #[wasm_bindgen(js_name = shareOf)]
    fn share_of(namespace: &str) -> Share;
    #[wasm_bindgen(method)]
    fn read(this: &Share) -> Option<String>;
    #[wasm_bindgen(method)]
    fn write(this: &Share, value: &str) -> bool;
    #[wasm_bindgen(method)]
    fn remove(this: &Share);
    #[wasm_bindgen(method, js_name = isKept)]
    fn is_kept(this: &Share) -> bool;
}

#[wasm_bindgen_test]
fn a_share_is_written_read_and_deleted_at_once() {
    let share = share_of("cookie-a");
    assert_eq!(share.read(), None);
    for value in ["x1-_y", "other", "of+64/letters=="] {
        assert!(share.write(value));
        assert_eq!(share.read().as_deref(), Some(value));
    }
    share.remove();
    assert_eq!(share.read(), None);
}

#[wasm_bindgen_test]
fn two_clients_have_two_cookies() {
    let (one, two) = (share_of("cookie-b"), share_of("cookie-bb"));
    assert!(one.write("1") && two.write("2"));
    assert_eq!(
        (one.read().as_deref(), two.read().as_deref()),
        (Some("1"), Some("2"))
    );
    one.remove();
    assert_eq!((one.read(), two.read().as_deref()), (None, Some("2")));
    two.remove();
}

#[wasm_bindgen_test]
fn asking_whether_cookies_are_kept_leaves_them_as_they_were() {
    let share = share_of("cookie-c");
    assert!(share.is_kept());
    assert_eq!(share.read(), None);
    assert!(share.write("mine"));
    assert!(share.is_kept());
    assert_eq!(share.read().as_deref(), Some("mine"));
    share.remove();
}

#[wasm_bindgen_test]
async fn the_cookie_ends_with_the_browser_and_goes_to_no_other_site() {
    let share = share_of("cookie-d");
    assert!(share.write("1"));
    let store = js("globalThis.cookieStore ? cookieStore.get('nightlatch-cookie-d') : undefined");
    if !store.is_undefined() {
        let cookie = settled(&store).await.unwrap();
        assert!(member(&cookie, "expires").is_null());
        assert_eq!(
            member(&cookie, "sameSite").as_string().as_deref(),
            Some("strict")
        );
    }
    share.remove();
}

#[wasm_bindgen_test]
fn a_cookie_without_a_value_is_no_share() {
    js("document.cookie = 'nightlatch-cookie-e=; Path=/'");
    let share = share_of("cookie-e");
    assert_eq!(share.read(), None);
    share.remove();
}

#[wasm_bindgen_test]
fn cookies_that_are_off_or_may_not_be_touched_hold_no_share() {
    let share = share_of("cookie-f");
    let off = || Stub::put("document", "cookie", "{ get: () => '', set() {} }");
    // A sandboxed frame: touching them throws.
    let refused = || Stub::refuse("document", "cookie");
    for browser in [off as fn() -> Stub, refused] {
        let off = browser();
        assert!(!share.is_kept());
        assert!(!share.write("1"));
        assert_eq!(share.read(), None);
        share.remove();
        drop(off);
    }
}
