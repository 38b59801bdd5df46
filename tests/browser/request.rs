//! One protocol request.

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::{json, navigation};
use crate::kit::{Stub, js, read, settled};
use crate::protocol::message::{self, Form};
use crate::protocol::{Answer, Failure, Request, Secret};

#[wasm_bindgen(module = "/pkg/browser/request.js")]
extern "C" {
    fn send(request: &JsValue) -> Promise;
}

async fn sent(request: Request) -> Answer {
    let answer = settled(&send(&json::write(&request.to_json()))).await;
    message::answer(&read(&answer.unwrap()), &crate::browser::json::parse)
}

fn get(url: &str) -> Request {
    Request {
        url: url.to_owned(),
        form: None,
        keepalive: false,
        expires_at: None,
        timeout_ms: 5_000,
        keys: None,
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
    let answer = sent(get(&navigation::origin().unwrap())).await.unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.is_none());
}

#[wasm_bindgen_test]
async fn an_answer_that_says_no_is_an_answer() {
    let address = [&navigation::origin().unwrap(), "/there/is/no/such/thing"].concat();
    for request in [get(&address), post(&address, false), post(&address, true)] {
        let answer = sent(request).await.unwrap();
        assert!(answer.status >= 400, "{}", answer.status);
        assert!(answer.body.is_none());
    }
}

#[wasm_bindgen_test]
async fn json_is_read_from_an_answer() {
    let blob = js(
        "URL.createObjectURL(new Blob(['{\"issuer\":\"x\",\"n\":[1,null]}'], { type: 'application/json' }))",
    );
    let answer = sent(get(&blob.as_string().unwrap())).await.unwrap();
    let body = answer.body.unwrap();
    assert_eq!(body.member("issuer").text(), Some("x"));
}

#[wasm_bindgen_test]
async fn a_body_without_end_is_not_taken() {
    // DISC-5, TOK-18, A22
    let blob = js("URL.createObjectURL(new Blob(['\"' + 'x'.repeat(1 << 20) + '\"']))");
    assert_eq!(
        sent(get(&blob.as_string().unwrap())).await,
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
        assert_eq!(sent(request).await, Err(Failure::Network));
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_does_not_come_in_time_is_a_timeout() {
    // TOK-2. Nothing is as sure to be late as what has no time at all.
    let slow = Stub::put(
        "globalThis",
        "fetch",
        "{ value: (url, init) => new Promise((resolve, reject) => \
         init.signal.addEventListener('abort', () => reject(init.signal.reason))) }",
    );
    for timeout_ms in [0, 50] {
        let late = Request {
            timeout_ms,
            ..get(&navigation::origin().unwrap())
        };
        assert_eq!(sent(late).await, Err(Failure::Timeout));
    }
    drop(slow);
    assert!(sent(get(&navigation::origin().unwrap())).await.is_ok());
}

#[wasm_bindgen_test]
async fn a_request_carries_no_cookie_no_referrer_and_is_neither_cached_nor_redirected() {
    // REV-12. REV-13, a beacon, is not needed: `keepalive` outlives the page too, and tells what came of it.
    // TOK-1, TOK-2, TOK-19, DISC-5, REV-2, REV-12, REV-15, A18
    let form = "accept=application/json content-type=application/x-www-form-urlencoded";
    let plain = "accept=application/json";
    let address = [&navigation::origin().unwrap(), "/revoke"].concat();
    for (request, method, keepalive, headers) in [
        (post(&address, true), "POST", "true", form),
        (post(&address, false), "POST", "false", form),
        (get(&address), "GET", "false", plain),
    ] {
        let same = ["omit", "no-store", "error", "no-referrer"];
        let mut expected = vec![method];
        expected.extend(same);
        expected.extend([keepalive, headers]);
        assert_eq!(as_seen_by_fetch(request).await, expected);
    }
}

/// What a request looks like to the browser's `fetch`.
async fn as_seen_by_fetch(request: Request) -> Vec<String> {
    let stub = Stub::put(
        "globalThis",
        "fetch",
        "{ value: async (url, init) => { const request = new Request(url, init); \
         globalThis.seen = [request.method, request.credentials, request.cache, request.redirect, request.referrerPolicy, \
         String(request.keepalive), [...request.headers].map(([name, value]) => name + '=' + value).sort().join(' ')]; \
         return new Response('{}'); } }",
    );
    sent(request).await.unwrap();
    drop(stub);
    js_sys::Array::from(&js("globalThis.seen"))
        .iter()
        .map(|value| value.as_string().unwrap())
        .collect()
}

#[wasm_bindgen_test]
async fn a_time_that_no_timer_can_count_is_not_over_at_once() {
    // The app may ask for a month; a timer takes 24 days, and more as none.
    let stub = Stub::put(
        "globalThis",
        "fetch",
        "{ value: (url, init) => new Promise((resolve, reject) => { setTimeout(() => resolve(new Response('{}')), 50); \
         init.signal.addEventListener('abort', () => reject(init.signal.reason)); }) }",
    );
    let patient = Request {
        timeout_ms: 2_592_000_000,
        ..get(&navigation::origin().unwrap())
    };
    let answer = sent(patient).await;
    drop(stub);
    assert!(answer.is_ok(), "{answer:?}");
}

#[wasm_bindgen_test]
async fn a_browser_that_knows_it_is_offline_says_so() {
    // TOK-10
    let offline = Stub::put("navigator", "onLine", "{ value: false }");
    let answer = sent(get("http://127.0.0.1:1/")).await;
    drop(offline);
    assert_eq!(answer, Err(Failure::Offline));
}

#[wasm_bindgen_test]
async fn an_address_that_is_none_is_a_failure_and_throws_nothing() {
    for address in ["", "http://", "http://user:word@127.0.0.1/", "x:y"] {
        let answer = sent(get(address)).await;
        // The empty one is the page's own.
        assert!(
            address.is_empty() || answer == Err(Failure::Network),
            "{address}"
        );
    }
}
