//! The client: the npm package's own JavaScript around the core of this module.

use core::convert::Infallible;
use core::fmt;
use core::future::Future;

use js_sys::Function;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{
    AccessTokenOptions, AuthError, Capabilities, ClientOptions, Event, LoginOptions, LogoutOptions,
    LogoutReport, RedirectResult, Snapshot, User,
};
use crate::browser::page::Page;
use crate::client::Core;
use crate::protocol::Code;
use crate::session::{Id, Status};

/// One app's sign-in at one provider. A clone is the same client.
///
/// ```no_run
/// # async fn app() -> Result<(), nightlatch::AuthError> {
/// use nightlatch::{Client, ClientOptions, LogoutOptions, LogoutScope};
///
/// let options = ClientOptions::new("https://id.example.com", "app", "https://app.example.com/callback")
///     .scope("openid profile offline_access");
/// let auth = Client::new(options).await?;
/// auth.handle_redirect_callback(None).await?;
/// let report = auth.logout(LogoutOptions::default().scope(LogoutScope::Provider)).await?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Client(javascript::Client);

impl Client {
    /// Reads the session of this browser and hands out a client.
    ///
    /// # Errors
    /// `invalid_options`, `insecure_endpoint` or `insecure_context` for what cannot be right.
    pub async fn new(options: ClientOptions) -> Result<Self, AuthError> {
        let client = javascript::create_client(&core(), &write(&options)).await;
        Ok(Self(client.map_err(fault)?.unchecked_into()))
    }

    /// Leaves the page for the provider's sign-in (RFC 6749 §4.1, RFC 7636). It gives an error when that cannot be begun, and
    /// never returns otherwise.
    ///
    /// # Errors
    /// `invalid_options`, `redirect_refused`, `storage_unavailable`, `login_required`, and those of discovery.
    pub async fn login(&self, options: LoginOptions) -> Result<Infallible, AuthError> {
        self.0.login(&write(&options)).await.map_err(fault)?;
        // The page is on its way.
        core::future::pending().await
    }

    /// Takes the provider's answer out of an address and completes the sign-in or the sign-out. Without an address it is the
    /// page's own, which is then cleaned. `None`: the address is not an answer. Calls for one answer share one result and one
    /// token request.
    ///
    /// # Errors
    /// Those of a sign-in: `state_mismatch`, `authorization_refused`, `token_refused`, `id_token_invalid`,
    /// `sign_in_superseded` and the like.
    pub async fn handle_redirect_callback(
        &self,
        url: Option<&str>,
    ) -> Result<Option<RedirectResult>, AuthError> {
        let result = self.0.handle_redirect_callback(url).await.map_err(fault)?;
        read(result)
    }

    /// An access token that is good for `min_validity`; refreshed first where it is not, once for all tabs.
    ///
    /// # Errors
    /// `login_required` when nobody is signed in, and those of a refresh.
    pub async fn access_token(&self, options: AccessTokenOptions) -> Result<String, AuthError> {
        read(
            self.0
                .get_access_token(&write(&options))
                .await
                .map_err(fault)?,
        )
    }

