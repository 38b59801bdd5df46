//! Addresses: where secrets are sent, where the app comes back to, where its token may go.

use nightlatch::protocol::{Code, url};

use crate::kit::{ORIGIN, code};

#[test]
fn an_endpoint_is_an_absolute_https_address() {
    // DISC-4
    for good in [
        "https://id.example",
        "https://id.example/",
        "https://id.example/token",
        "https://id.example:8443/token",
        "https://id.example/a?tenant=1",
        "https://[2001:db8::1]/token",
        "https://[2001:db8::1]:8443/token",
        "https://id.example/a:b@c",
    ] {
        assert!(url::endpoint(good, false).is_ok(), "{good}");
    }
}

#[test]
fn an_endpoint_that_is_anything_else_is_refused() {
    // DISC-4, A30
    for bad in [
        "",
        "/token",
        "//evil.example/token",
        "id.example/token",
        "javascript:alert(1)",
        "data:text/html,x",
        "blob:https://id.example/0",
        "file:///etc/passwd",
        "ftp://id.example",
        "ws://id.example",
        "http://id.example/token",
        "https:id.example",
        "https:/id.example",
        "https://",
        "https:///token",
        "https://:443/",
        "https://user@id.example/",
        "https://user:password@id.example/",
        "https://id.example@evil.example/",
        "https://id.example/token#fragment",
        "https://id.example/token#",
        "https://id.example\\@evil.example/",
        "https:\\\\id.example/",
        " https://id.example/",
        "https://id.example/ ",
        "https://id.exa\tmple/",
        "https://id.example/\n",
        "https://id.example/\u{0}",
        "https://id.example:port/",
        "HTTPS://id.example/",
    ] {
        for loopback in [false, true] {
            assert_eq!(
                code(url::endpoint(bad, loopback)),
                Code::InsecureEndpoint,
                "{bad:?}"
            );
        }
    }
}

#[test]
fn plain_http_is_taken_for_this_machine_and_only_where_that_is_allowed() {
    // DISC-4
    for here in [
        "http://localhost",
        "http://localhost:3000/token",
        "http://id.localhost:3000",
        "http://127.0.0.1:3000/token",
        "http://127.1.2.3/",
        "http://[::1]:3000/token",
        "http://[::1]/",
    ] {
        assert!(url::endpoint(here, true).is_ok(), "{here}");
        assert_eq!(
            code(url::endpoint(here, false)),
            Code::InsecureEndpoint,
            "{here}"
        );
    }
    for elsewhere in [
        "http://localhost.evil.example/",
        "http://evillocalhost/",
        "http://127.0.0.1.evil.example/",
        "http://127.evil.example/",
        // To browsers this is 0.0.0.127.
        "http://127./",
        "http://[::2]/",
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://128.0.0.1/",
    ] {
        assert_eq!(
            code(url::endpoint(elsewhere, true)),
            Code::InsecureEndpoint,
            "{elsewhere}"
        );
    }
}

#[test]
fn an_address_is_cut_in_its_parts() {
    let parts = url::parts("https://id.example:8443/a/b?c=d?e#f#g").unwrap();
    assert_eq!(parts.scheme, "https");
    assert_eq!(parts.origin, "https://id.example:8443");
    assert_eq!(parts.host, "id.example");
    assert_eq!(parts.path, "/a/b");
    assert_eq!(parts.query, Some("c=d?e"));
    assert_eq!(parts.fragment, Some("f#g"));
    let bare = url::parts("http://[::1]").unwrap();
    assert_eq!(
        (bare.scheme, bare.origin, bare.host, bare.path),
        ("http", "http://[::1]", "[::1]", "")
    );
    assert_eq!((bare.query, bare.fragment), (None, None));
    // A query may begin where a path would, and is not part of the host.
    let query = url::parts("https://id.example?a=/b@c:d");
    assert_eq!(
        query.map(|parts| (parts.host, parts.path, parts.query)),
        Some(("id.example", "", Some("a=/b@c:d")))
    );
}

#[test]
fn a_target_inside_the_app_is_taken() {
    // RESP-13
    for (given, taken) in [
        ("/", "/"),
        ("/inbox", "/inbox"),
        ("/inbox?folder=1#top", "/inbox?folder=1#top"),
        ("/a//b", "/a//b"),
        ("/a/%5c%2f", "/a/%5c%2f"),
        ("/?next=https://evil.example", "/?next=https://evil.example"),
        ("/#//evil.example", "/#//evil.example"),
        ("/@evil.example", "/@evil.example"),
        ("/straße", "/straße"),
        ("https://app.example", "/"),
        ("https://app.example/", "/"),
        (
            "https://app.example/inbox?folder=1#top",
            "/inbox?folder=1#top",
        ),
    ] {
        assert_eq!(url::target(given, ORIGIN, &[]), Ok(taken), "{given}");
    }
}

