//! The page's address, and leaving it.

use wasm_bindgen::JsValue;

/// The address of the page.
pub(crate) fn here() -> String {
    web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default()
}

/// The origin of the page. A sandboxed frame has none, although its address does: there storage and cookies throw.
pub(crate) fn origin() -> Option<String> {
    let window = web_sys::window()?;
    let own = window.origin();
    (window.location().origin().ok()? == own).then_some(own)
}

/// Leaves for another address.
pub(crate) fn leave(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(address);
    }
}

/// Puts another address in place of the page's, without loading it.
pub(crate) fn clean(address: &str) {
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(address));
    }
}