    /// The browser's `fetch` with the access token for allowed addresses, and without it for all others. `input` is an
    /// address or a [`web_sys::Request`]. What has an `Authorization` header of its own is sent as it is. Redirects are
    /// refused, a 401 is tried once more with a new token, and the call ends with the session.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn fetch(&self, input: impl Into<JsValue>) -> Result<web_sys::Response, FetchError> {
        match self.0.fetch(&input.into()).await {
            Ok(response) => Ok(response.unchecked_into()),
            Err(error) => Err(match serde_wasm_bindgen::from_value(error.clone()) {
                Ok(error) => FetchError::Auth(error),
                Err(_) => FetchError::Browser(error),
            }),
        }
    }

    /// The claims of the signed-in user's ID token.
    pub fn user(&self) -> Option<User> {
        self.snapshot().user
    }

    /// Whether somebody is signed in.
    pub fn is_authenticated(&self) -> bool {
        self.snapshot().is_authenticated
    }

    /// Where the client stands.
    pub fn status(&self) -> Status {
        self.snapshot().status
    }

    /// This moment of the client.
    pub fn snapshot(&self) -> Snapshot {
        read(self.0.get_snapshot()).unwrap_or_else(|_| Snapshot::nobody())
    }

    /// Calls the listener after every change of [`Client::snapshot`].
    pub fn subscribe(&self, listener: impl Fn() + 'static) -> Subscription {
        let listener = Closure::<dyn Fn()>::new(listener);
        Subscription(vec![self.0.subscribe(&listener.into_js_value())])
    }

    /// Tells the listener what happens.
    pub fn on(&self, listener: impl Fn(Event) + 'static) -> Subscription {
        let listener = std::rc::Rc::new(listener);
        let ends = EVENTS.iter().map(|(name, parse)| {
            let listener = listener.clone();
            let closure = Closure::<dyn Fn(JsValue)>::new(move |detail| {
                if let Some(event) = parse(detail) {
                    listener(event);
                }
            });
            self.0.on(name, &closure.into_js_value())
        });
        Subscription(ends.collect())
    }

    /// Signs out. This tab and everything stored are done before the first network answer is awaited, whatever the network
    /// does. Calls that overlap share one sign-out. It begins with the call: a future that is dropped stops nothing.
    ///
    /// # Errors
    /// `invalid_options`, `redirect_refused`, `client_closed`: a caller's mistake. Never for what a server did: the report
    /// says it.
    pub fn logout(
        &self,
        options: LogoutOptions,
    ) -> impl Future<Output = Result<LogoutReport, AuthError>> + use<> {
        let report = self.0.logout(&write(&options));
        async move { read(JsFuture::from(report).await.map_err(fault)?) }
    }

    /// What a sign-out can reach, before it is called. Asks for the provider's metadata where it is not known, and changes
    /// nothing.
    ///
    /// # Errors
    /// `client_closed`.
    pub async fn capabilities(&self) -> Result<Capabilities, AuthError> {
        read(self.0.capabilities().await.map_err(fault)?)
    }

    /// Has the app's own clean-up run in this tab whenever a session ends here, for whatever reason. Cleaners begin together,
    /// before anything is wiped, and each has two seconds. One that gives an error or hangs stops nothing; the report names it.
    pub fn on_logout<F>(&self, name: &str, cleaner: impl Fn() -> F + 'static) -> Subscription
    where
        F: Future<Output = Result<(), JsValue>> + 'static,
    {
        let cleaner = Closure::<dyn Fn() -> js_sys::Promise>::new(move || {
            let work = cleaner();
            future_to_promise(async move { work.await.map(|()| JsValue::UNDEFINED) })
        });
        let named = js_sys::Object::new();
        let _ = js_sys::Reflect::set(&named, &"name".into(), &name.into());
        Subscription(vec![self.0.on_logout(&cleaner.into_js_value(), &named)])
    }

    /// Lets go of channel, listeners and cleaners, and ends the calls of [`Client::fetch`]. The session stays. A client that
    /// is dropped is not closed.
    pub fn close(&self) {
        self.0.close();
    }
}

/// A subscription, which ends when it is dropped.
#[derive(Debug)]
#[must_use = "a subscription ends when it is dropped"]
pub struct Subscription(Vec<Function>);

impl Subscription {
    /// Lets it last as long as the client.
    pub fn forget(mut self) {
        self.0.clear();
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        for end in &self.0 {
            let _ = end.call0(&JsValue::UNDEFINED);
        }
    }
}

/// Why [`Client::fetch`] has no response.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FetchError {
    /// There is no token for it.
    Auth(AuthError),
    /// The browser's own: an `AbortError` when the session has ended, a `TypeError` where there is no answer.
    Browser(JsValue),
}

impl fmt::Display for FetchError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auth(error) => error.fmt(formatter),
            Self::Browser(error) => formatter.write_str(&text(error)),
        }
    }
}

impl core::error::Error for FetchError {}

impl From<AuthError> for FetchError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

