//! The key share in the session cookie.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::share::Share;
use crate::kit::js;

#[wasm_bindgen_test]
fn a_share_is_written_read_and_deleted_at_once() {
    let share = Share::new("cookie-a", false);
    assert_eq!(share.read(), None);
    assert!(share.write("x1-_y"));
    assert_eq!(share.read().as_deref(), Some("x1-_y"));
    assert!(share.write("other"));
    assert_eq!(share.read().as_deref(), Some("other"));
    share.remove();
    assert_eq!(share.read(), None);
}

#[wasm_bindgen_test]
fn two_clients_have_two_cookies() {
    let (one, two) = (
        Share::new("cookie-b", false),
        Share::new("cookie-bb", false),
    );
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
    let share = Share::new("cookie-c", false);
    assert!(share.is_kept());
    assert_eq!(share.read(), None);
    assert!(share.write("mine"));
    assert!(share.is_kept());
    assert_eq!(share.read().as_deref(), Some("mine"));
    share.remove();
}

#[wasm_bindgen_test]
async fn the_cookie_ends_with_the_browser_and_goes_to_no_other_site() {
    let share = Share::new("cookie-d", false);
    assert!(share.write("1"));
    let store = js("globalThis.cookieStore ? cookieStore.get('nightlatch-cookie-d') : undefined");
    if !store.is_undefined() {
        let cookie = crate::browser::settled(&store).await.unwrap();
        assert!(crate::browser::member(&cookie, "expires").is_null());
        assert_eq!(
            crate::browser::member(&cookie, "sameSite")
                .as_string()
                .as_deref(),
            Some("strict")
        );
    }
    share.remove();
}
