//! An address on the first line, another on the second: wherever ours are read, a browser reads the same.

use ::url::{Url, form_urlencoded};
use nightlatch::protocol::url;

use crate::kit::ORIGIN;
use crate::oracle::{is_endpoint, is_this_machine};

pub(crate) fn run(text: &str) {
    let (address, other) = text.split_once('\n').unwrap_or((text, ""));
    cut(address);
    sent_to(address);
    led_to(address, other);
    allowed(address, other);
    form(address);
}

/// It is cut where a browser cuts it.
fn cut(address: &str) {
    let (Some(ours), Ok(theirs)) = (url::parts(address), Url::parse(address)) else {
        return;
    };
    assert_eq!(ours.scheme, theirs.scheme());
    assert!(theirs.username().is_empty() && theirs.password().is_none());
    let origin = Url::parse(ours.origin).expect("an origin alone is an address");
    assert_eq!(origin.origin(), theirs.origin());
    let page = Url::parse(&format!("{}{}", ours.origin, ours.path)).unwrap();
    assert_eq!(page.path(), theirs.path());
    let rest = (ours.query.is_some(), ours.fragment.is_some());
    assert_eq!(
        rest,
        (theirs.query().is_some(), theirs.fragment().is_some())
    );
    if url::is_loopback(ours.host) {
        assert!(is_this_machine(&theirs), "{address} is elsewhere");
    }
}

/// Secrets are sent over https, or to this machine.
fn sent_to(address: &str) {
    for loopback in [false, true] {
        if url::endpoint(address, loopback).is_ok() {
            is_endpoint(address, loopback);
        }
    }
}

/// A target stays on the origin, or under what the app allows; and does so after somebody has decoded it.
fn led_to(address: &str, other: &str) {
    let here = Url::parse(ORIGIN).unwrap();
    if let Ok(target) = url::target(address, ORIGIN, &[]) {
        let there = here.join(target).expect("a target is an address");
        assert_eq!(there.origin(), here.origin(), "{target} leads elsewhere");
        let decoded = url::read_form(&target.replace('+', "%2B").replace('&', "%26"));
        for (name, _) in &decoded[..decoded.len().min(1)] {
            if let Ok(there) = here.join(name) {
                assert_eq!(
                    there.origin(),
                    here.origin(),
                    "{target} leads elsewhere once decoded"
                );
            }
        }
    }
    let allowed = [other.to_owned()];
    if let (Ok(target), Ok(other)) = (url::target(address, ORIGIN, &allowed), Url::parse(other))
        && let Ok(there) = here.join(target)
    {
        assert!([here.origin(), other.origin()].contains(&there.origin()));
    }
}

/// What lies under an allowed address lies under it in a browser.
fn allowed(address: &str, other: &str) {
    if !url::is_under(address, &[other.to_owned()]) {
        return;
    }
    if let (Ok(there), Ok(under)) = (Url::parse(address), Url::parse(other)) {
        assert_eq!(there.origin(), under.origin());
        let prefix = under.path().trim_end_matches('/');
        let rest = there
            .path()
            .strip_prefix(prefix)
            .expect("the path lies under it");
        assert!(rest.is_empty() || rest.starts_with('/'));
    }
}

/// A form is read as browsers read it, and what is written is read back.
fn form(text: &str) {
    let ours = url::read_form(text);
    let theirs: Vec<_> = form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(ours.len(), theirs.len());
    for ((ours, theirs), of) in ours.iter().zip(&theirs).flat_map(|(ours, theirs)| {
        [
            ((&ours.0, &theirs.0), "name"),
            ((&ours.1, &theirs.1), "value"),
        ]
    }) {
        // What is no UTF-8 they repair.
        assert!(
            ours == theirs || theirs.contains('\u{fffd}'),
            "the {of} of {text}"
        );
    }
    let pairs: Vec<_> = ours
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let written = url::form(&pairs);
    let back: Vec<_> = form_urlencoded::parse(written.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(back, ours);
}