/// What makes the core of a client: from options and page to what it is told by.
fn core() -> JsValue {
    let make = |options: JsValue, page: Page| {
        let core = Core::new(&options, page)?;
        let tell = move |name: String, id: Id, part: u8, value: JsValue| {
            core.tell(&name, id, part, &value)
        };
        // The engine frees both when nobody can reach them any more: a late answer may come after `close`.
        Ok(Closure::<dyn Fn(String, Id, u8, JsValue) -> JsValue>::new(tell).into_js_value())
    };
    Closure::<dyn Fn(JsValue, Page) -> Result<JsValue, JsValue>>::new(make).into_js_value()
}

fn write(options: &impl Serialize) -> JsValue {
    // Nothing in them fails to be written.
    options
        .serialize(&Serializer::json_compatible())
        .unwrap_or_default()
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, AuthError> {
    serde_wasm_bindgen::from_value(value)
        .map_err(|error| AuthError::new(Code::InvalidResponse, error.to_string()))
}

/// What was thrown, as an error.
fn fault(thrown: JsValue) -> AuthError {
    let message = text(&thrown);
    serde_wasm_bindgen::from_value(thrown)
        .unwrap_or_else(|_| AuthError::new(Code::InvalidOptions, message))
}

fn text(thrown: &JsValue) -> String {
    js_sys::Object::from(thrown.clone()).to_string().into()
}

type Parse = fn(JsValue) -> Option<Event>;

const EVENTS: [(&str, Parse); 5] = [
    ("refreshFailed", |detail| {
        let error = fault(member(&detail, "error"));
        Some(Event::RefreshFailed { error })
    }),
    ("signedIn", |detail| {
        let user = read(member(&detail, "user")).ok()?;
        Some(Event::SignedIn { user })
    }),
    ("signedOut", |detail| {
        let reason = read(member(&detail, "reason")).ok()?;
        Some(Event::SignedOut { reason })
    }),
    ("stepUpRequired", |detail| {
        read(detail).ok().map(Event::StepUpRequired)
    }),
    ("tokenRefreshed", |detail| {
        let expires_at = read(member(&detail, "expiresAt")).ok()?;
        Some(Event::TokenRefreshed { expires_at })
    }),
];

fn member(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &name.into()).unwrap_or_default()
}

mod javascript {
    use js_sys::{Function, Object, Promise};
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/src/surface/client.js")]
    extern "C" {
        #[wasm_bindgen(js_name = createClient, catch)]
        pub(super) async fn create_client(
            core: &JsValue,
            options: &JsValue,
        ) -> Result<JsValue, JsValue>;
    }

    #[wasm_bindgen]
    extern "C" {
        /// `Client` of `index.d.ts`.
        #[derive(Clone, Debug, PartialEq)]
        pub(super) type Client;

        #[wasm_bindgen(method, catch)]
        pub(super) async fn login(this: &Client, options: &JsValue) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(method, js_name = handleRedirectCallback, catch)]
        pub(super) async fn handle_redirect_callback(
            this: &Client,
            url: Option<&str>,
        ) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(method, js_name = getAccessToken, catch)]
        pub(super) async fn get_access_token(
            this: &Client,
            options: &JsValue,
        ) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(method, catch)]
        pub(super) async fn fetch(this: &Client, input: &JsValue) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(method, js_name = getSnapshot)]
        pub(super) fn get_snapshot(this: &Client) -> JsValue;
        #[wasm_bindgen(method)]
        pub(super) fn subscribe(this: &Client, listener: &JsValue) -> Function;
        #[wasm_bindgen(method)]
        pub(super) fn on(this: &Client, name: &str, listener: &JsValue) -> Function;
        #[wasm_bindgen(method)]
        pub(super) fn logout(this: &Client, options: &JsValue) -> Promise;
        #[wasm_bindgen(method, catch)]
        pub(super) async fn capabilities(this: &Client) -> Result<JsValue, JsValue>;
        #[wasm_bindgen(method, js_name = onLogout)]
        pub(super) fn on_logout(this: &Client, cleaner: &JsValue, options: &Object) -> Function;
        #[wasm_bindgen(method)]
        pub(super) fn close(this: &Client);
    }
}
