//! The app's own session at its server, ended by a request that the app describes.

use super::arguments::Arguments;
use super::{Json, url};

/// Reads `{ url, method, headers, csrf }`. The address is on the page's own `origin` or under one of the `allowed`: cookies go there.
pub(crate) fn read(
    arguments: &mut Arguments<'_>,
    json: &Json,
    origin: &str,
    allowed: &[String],
) -> Option<Json> {
    if json.is_null() {
        return None;
    }
    let url = json.member("url").text().unwrap_or_default();
    let (method, headers, csrf) = (
        json.member("method"),
        json.member("headers"),
        json.member("csrf"),
    );
    let token = csrf.member("cookie").text().or(csrf.member("meta").text());
    if url::target(url, origin).is_err() && !url::is_under(url, allowed)
        || !(method.is_null() || method.text().is_some())
        || !(headers.is_null() || headers.is_object())
        || !(csrf.is_null() || token.is_some())
    {
        arguments.refuse(
            "`application` is { url, method, headers, csrf }, on this page's origin or `allowedOrigins`",
        );
    }
    Some(json.clone())
}
