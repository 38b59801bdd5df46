//! The page's address.

/// The address of the page.
pub(crate) fn here() -> String {
    web_sys::window()
        .and_then(|window| window.location().href().ok())
        .unwrap_or_default()
}

/// The origin of the page. A sandboxed frame has none, although its address does: there storage and cookies throw.
pub(crate) fn origin() -> Option<String> {
    Some(web_sys::window()?.origin()).filter(|origin| origin != "null")
}
