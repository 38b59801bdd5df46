//! Addresses and forms: RFC 3986, RFC 6749 Appendix B.
//!
//! Only what the protocol needs, and strict: an address that browsers repair is refused instead.
//! (The `url` crate would more than double the module: its tables of international names.)

use super::{Code, Error, Result};

/// An absolute http or https address, cut in its parts. No part is decoded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parts<'a> {
    /// `https` or `http`.
    pub scheme: &'a str,
    /// Scheme, host and port: what precedes the path.
    pub origin: &'a str,
    /// The host, in brackets if it is an IPv6 address.
    pub host: &'a str,
    /// The path, which may be empty.
    pub path: &'a str,
    /// What follows `?`, without it.
    pub query: Option<&'a str>,
    /// What follows `#`, without it.
    pub fragment: Option<&'a str>,
}

/// Cuts an absolute address. `None` for another scheme, credentials, white space, control
/// characters or backslashes.
pub fn parts(url: &str) -> Option<Parts<'_>> {
    if url
        .bytes()
        .any(|byte| byte <= b' ' || byte == 0x7f || byte == b'\\')
    {
        return None;
    }
    let (rest, fragment) = split(url, b'#');
    let (rest, query) = split(rest, b'?');
    let (scheme, after) = match (rest.strip_prefix("https://"), rest.strip_prefix("http://")) {
        (Some(after), _) => ("https", after),
        (_, Some(after)) => ("http", after),
        _ => return None,
    };
    let (authority, _) = split(after, b'/');
    let host = match authority.bytes().rposition(|byte| byte == b':') {
        Some(colon) if !authority.ends_with("]") => {
            let (host, port) = authority.split_at_checked(colon)?;
            port.bytes()
                .skip(1)
                .all(|digit| digit.is_ascii_digit())
                .then_some(host)?
        }
        _ => authority,
    };
    if host.is_empty() || authority.bytes().any(|byte| byte == b'@') {
        return None;
    }
    let (origin, path) = rest.split_at_checked(scheme.len() + 3 + authority.len())?;
    Some(Parts {
        scheme,
        origin,
        host,
        path,
        query,
        fragment,
    })
}

/// Whether a host is this machine: RFC 8252 §7.3, RFC 6761 §6.3. (Browsers take `127.` for 0.0.0.127.)
pub fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || (host.starts_with("127.")
            && host.len() > 4
            && host
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

/// Takes an address that secrets are sent to: https, or http on this machine where `loopback`
/// allows it; no credentials, no fragment (RFC 6749 §3.1, §3.2; RFC 7009 §2).
///
/// # Errors
/// `insecure_endpoint`.
pub fn endpoint(url: &str, loopback: bool) -> Result<Parts<'_>> {
    parts(url)
        .filter(|parts| parts.fragment.is_none())
        .filter(|parts| parts.scheme == "https" || (loopback && is_loopback(parts.host)))
        .ok_or(
            const {
                Error::new(
                    Code::InsecureEndpoint,
                    "an endpoint of the provider is not https",
                )
            },
        )
}

/// Takes a target inside the app, as path, query and fragment: given so, or as an absolute address
/// on `origin`; or an absolute address under one of those that the app has `allowed`, as it stands
/// (RFC 9700 §4.11.1).
///
/// # Errors
/// `redirect_refused` for everything that a browser might read as another origin or as script.
pub fn target<'a>(url: &'a str, origin: &str, allowed: &[String]) -> Result<&'a str> {
    let local = match parts(url) {
        Some(parts) if parts.origin == origin => url.strip_prefix(origin).unwrap_or("/"),
        Some(_) => "",
        None => url,
    };
    let local = if local.is_empty() && url == origin {
        "/"
    } else {
        local
    };
    let unsafe_byte = |byte: u8| byte <= b' ' || byte == 0x7f || byte == b'\\';
    // Somebody will decode it: "/%5cevil" and "/%2fevil" are another host by then, and so is "/%09/evil", since browsers
    // leave a tab out.
    let encoded = local.get(1..4).is_some_and(|mark| {
        matches!(mark, "%5c" | "%5C" | "%2f" | "%2F") || mark.starts_with("%0")
    });
    if local.starts_with("/")
        && !local.starts_with("//")
        && !encoded
        && !local.bytes().any(unsafe_byte)
    {
        return Ok(local);
    }
    if is_under(url, allowed) {
        return Ok(url);
    }
    Err(Error::new(
        Code::RedirectRefused,
        "the target is not on this page's origin",
    ))
}

