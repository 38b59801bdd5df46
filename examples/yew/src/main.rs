//! An app of Yew that signs in, asks an API and signs out.

use std::error::Error;
use std::future::Future;

use nightlatch::{Client, ClientOptions, LoginOptions, LogoutOptions, Snapshot};
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
}

fn main() {
    spawn_local(logged(async {
        let session = begin().await?;
        yew::Renderer::<App>::with_props(session).render();
        Ok(())
    }));
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
    .scope("openid profile offline_access")
    .allowed_origins([config.api.clone()]);
    let auth = Client::new(options).await?;
    auth.handle_redirect_callback(None).await?;
    Ok(Session {
        auth,
        api: config.api.into(),
    })
}

#[component]
fn App(Session { auth, api }: &Session) -> Html {
    let snapshot = use_snapshot(auth);
    let name = use_state(String::new);
    let report = use_state(String::new);

    let enter = on_click(auth, |auth| async move {
        let Err(error) = auth.login(LoginOptions::default()).await;
        Err(error.into())
    });
    let ask = on_click(auth, {
        let (api, name) = (api.clone(), name.setter());
        move |auth| {
            let (address, name) = (format!("{api}/me"), name.clone());
            async move {
                let response = auth.fetch(&address).await?;
                let me: Me = gloo_net::http::Response::from(response).json().await?;
                name.set(me.name);
                Ok(())
            }
        }
    });
    let leave = on_click(auth, {
        let report = report.setter();
        move |auth| {
            let report = report.clone();
            async move {
                let reached = auth.logout(LogoutOptions::default()).await?;
                report.set(serde_json::to_string(&reached)?);
                Ok(())
            }
        }
    });

    html! {
        <>
            <button id="enter" onclick={enter}>{ "Sign in" }</button>
            <button id="ask" onclick={ask}>{ "Who am I?" }</button>
            <button id="leave" onclick={leave}>{ "Sign out" }</button>
            <output id="status">{ snapshot.status.as_str() }</output>
            <output id="name">{ (*name).clone() }</output>
            <output id="report">{ (*report).clone() }</output>
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

fn on_click<F>(auth: &Client, work: impl Fn(Client) -> F + 'static) -> Callback<MouseEvent>
where
    F: Future<Output = Result<()>> + 'static,
{
    let auth = auth.clone();
    Callback::from(move |_| spawn_local(logged(work(auth.clone()))))
}

async fn logged(work: impl Future<Output = Result<()>>) {
    if let Err(error) = work.await {
        web_sys::console::error_1(&error.to_string().into());
    }
}
