//! An app of Yew that signs in, asks an API and signs out.

use std::error::Error;
use std::future::Future;

use nightlatch::{
    Client, ClientOptions, Event, LoginOptions, LogoutOptions, LogoutReport, LogoutScope,
    RedirectResult, Snapshot,
};
use serde::Deserialize;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Where this app's provider and API are, as its server says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    issuer: String,
    client_id: String,
    api: String,
}

#[derive(Deserialize)]
struct Me {
    name: String,
}

#[derive(PartialEq, Properties)]
struct Session {
    auth: Client,
    api: AttrValue,
    /// What came of a sign-out that left for the provider.
    report: AttrValue,
}

fn main() {
    spawn_local(async {
        match begin().await {
            Ok(session) => drop(yew::Renderer::<App>::with_props(session).render()),
            Err(error) => web_sys::console::error_1(&error.to_string().into()),
        }
    });
}

async fn begin() -> Result<Session> {
    let config: Config = gloo_net::http::Request::get("/config.json")
        .send()
        .await?
        .json()
        .await?;
    let origin = web_sys::window()
        .map(|window| window.origin())
        .unwrap_or_default();
    let options = ClientOptions::new(
        config.issuer,
        config.client_id,
        format!("{origin}/callback"),
    )
    .post_logout_redirect_uri(format!("{origin}/"))
    .scope("openid profile offline_access")
    .allowed_origins([config.api.clone()]);
    let auth = Client::new(options).await?;
    // Runs in every tab, whenever a session ends.
    auth.on_logout("title", || async {
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(document) = document {
            document.set_title("Signed out");
        }
        Ok(())
    })
    .forget();
    let report = match auth.handle_redirect_callback(None).await? {
        Some(RedirectResult::Logout { report, .. }) => serde_json::to_string(&report)?,
        _ => String::new(),
    };
    Ok(Session {
        auth,
        api: config.api.into(),
        report: report.into(),
    })
}

#[component]
fn App(Session { auth, api, report }: &Session) -> Html {
    let snapshot = use_snapshot(auth);
    let event = use_event(auth);
    let name = use_state(AttrValue::default);
    let report = use_state(|| report.clone());
    let error = use_state(AttrValue::default);

    let calls = Calls {
        auth: auth.clone(),
        error: error.setter(),
    };
    let enter = calls.on_click(|auth| async move {
        let Err(error) = auth.login(LoginOptions::default()).await;
        Err(error.into())
    });
    let stray = calls.on_click(|auth| async move {
        let elsewhere = LoginOptions::default().return_to("https://elsewhere.example/");
        let Err(error) = auth.login(elsewhere).await;
        Err(error.into())
    });
    let ask = calls.on_click({
        let (api, name) = (api.clone(), name.setter());
        move |auth| {
            let (address, name) = (format!("{api}/me"), name.clone());
            async move {
                let response = auth.fetch(&address).await?;
                let me: Me = gloo_net::http::Response::from(response).json().await?;
                name.set(me.name.into());
                Ok(())
            }
        }
    });
    let sign_out = |options: LogoutOptions| {
        let report = report.setter();
        calls.on_click(move |auth| {
            let (options, report) = (options.clone(), report.clone());
            async move {
                let reached: LogoutReport = auth.logout(options).await?;
                report.set(serde_json::to_string(&reached)?.into());
                Ok(())
            }
        })
    };

    html! {
        <>
            <button id="enter" onclick={enter}>{ "Sign in" }</button>
            <button id="stray" onclick={stray}>{ "Sign in, and go elsewhere" }</button>
            <button id="ask" onclick={ask}>{ "Who am I?" }</button>
            <button id="plan" onclick={sign_out(LogoutOptions::default().dry_run(true))}>{ "What would it reach?" }</button>
            <button id="leave" onclick={sign_out(LogoutOptions::default())}>{ "Sign out" }</button>
            <button id="end" onclick={sign_out(LogoutOptions::default().scope(LogoutScope::Provider))}>{ "Sign out there too" }</button>
            <output id="status">{ snapshot.status.as_str() }</output>
            <output id="name">{ &*name }</output>
            <output id="event">{ &*event }</output>
            <output id="report">{ &*report }</output>
            <output id="error">{ &*error }</output>
        </>
    }
}

/// The client's snapshot; what uses it is drawn anew after every change.
#[hook]
fn use_snapshot(auth: &Client) -> UseStateHandle<Snapshot> {
    let snapshot = use_state_eq(|| auth.snapshot());
    let setter = snapshot.setter();
    use_effect_with(auth.clone(), move |auth| {
        let show = {
            let auth = auth.clone();
            move || setter.set(auth.snapshot())
        };
        show();
        let subscription = auth.subscribe(show);
        move || drop(subscription)
    });
    snapshot
}

/// How the last session ended.
#[hook]
fn use_event(auth: &Client) -> UseStateHandle<AttrValue> {
    let event = use_state(AttrValue::default);
    let setter = event.setter();
    use_effect_with(auth.clone(), move |auth| {
        let subscription = auth.on(move |event| {
            if let Event::SignedOut { reason } = event {
                setter.set(reason.as_str().into());
            }
        });
        move || drop(subscription)
    });
    event
}

/// What buttons do with the client.
struct Calls {
    auth: Client,
    error: UseStateSetter<AttrValue>,
}

impl Calls {
    fn on_click<F>(&self, work: impl Fn(Client) -> F + 'static) -> Callback<MouseEvent>
    where
        F: Future<Output = Result<()>> + 'static,
    {
        let (auth, error) = (self.auth.clone(), self.error.clone());
        Callback::from(move |_| {
            let (work, error) = (work(auth.clone()), error.clone());
            spawn_local(async move {
                if let Err(fault) = work.await {
                    error.set(fault.to_string().into());
                }
            });
        })
    }
}