/// Whether `url` lies under one of the `allowed` origins or origins with a path prefix.
///
/// A prefix ends at a segment: `https://api/v1` takes `https://api/v1/x` and not `https://api/v10`.
pub fn is_under(url: &str, allowed: &[String]) -> bool {
    let Some(asked) = parts(url) else {
        return false;
    };
    // A dot segment is another path once the browser has resolved it.
    let tame = !asked.path.bytes().any(|byte| byte == b'%')
        && !words(asked.path, b'/').any(|segment| matches!(segment, b"." | b".."));
    allowed
        .iter()
        .filter_map(|allowed| parts(allowed))
        .any(|allowed| {
            let mut prefix = allowed.path;
            while let Some(shorter) = prefix.strip_suffix("/") {
                prefix = shorter;
            }
            asked.origin == allowed.origin
                && (prefix.is_empty()
                    || (tame
                        && asked
                            .path
                            .strip_prefix(prefix)
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with("/"))))
        })
}

/// Writes a form: `application/x-www-form-urlencoded`.
pub fn form(pairs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        encode(name, &mut text);
        text.push('=');
        encode(value, &mut text);
    }
    text
}

/// Adds pairs to an address and keeps the query that it has (RFC 6749 §3.1).
pub fn with_query(url: &str, pairs: &[(&str, &str)]) -> String {
    let joint = match split(url, b'?').1 {
        None => "?",
        Some("") => "",
        Some(_) => "&",
    };
    concat([url, joint, &form(pairs)])
}

/// Joins texts. (The standard library's takes four times the bytes.)
pub(crate) fn concat<const N: usize>(parts: [&str; N]) -> String {
    append(&parts)
}

fn append(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// Reads a form. A pair without `=` has an empty value, and so has one whose bytes are no UTF-8.
pub fn read_form(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = Some(text);
    while let Some(text) = rest {
        let (pair, after) = split(text, b'&');
        if !pair.is_empty() {
            let (name, value) = split(pair, b'=');
            pairs.push((decode(name), decode(value.unwrap_or_default())));
        }
        rest = after;
    }
    pairs
}

/// Writes a number in digits.
pub fn decimal(number: u64) -> String {
    let (rest, digit) = (number / 10, (number % 10) as u8);
    let mut text = if rest == 0 {
        String::new()
    } else {
        decimal(rest)
    };
    text.push((b'0' + digit).into());
    text
}

/// Cuts a text at the first `mark`, which is ASCII. (What the standard library has searches for any text.)
pub(crate) fn split(text: &str, mark: u8) -> (&str, Option<&str>) {
    let at = text.bytes().position(|byte| byte == mark);
    let before = at.and_then(|at| text.get(..at)).unwrap_or(text);
    (before, at.and_then(|at| text.get(at + 1..)))
}

/// What stands between the marks of a text.
pub(crate) fn words(text: &str, mark: u8) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().split(move |byte| *byte == mark)
}

fn encode(text: &str, into: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |nibble: u8| HEX.get(usize::from(nibble)).copied().unwrap_or(b'0').into();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(byte.into())
            }
            _ => {
                into.push('%');
                into.push(hex(byte >> 4));
                into.push(hex(byte & 15));
            }
        }
    }
}

pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let nibble = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let mut ahead = rest.clone();
        match (byte, nibble(ahead.next()), nibble(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4 | low) as u8);
                rest = ahead;
            }
            (b'+', ..) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    utf8(&bytes).unwrap_or_default()
}

/// Reads UTF-8. (The library's own reader is made for speed, and takes 280 bytes more.)
#[inline(never)]
pub fn utf8(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(&first) = rest.next() {
        let (mut code, more) = match first {
            0..=0x7f => (u32::from(first), 0),
            0xc0..=0xdf => (u32::from(first & 31), 1),
            0xe0..=0xef => (u32::from(first & 15), 2),
            0xf0..=0xf7 => (u32::from(first & 7), 3),
            _ => return None,
        };
        for _ in 0..more {
            let byte = rest.next().filter(|byte| **byte & 0xc0 == 0x80)?;
            code = code << 6 | u32::from(byte & 63);
        }
        let letter = char::from_u32(code).filter(|letter| letter.len_utf8() == more + 1)?;
        text.push(letter);
    }
    Some(text)
}
