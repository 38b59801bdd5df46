//! Encodings, against the examples of the RFCs.

use nightlatch::protocol::{base64url, pkce, url};
use serde_json::Value;

use crate::kit::{owned, pairs, parse, plain, vectors};

fn octets(value: &Value) -> Vec<u8> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|octet| octet.as_u64().unwrap() as u8)
        .collect()
}

#[test]
fn a_verifier_and_its_challenge_are_those_of_rfc_7636() {
    // AUTHZ-3
    let vector = vectors("pkce");
    let entropy: [u8; 32] = octets(&vector["verifier_octets"]).try_into().unwrap();
    assert_eq!(
        pkce::verifier(&entropy).reveal(),
        vector["verifier"].as_str().unwrap()
    );
    assert_eq!(
        pkce::challenge(&octets(&vector["digest_octets"])),
        vector["challenge"].as_str().unwrap()
    );
    assert_eq!(pkce::METHOD, "S256");
}

#[test]
fn base64url_is_written_without_padding_and_read_strictly() {
    // IDT-1
    let vectors = vectors("base64url");
    for pair in vectors["pairs"].as_array().unwrap() {
        let (octets, text) = (octets(&pair["octets"]), pair["text"].as_str().unwrap());
        assert_eq!(base64url::encode(&octets), text);
        assert_eq!(base64url::decode(text), Some(octets));
    }
    for text in vectors["refused"].as_array().unwrap() {
        assert_eq!(base64url::decode(text.as_str().unwrap()), None, "{text}");
    }
}

#[test]
fn the_parts_of_a_signed_token_are_read_as_rfc_7515_writes_them() {
    // IDT-1
    let vector = vectors("jws");
    let token = vector["token"].as_str().unwrap();
    let parts: Vec<_> = token
        .split('.')
        .map(|part| base64url::decode(part).unwrap())
        .collect();
    let read = |part: &[u8]| plain(&parse(core::str::from_utf8(part).unwrap()).unwrap());
    // The core has one kind of number, so they are compared as such.
    assert_eq!(read(&parts[0]), vector["header"]);
    let payload = read(&parts[1]);
    assert_eq!(payload["iss"], vector["payload"]["iss"]);
    assert_eq!(payload["exp"].as_f64(), vector["payload"]["exp"].as_f64());
    assert_eq!(payload["http://example.com/is_root"], true);
    assert_eq!(parts[2].len(), 256);
}

#[test]
fn forms_are_written_as_rfc_6749_says_and_read_both_ways() {
    // AUTHZ-8
    for pair in vectors("form")["pairs"].as_array().unwrap() {
        let (value, written) = (
            pair["value"].as_str().unwrap(),
            pair["written"].as_str().unwrap(),
        );
        assert_eq!(url::form(&[("name", value)]), format!("name={written}"));
        assert_eq!(
            url::read_form(&format!("name={written}")),
            owned(&[("name", value)])
        );
        if let Some(also) = pair["also_read"].as_str() {
            assert_eq!(
                url::read_form(&format!("name={also}")),
                owned(&[("name", value)])
            );
        }
    }
}

#[test]
fn names_are_encoded_like_values() {
    assert_eq!(
        url::form(&[("a b", "1"), ("é&", "2=3")]),
        "a%20b=1&%C3%A9%26=2%3D3"
    );
}

#[test]
fn what_is_no_pair_is_read_without_a_complaint() {
    for (text, read) in [
        ("", vec![]),
        ("&&", vec![]),
        ("flag", vec![("flag", "")]),
        ("a=b=c", vec![("a", "b=c")]),
        ("=x", vec![("", "x")]),
        ("a=%", vec![("a", "%")]),
        ("a=%4", vec![("a", "%4")]),
        ("a=%zz1", vec![("a", "%zz1")]),
        ("a=%41%4a%4A", vec![("a", "AJJ")]),
        ("a=1&a=2", vec![("a", "1"), ("a", "2")]),
        // Bytes that are no UTF-8 are no text.
        ("a=%ff%fe", vec![("a", "")]),
    ] {
        assert_eq!(url::read_form(text), owned(&read), "{text}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let odd = "\u{0}\t\n \"#%&+/:;<=>?@[\\]^`{|}\u{7f}é漢🔒";
    let written = url::form(&[(odd, odd), ("b", "")]);
    assert!(written.is_ascii());
    assert_eq!(pairs(&written), owned(&[(odd, odd), ("b", "")]));
    assert_eq!(url::read_form(&written), owned(&[(odd, odd), ("b", "")]));
}

#[test]
fn numbers_are_written_in_digits() {
    for number in [0, 7, 10, 86_400, 1_790_000_000_000, u64::MAX] {
        assert_eq!(url::decimal(number), number.to_string());
    }
}

#[test]
fn text_is_read_exactly_as_the_library_reads_it() {
    // The edges of RFC 3629 §4: overlong forms, surrogates, what lies beyond U+10FFFF.
    let edges = [
        0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1,
        0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff,
    ];
    let agrees = |bytes: &[u8]| {
        let library = String::from_utf8(bytes.to_vec()).ok();
        assert_eq!(url::utf8(bytes), library, "{bytes:x?}");
    };
    for first in 0..=255_u8 {
        for second in 0..=255_u8 {
            agrees(&[first, second]);
            for third in edges {
                agrees(&[first, second, third]);
                for fourth in edges {
                    agrees(&[first, second, third, fourth]);
                }
            }
        }
    }
}
