//! What an app passes is what the core reads.

use std::time::Duration;

use nightlatch::protocol::options::{Options, Place, Reach};
use nightlatch::{
    AccessTokenOptions, Application, Clear, ClearLists, ClientOptions, Csrf, EndSessionMethod,
    LoginOptions, LogoutOptions, LogoutReason, LogoutScope, PromptAfterLogout, ProviderMetadata,
    Restored, RevocationReach, Revoke, StepUp, StorageKind, Which,
};
use serde::Serialize;
use serde_json::{Value, json};

#[test]
fn what_is_left_out_is_not_passed() {
    let options = ClientOptions::new(
        "https://id.example.com",
        "app",
        "https://app.example.com/callback",
    );
    assert_eq!(
        written(&options),
        json!({ "issuer": "https://id.example.com", "clientId": "app", "redirectUri": "https://app.example.com/callback" })
    );
    assert_eq!(written(&LoginOptions::default()), json!({}));
    assert_eq!(written(&LogoutOptions::default()), json!({}));
}

#[test]
fn the_core_reads_every_option_of_the_client() {
    let mut json = written(&of_the_client());
    // `pkg/index.js` passes its address on.
    json["application"] = json["application"]["url"].clone();
    let json = serde_json::from_value(json).unwrap();
    let options = Options::parse(&json, "https://app.example.com").unwrap();

    assert_eq!(options.issuer, "https://id.example.com");
    assert!(options.metadata.unwrap().revocation_endpoint.is_some());
    assert_eq!(options.client_id, "app");
    assert_eq!(options.redirect_uri, "https://app.example.com/callback");
    assert_eq!(
        options.post_logout_redirect_uri.as_deref(),
        Some("https://app.example.com/bye")
    );
    assert!(options.end_session_by_post);
    assert_eq!(options.scope, "openid profile");
    assert_eq!(options.place, Place::Tab);
    assert_eq!(
        options.allowed_origins,
        ["https://api.example.com", "https://app.example.com"]
    );
    assert_eq!(options.allowed_redirects, ["https://www.example.com"]);
    assert_eq!(
        serde_json::to_value(options.clear.json()).unwrap(),
        written(&lists())
    );
    assert!(options.application);
    assert_eq!(options.reach, Reach::User);
    assert_eq!(options.prompt_after_logout, "select_account");
    assert_eq!(options.restored.text(), Some("/gone"));
    assert_eq!(options.limits.idle_ms, 900_000);
    assert_eq!(options.limits.max_ms, 28_800_000);
    assert_eq!(options.clock_skew_ms, 1_500);
    assert!(options.unsigned);
    assert_eq!(options.request_timeout_ms, 3_000);
}

#[test]
fn the_application_is_told_as_in_javascript() {
    assert_eq!(
        written(&application()),
        json!({
            "url": "/session/end", "method": "DELETE", "headers": { "X-App": "1" },
            "csrf": { "cookie": "XSRF", "header": "X-XSRF" },
        })
    );
    assert_eq!(written(&Csrf::meta("csrf")), json!({ "meta": "csrf" }));
}

#[test]
fn what_is_wiped_is_told_as_in_javascript() {
    assert_eq!(written(&Clear::Own), json!("own"));
    assert_eq!(written(&Clear::All), json!("all"));
    assert_eq!(
        written(&Clear::from(lists())),
        json!({
            "localStorage": true, "sessionStorage": ["draft*"], "indexedDB": ["books"], "caches": ["v1"],
            "cookies": ["hint"], "serviceWorkers": ["/sw.js"], "keep": ["theme"],
        })
    );
}

#[test]
fn a_sign_in_is_asked_for_as_in_javascript() {
    assert_eq!(
        written(&of_a_login()),
        json!({
            "returnTo": "/inbox", "prompt": "consent", "loginHint": "ada", "maxAge": 0.0, "acrValues": "mfa",
            "scope": "read", "extraParams": { "resource": ["https://a.example", "https://b.example"], "ui_locales": "de" },
        })
    );
}

