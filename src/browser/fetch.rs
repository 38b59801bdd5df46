//! One protocol request: no cookies, no cache, no referrer, no redirect, and an end in time.

use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{
    AbortController, Headers, ReferrerPolicy, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect, Window,
};

use super::{json, settled};
use crate::protocol::message::MAX_BODY;
use crate::protocol::{Answer, Failure, Request, Response};

/// Sends a request.
pub(crate) async fn send(request: Request) -> Answer {
    let (Some(window), Ok(controller)) = (web_sys::window(), AbortController::new()) else {
        return Err(Failure::Network);
    };
    let abort = Closure::once_into_js({
        let controller = controller.clone();
        move || controller.abort()
    });
    let timeout = i32::try_from(request.timeout_ms).unwrap_or(i32::MAX);
    let timer = window
        .set_timeout_with_callback_and_timeout_and_arguments_0(abort.unchecked_ref(), timeout);
    let answer = exchange(&window, &request, &controller).await;
    if let Ok(timer) = timer {
        window.clear_timeout_with_handle(timer);
    }
    answer.unwrap_or_else(|_| {
        Err(if controller.signal().aborted() {
            Failure::Timeout
        } else if window.navigator().on_line() {
            Failure::Network
        } else {
            Failure::Offline
        })
    })
}

async fn exchange(
    window: &Window,
    request: &Request,
    controller: &AbortController,
) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/json")?;
    let init = RequestInit::new();
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    init.set_signal(Some(&controller.signal()));
    if let Some(form) = &request.form {
        headers.set("Content-Type", "application/x-www-form-urlencoded")?;
        init.set_method("POST");
        init.set_body(&form.0.reveal().into());
        // web-sys has no setter for it.
        js_sys::Reflect::set(&init, &"keepalive".into(), &request.keepalive.into())?;
    }
    init.set_headers(&headers);
    let response = settled(&window.fetch_with_str_and_init(&request.url, &init)).await?;
    let response: &web_sys::Response = response.unchecked_ref();
    let text = settled(&response.text()?.into())
        .await?
        .as_string()
        .unwrap_or_default();
    if text.len() > MAX_BODY {
        return Ok(Err(Failure::TooLarge));
    }
    Ok(Ok(Response {
        status: response.status(),
        body: json::parse(&text),
    }))
}
