//! JSON by the engine, and values that cross the boundary.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::browser::json;
use crate::kit::{invoke, js, member};

#[wasm_bindgen_test]
fn text_is_read_and_printed_as_the_engine_does() {
    for text in [
        "null",
        "true",
        "0",
        "-1.5",
        "1790000000000",
        "9007199254740991",
        "\"\"",
        "\"a\\\"\\\\\\n\u{e9}\u{1f512}\"",
        "[]",
        "{}",
        "[1,[2,[null,{}]],\"x\"]",
        r#"{"b":1,"a":{"c":[true,false,null]}}"#,
        r#"{"":1,"constructor":2,"toString":3,"hasOwnProperty":4}"#,
    ] {
        assert_eq!(json::print(&json::parse(text).unwrap()), text);
    }
}

#[wasm_bindgen_test]
fn text_that_is_no_json_is_nothing() {
    for text in [
        "",
        "{",
        "undefined",
        "NaN",
        "<html>",
        "{'a':1}",
        "[1,]",
        "01",
        "\u{0}",
    ] {
        assert!(json::parse(text).is_none(), "{text}");
    }
}

#[wasm_bindgen_test]
fn a_member_named_proto_is_left_out() {
    // TOK-17, IDT-14, A11
    let text = r#"{"__proto__":{"access_token":"evil","isAdmin":true},"token_type":"Bearer"}"#;
    let read = json::parse(text).unwrap();
    assert!(read.member("access_token").is_null());
    assert_eq!(json::print(&read), r#"{"token_type":"Bearer"}"#);
}

#[wasm_bindgen_test]
fn a_member_named_proto_changes_no_prototype_of_what_the_app_gets() {
    // IDT-14
    let read = json::parse(r#"{"sub":"ada","__proto__":{"isAdmin":true}}"#).unwrap();
    assert!(member(&json::write(&read), "isAdmin").is_undefined());
    assert!(js("({}).isAdmin").is_undefined());
}

#[wasm_bindgen_test]
fn what_the_app_gets_is_plain() {
    let value = json::write(&json::parse(r#"{"a":[1,{"b":null}],"c":"d"}"#).unwrap());
    let text = invoke(&js("JSON"), "stringify", std::slice::from_ref(&value));
    assert_eq!(text.as_string().unwrap(), r#"{"a":[1,{"b":null}],"c":"d"}"#);
    assert!(js("Object.prototype").eq(&invoke(&js("Object"), "getPrototypeOf", &[value])));
}

#[wasm_bindgen_test]
fn values_of_the_app_are_copied_by_their_own_members() {
    let inherited = js("Object.create({ scope: 'tab' }, { own: { value: 1, enumerable: true } })");
    let read = json::read(&inherited).unwrap();
    assert!(read.member("scope").is_null());
    assert_eq!(read.member("own").count(), Some(1));
    assert!(json::read(&JsValue::UNDEFINED).unwrap().is_null());
}

#[wasm_bindgen_test]
fn what_json_does_not_have_is_refused() {
    for odd in [
        "() => 1",
        "Symbol('x')",
        "10n",
        "({ a: () => 1 })",
        "[Symbol('x')]",
    ] {
        assert!(json::read(&js(odd)).is_none(), "{odd}");
    }
    // A circle ends, too.
    assert!(json::read(&js("(() => { const a = {}; a.a = a; return a; })()")).is_none());
}
