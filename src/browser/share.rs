//! The key share that never reaches the disk: a session cookie (measured: browsers keep it in memory).

use wasm_bindgen::JsCast;
use web_sys::HtmlDocument;

/// One client's share. Cookies know no ports, so the name carries the client's namespace.
#[derive(Debug)]
pub(crate) struct Share {
    name: String,
    attributes: &'static str,
}

impl Share {
    pub(crate) fn new(namespace: &str, secure: bool) -> Self {
        let (prefix, attributes) = if secure {
            ("__Host-nightlatch-", "; Path=/; SameSite=Strict; Secure")
        } else {
            ("nightlatch-", "; Path=/; SameSite=Strict")
        };
        Self {
            name: [prefix, namespace].concat(),
            attributes,
        }
    }

    /// The share, where it stands.
    pub(crate) fn read(&self) -> Option<String> {
        let cookies = document()?.cookie().ok()?;
        cookies
            .split(';')
            .filter_map(|cookie| cookie.trim_start().split_once('='))
            .find(|(name, value)| *name == self.name && !value.is_empty())
            .map(|(_, value)| value.to_owned())
    }

    /// Puts a share in place and tells whether the browser keeps it.
    pub(crate) fn write(&self, value: &str) -> bool {
        self.set(value, "");
        self.read().as_deref() == Some(value)
    }

    /// Deletes the share, at once.
    pub(crate) fn remove(&self) {
        self.set("", "; Max-Age=0");
    }

    /// Whether this browser keeps cookies.
    pub(crate) fn is_kept(&self) -> bool {
        if self.read().is_some() {
            return true;
        }
        let kept = self.write("probe");
        self.remove();
        kept
    }

    fn set(&self, value: &str, lifetime: &str) {
        if let Some(document) = document() {
            let _ =
                document.set_cookie(&[&self.name, "=", value, self.attributes, lifetime].concat());
        }
    }
}

fn document() -> Option<HtmlDocument> {
    web_sys::window()?.document()?.dyn_into().ok()
}