#[test]
fn a_target_on_the_list_is_taken_as_it_stands() {
    // RESP-13
    let allowed = [
        "https://shop.example".to_owned(),
        "https://help.example/en/".to_owned(),
    ];
    for good in [
        "https://shop.example",
        "https://shop.example/",
        "https://shop.example/cart?a=b#c",
        "https://help.example/en",
        "https://help.example/en/start?a=b#c",
    ] {
        assert_eq!(url::target(good, ORIGIN, &allowed), Ok(good));
        assert_eq!(code(url::target(good, ORIGIN, &[])), Code::RedirectRefused);
    }
    for bad in [
        "//shop.example/",
        "http://shop.example/",
        "https:shop.example/",
        "https://shop.example:8443/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example\\@shop.example/",
        "https://shop.example\t/",
        "https://help.example/",
        "https://help.example/english",
        "https://help.example/en/../admin",
        "https://help.example/en/%2e%2e/admin",
        "javascript:alert('https://shop.example/')",
    ] {
        assert_eq!(
            code(url::target(bad, ORIGIN, &allowed)),
            Code::RedirectRefused,
            "{bad:?}"
        );
    }
}

#[test]
fn a_target_that_a_browser_might_read_as_another_origin_is_refused() {
    // RESP-13: a list changes nothing for what does not stand on it.
    let allowed = [
        "https://shop.example".to_owned(),
        "http://localhost:4000/a".to_owned(),
    ];
    for bad in [
        "",
        "inbox",
        "?a=b",
        "#top",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\evil.example",
        "\\\\evil.example",
        "/a\\b",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/%2fevil.example",
        "/%2Fevil.example",
        "/%09/evil.example",
        "/%0d%2fevil.example",
        "https://app.example/%2fevil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " /inbox",
        "/in box",
        "/inbox\u{0}",
        "/inbox\u{7f}",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "https:evil.example",
        "https:/evil.example",
        "https://evil.example/",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:8443/",
        "https://app.example:443/",
        "https://APP.example/",
        "http://app.example/",
        "https://app.example//evil.example",
        "https://app.example/\\evil.example",
    ] {
        assert_eq!(
            code(url::target(bad, ORIGIN, &allowed)),
            Code::RedirectRefused,
            "{bad:?}"
        );
    }
    let local = "http://localhost:3000";
    assert_eq!(
        code(url::target(
            "http://localhost:3000@evil.example",
            local,
            &allowed
        )),
        Code::RedirectRefused
    );
    assert_eq!(
        code(url::target("http://localhost:30001/", local, &allowed)),
        Code::RedirectRefused
    );
}

#[test]
fn a_token_goes_to_the_allowed_origins_alone() {
    // RS-2, A19
    let allowed = [
        "https://api.example".to_owned(),
        "https://files.example:8443/v1/".to_owned(),
    ];
    for good in [
        "https://api.example",
        "https://api.example/",
        "https://api.example/anything?x#y",
        "https://api.example/a%20b/../c",
        "https://files.example:8443/v1",
        "https://files.example:8443/v1/",
        "https://files.example:8443/v1/a/b?c=..#d",
        "https://files.example:8443/v1?a=/../b",
    ] {
        assert!(url::is_under(good, &allowed), "{good}");
    }
    for bad in [
        "",
        "/v1/a",
        "//api.example/",
        "http://api.example/",
        "https://api.example.evil.example/",
        "https://evil.example/https://api.example/",
        "https://evil.example?https://api.example/",
        "https://evilapi.example/",
        "https://sub.api.example/",
        "https://api.example:8443/",
        "https://api.example@evil.example/",
        "https://user:password@api.example/",
        "https://api.example\\.evil.example/",
        "https://files.example/v1/",
        "https://files.example:84430/v1/",
    ] {
        assert!(!url::is_under(bad, &allowed), "{bad}");
    }
}

#[test]
fn a_path_prefix_ends_at_a_segment_and_cannot_be_climbed_out_of() {
    // RS-2
    let allowed = ["https://files.example/v1".to_owned()];
    for bad in [
        "https://files.example",
        "https://files.example/",
        "https://files.example/v10",
        "https://files.example/v1.evil",
        "https://files.example/V1/a",
        "https://files.example//v1/a",
        "https://files.example/v1/../admin",
        "https://files.example/v1/..",
        "https://files.example/v1/./../admin",
        "https://files.example/v1/%2e%2e/admin",
        "https://files.example/v1/.%2E/admin",
        "https://files.example/v1/%2e./admin",
        "https://files.example/v1%2f../admin",
        "https://files.example/v1/..%2fadmin",
        "https://files.example/v1/..;/admin\\",
    ] {
        assert!(!url::is_under(bad, &allowed), "{bad}");
    }
    assert!(!url::is_under("https://files.example/v1/a", &[]));
}

#[test]
fn a_query_that_an_address_has_is_kept() {
    // AUTHZ-8
    let pairs = [("a", "1"), ("b", "2 3")];
    for (address, joined) in [
        (
            "https://id.example/authorize",
            "https://id.example/authorize?a=1&b=2%203",
        ),
        (
            "https://id.example/authorize?",
            "https://id.example/authorize?a=1&b=2%203",
        ),
        (
            "https://id.example/authorize?tenant=x%2B",
            "https://id.example/authorize?tenant=x%2B&a=1&b=2%203",
        ),
    ] {
        assert_eq!(url::with_query(address, &pairs), joined);
    }
}