#[test]
fn what_an_api_asks_for_is_asked_of_the_next_sign_in() {
    let asked: StepUp =
        serde_json::from_value(json!({ "acrValues": "mfa", "maxAge": 300 })).unwrap();
    assert_eq!(
        written(&LoginOptions::from(asked)),
        json!({ "acrValues": "mfa", "maxAge": 300.0 })
    );
}

#[test]
fn a_sign_out_is_asked_for_as_in_javascript() {
    assert_eq!(
        written(&of_a_logout()),
        json!({
            "scope": "provider", "revoke": "grant", "extraParams": { "logout_hint": "ada" }, "clear": "all",
            "reason": "providerSessionEnded", "redirectTo": "/bye", "timeout": 0.25, "dryRun": true,
        })
    );
    assert_eq!(
        written(&LogoutOptions::default().revoke(false)),
        json!({ "revoke": false })
    );
    assert_eq!(
        written(&LogoutOptions::default().revoke(Revoke::Yes)),
        json!({ "revoke": true })
    );
}

pub(crate) fn of_the_client() -> ClientOptions {
    ClientOptions::new(
        "https://id.example.com",
        "app",
        "https://app.example.com/callback",
    )
    .metadata(metadata())
    .post_logout_redirect_uri("https://app.example.com/bye")
    .end_session_method(EndSessionMethod::Post)
    .scope("profile")
    .storage(StorageKind::Tab)
    .allowed_origins(["https://api.example.com", "https://app.example.com"])
    .allowed_redirects(vec!["https://www.example.com"])
    .clear(lists())
    .application(application())
    .revocation_reach(RevocationReach::User)
    .prompt_after_logout(PromptAfterLogout::SelectAccount)
    .restored(Restored::At("/gone".to_owned()))
    .idle_timeout(Duration::from_secs(900))
    .max_session(Duration::from_secs(8 * 3600))
    .keep_signed_in(Duration::from_secs(3600))
    .clock_skew(Duration::from_millis(1_500))
    .dangerously_skip_id_token_signature(true)
    .request_timeout(Duration::from_secs(3))
}

pub(crate) fn metadata() -> ProviderMetadata {
    ProviderMetadata::new(
        "https://id.example.com",
        "https://id.example.com/auth",
        "https://id.example.com/token",
    )
    .revocation_endpoint("https://id.example.com/revoke")
    .end_session_endpoint("https://id.example.com/end")
    .jwks_uri("https://id.example.com/keys")
    .authorization_response_iss_parameter_supported(true)
    .code_challenge_methods_supported(["S256"])
}

pub(crate) fn application() -> Application {
    Application::new("/session/end")
        .method("DELETE")
        .headers([("X-App", "1")])
        .csrf(Csrf::cookie("XSRF").header("X-XSRF"))
}

pub(crate) fn lists() -> ClearLists {
    ClearLists::default()
        .local_storage(Which::All)
        .session_storage(["draft*"])
        .indexed_db(["books"])
        .caches(["v1"])
        .cookies(["hint"])
        .service_workers(["/sw.js"])
        .keep(["theme"])
}

pub(crate) fn of_a_login() -> LoginOptions {
    LoginOptions::default()
        .return_to("/inbox")
        .prompt("consent")
        .login_hint("ada")
        .max_age(Duration::ZERO)
        .acr_values("mfa")
        .scope("read")
        .extra_params([
            ("resource", "https://a.example"),
            ("ui_locales", "de"),
            ("resource", "https://b.example"),
        ])
}

pub(crate) fn of_a_logout() -> LogoutOptions {
    LogoutOptions::default()
        .scope(LogoutScope::Provider)
        .revoke(Revoke::Grant)
        .extra_params([("logout_hint", "ada")])
        .clear(Clear::All)
        .reason(LogoutReason::ProviderSessionEnded)
        .redirect_to("/bye")
        .timeout(Duration::from_millis(250))
        .dry_run(true)
}

pub(crate) fn of_a_token() -> AccessTokenOptions {
    AccessTokenOptions::default()
        .min_validity(Duration::from_secs(60))
        .force_refresh(true)
}

fn written(options: &impl Serialize) -> Value {
    serde_json::to_value(options).unwrap()
}
