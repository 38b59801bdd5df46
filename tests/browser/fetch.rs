//! One protocol request.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::{fetch, navigation};
use crate::kit::js;
use crate::protocol::message::Form;
use crate::protocol::{Failure, Request, Secret};

fn get(url: &str) -> Request {
    Request {
        url: url.to_owned(),
        form: None,
        keepalive: false,
        timeout_ms: 5_000,
    }
}

fn post(url: &str, keepalive: bool) -> Request {
    let form = Some(Form(Secret::new("token=s3cr3t&client_id=spa".to_owned())));
    Request {
        form,
        keepalive,
        ..get(url)
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_json_has_a_status_and_no_body() {
    let answer = fetch::send(get(&navigation::origin().unwrap()))
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.is_none());
}

#[wasm_bindgen_test]
async fn an_answer_that_says_no_is_an_answer() {
    let address = [&navigation::origin().unwrap(), "/there/is/no/such/thing"].concat();
    for request in [get(&address), post(&address, false), post(&address, true)] {
        let answer = fetch::send(request).await.unwrap();
        assert!(answer.status >= 400, "{}", answer.status);
        assert!(answer.body.is_none());
    }
}

#[wasm_bindgen_test]
async fn json_is_read_from_an_answer() {
    let blob = js(
        "URL.createObjectURL(new Blob(['{\"issuer\":\"x\",\"n\":[1,null]}'], { type: 'application/json' }))",
    );
    let answer = fetch::send(get(&blob.as_string().unwrap())).await.unwrap();
    let body = answer.body.unwrap();
    assert_eq!(body.member("issuer").text(), Some("x"));
}

#[wasm_bindgen_test]
async fn a_body_without_end_is_not_taken() {
    // DISC-5, TOK-18
    let blob = js("URL.createObjectURL(new Blob(['\"' + 'x'.repeat(1 << 20) + '\"']))");
    assert_eq!(
        fetch::send(get(&blob.as_string().unwrap())).await,
        Err(Failure::TooLarge)
    );
}

#[wasm_bindgen_test]
async fn a_port_where_nobody_is_is_a_failure_of_the_network() {
    // TOK-10
    for request in [
        get("http://127.0.0.1:1/"),
        post("http://127.0.0.1:9/", true),
        get("https://nobody.invalid/"),
    ] {
        assert_eq!(fetch::send(request).await, Err(Failure::Network));
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_does_not_come_in_time_is_a_timeout() {
    // TOK-2. Nothing is as sure to be late as what has no time at all.
    let late = Request {
        timeout_ms: 0,
        ..get(&navigation::origin().unwrap())
    };
    let slow = js(
        "(() => { const real = globalThis.fetch; globalThis.fetch = (url, init) => new Promise((resolve, reject) => \
         init.signal.addEventListener('abort', () => { globalThis.fetch = real; reject(init.signal.reason); })); return real; })()",
    );
    assert!(slow.is_function());
    assert_eq!(
        fetch::send(Request {
            timeout_ms: 50,
            ..late
        })
        .await,
        Err(Failure::Timeout)
    );
    assert!(
        fetch::send(get(&navigation::origin().unwrap()))
            .await
            .is_ok()
    );
}

#[wasm_bindgen_test]
async fn a_request_carries_no_cookie_no_referrer_and_is_neither_cached_nor_redirected() {
    // TOK-1, TOK-2, TOK-19, DISC-5, REV-2, REV-12, REV-15
    js(
        "(() => { const real = globalThis.fetch; globalThis.seen = []; globalThis.fetch = (url, init) => { \
         const request = new Request(url, init); globalThis.fetch = real; \
         globalThis.seen = [request.method, request.credentials, request.cache, request.redirect, request.referrerPolicy, \
         String(request.keepalive), [...request.headers].map(([name, value]) => name + '=' + value).sort().join(' ')]; \
         return Promise.resolve(new Response('{}')); }; })()",
    );
    let address = [&navigation::origin().unwrap(), "/revoke"].concat();
    fetch::send(post(&address, true)).await.unwrap();
    let seen: Vec<_> = js_sys::Array::from(&js("globalThis.seen"))
        .iter()
        .map(|value| value.as_string().unwrap())
        .collect();
    assert_eq!(
        seen,
        [
            "POST",
            "omit",
            "no-store",
            "error",
            "no-referrer",
            "true",
            "accept=application/json content-type=application/x-www-form-urlencoded"
        ]
    );
}
