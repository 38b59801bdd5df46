//! What an app passes. Whatever is left out has the default of `pkg/index.d.ts`.

use core::time::Duration;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::protocol::options::{Place as StorageKind, Reach as RevocationReach};
use crate::session::Scope as LogoutScope;

/// Options with a function for each, which puts it in place.
macro_rules! options {
    (
        $(#[$meta:meta])*
        $name:ident ($($(#[$new:meta])* $($need:ident),+)?) {
            $($(#[$about:meta])* $field:ident $(as $name_there:literal)?: $kind:ty,)*
        }
    ) => {
        #[derive(Clone, Debug, PartialEq, Serialize)]
        $(#[$meta])*
        pub struct $name {
            $($($need: String,)+)?
            $(
                #[serde(skip_serializing_if = "Option::is_none" $(, rename = $name_there)?)]
                $field: Option<$kind>,
            )*
        }

        impl $name {
            $(
                $(#[$new])*
                pub fn new($($need: impl Into<String>),+) -> Self {
                    Self { $($need: $need.into(),)+ ..Self::none() }
                }
            )?

            const fn none() -> Self {
                Self { $($($need: String::new(),)+)? $($field: None,)* }
            }

            $(
                $(#[$about])*
                #[must_use]
                pub fn $field(mut self, $field: impl Into<$kind>) -> Self {
                    self.$field = Some($field.into());
                    self
                }
            )*
        }
    };
    ($(#[$meta:meta])* $name:ident { $($options:tt)* }) => {
        options! { $(#[$meta])* $name() { $($options)* } }

        impl Default for $name {
            fn default() -> Self {
                Self::none()
            }
        }
    };
}

options! {
    /// How `Client::new` finds and talks to the provider.
    #[serde(rename_all = "camelCase")]
    ClientOptions(
        /// The options that every app has.
        ///
        /// - `issuer`: the provider's issuer identifier, character for character as its metadata states it (OpenID Connect
        ///   Discovery 1.0 §4.3). `https`, or plain `http` on a loopback host while the page itself stands on one.
        /// - `client_id`: the identifier of this public client at the provider (RFC 6749 §2.2).
        /// - `redirect_uri`: the address the provider sends the user back to after a sign-in: absolute, on this page's
        ///   origin, without a fragment (RFC 6749 §3.1.2). An app with several providers has one for each (RFC 9700 §4.4.2).
        issuer, client_id, redirect_uri
    ) {
        /// The provider's metadata, for a provider without discovery. With it no discovery request is made.
        metadata: ProviderMetadata,
        /// The address the provider sends the user back to after a sign-out: absolute, on this page's origin (OpenID
        /// Connect RP-Initiated Logout 1.0 §3). Default: the provider keeps the user.
        post_logout_redirect_uri: String,
        /// How the page leaves for the provider's end of session. Default [`EndSessionMethod::Get`].
        end_session_method: EndSessionMethod,
        /// Space-separated scopes; `openid` is added when it is missing. Default `"openid"`.
        scope: String,
        /// Where the session is kept. Default [`StorageKind::Browser`].
        storage: StorageKind,
        /// Where `Client::fetch` may send the access token: origins, or origins with a path prefix,
        /// which ends at a segment. Default: the page's own origin.
        allowed_origins: Names,
        /// Where `return_to` and `redirect_to` may lead besides this page's own origin.
        allowed_redirects: Names,
        /// What a sign-out wipes beyond what is nightlatch's own. Default [`Clear::Own`].
        clear: Clear,
        /// How a sign-out ends the app's own session at its server. Default: it does not.
        application: Application,
        /// What a revocation ends at this provider. Default [`RevocationReach::Session`].
        revocation_reach: RevocationReach,
        /// The `prompt` of a sign-in after a sign-out with scope `Provider` whose end at the provider is not confirmed.
        /// Default [`PromptAfterLogout::Login`].
        prompt_after_logout: PromptAfterLogout,
        /// What becomes of a page that the browser brings back when its session has ended. Default [`Restored::Reload`].
        restored: Restored,
        /// How long nobody may be active in any tab before the session ends everywhere. Default: no limit.
        idle_timeout: Seconds,
        /// How long a session may last after its sign-in, whoever is active. Default: no limit.
        max_session: Seconds,
        /// How long people stay signed in when the browser is closed, counted from the sign-in. At most a year; browsers cap
        /// it too. The cookie's half of the key is then kept on the disk. Default: they do not.
        keep_signed_in: Seconds,
        /// How far the clocks of provider and browser may differ. Default 30 seconds.
        clock_skew: Seconds,
        /// Whether ID tokens are taken without a look at their signature and `at_hash`: for a provider whose keys a page
        /// cannot read (OpenID Connect Core §3.1.3.7 (6)). Default `false`.
        dangerously_skip_id_token_signature: bool,
        /// How long one request may take. Default 10 seconds.
        request_timeout: Seconds,
    }
}

options! {
    /// The members of the provider's metadata that nightlatch reads (RFC 8414 §2, OpenID Connect Discovery 1.0 §3).
    ProviderMetadata(
        /// The members that every provider has. `issuer` must equal that of the options.
        issuer, authorization_endpoint, token_endpoint
    ) {
        /// Where tokens are revoked (RFC 7009).
        revocation_endpoint: String,
        /// Where the provider's own session ends (OpenID Connect RP-Initiated Logout 1.0).
        end_session_endpoint: String,
        /// Where the keys are that sign ID tokens. Without it no ID token is proven.
        jwks_uri: String,
        /// Whether answers name their issuer (RFC 9207).
        authorization_response_iss_parameter_supported: bool,
        /// The PKCE methods (RFC 7636); `S256` has to be among them, where they are named.
        code_challenge_methods_supported: Names,
    }
}

options! {
    /// How `Client::login` asks.
    #[serde(rename_all = "camelCase")]
    LoginOptions {
        /// Where the app wants to be after the sign-in: on this page's own origin or among `allowed_redirects`, else
        /// refused. Default: the address of now.
        return_to: String,
        /// `login`, `consent`, `select_account`, `none`, or several with a space between (OpenID Connect Core 1.0
        /// §3.1.2.1).
        prompt: String,
        /// Whom the provider may suggest (OpenID Connect Core 1.0 §3.1.2.1).
        login_hint: String,
        /// How long ago the user may have proved who they are; nothing asks for it now. The answer is checked (§3.1.3.7).
        max_age: Seconds,
        /// The authentication context classes asked for, with a space between.
        acr_values: String,
        /// Scopes asked for beyond those of the client, with a space between.
        scope: String,
        /// Further parameters of the authorization request. Those that nightlatch sets itself are refused.
        extra_params: Parameters,
    }
}

options! {
    /// How `Client::logout` signs out.
    #[serde(rename_all = "camelCase")]
    LogoutOptions {
        /// What the sign-out reaches. Default [`LogoutScope::App`].
        scope: LogoutScope,
        /// Whether tokens are revoked at the provider (RFC 7009). Default [`Revoke::Yes`].
        revoke: Revoke,
        /// Further parameters of the request to the provider, such as `logout_hint` (OpenID Connect RP-Initiated Logout 1.0
        /// §2). Those that nightlatch sets itself are refused.
        extra_params: Parameters,
        /// Overrides the client's `clear` for this sign-out, in this tab.
        clear: Clear,
        /// What [`Event::SignedOut`](crate::Event::SignedOut) says in this tab. Default [`LogoutReason::Logout`].
        reason: LogoutReason,
        /// Where the app wants to be when the provider has sent the user back: on this page's own origin or among
        /// `allowed_redirects`, else refused.
        redirect_to: String,
        /// How long the network may take before the report is given without it. Default 5 seconds. The local layers never
        /// wait for it.
        timeout: Seconds,
        /// Only tells what this call would reach. Default `false`.
        dry_run: bool,
    }
}

options! {
    /// How `Client::access_token` chooses.
    #[serde(rename_all = "camelCase")]
    AccessTokenOptions {
        /// How long the token must still be good for. Default 30 seconds.
        min_validity: Seconds,
        /// Refreshes even where the token is still good. Default `false`.
        force_refresh: bool,
    }
}

options! {
    /// The request that ends the app's own session at its server, sent with cookies at every sign-out of scope `App` and
    /// above. An answer of 200 to 299 or a redirect, which is not followed, is `Ended`; every other is `Failed`.
    Application(
        /// `url` is on this page's own origin (a path will do), or under one of the `allowed_origins`.
        url
    ) {
        /// Default `"POST"`.
        method: String,
        /// Further headers.
        headers: Parameters,
        /// Where the CSRF token is read at the time of the sign-out. Default: none is sent.
        csrf: Csrf,
    }
}

options! {
    /// For each kind, what a sign-out wipes of it. A kind that is left out stays.
    #[serde(rename_all = "camelCase")]
    ClearLists {
        /// Keys.
        local_storage: Which,
        /// Keys, in each tab.
        session_storage: Which,
        /// Databases. One that somebody holds open is waited for, two seconds at most.
        indexed_db as "indexedDB": Which,
        /// Names in Cache storage.
        caches: Which,
        /// Cookies that a script can see from this page.
        cookies: Which,
        /// Registrations, by the path of their script: `"/sw.js"`.
        service_workers: Which,
        /// What stays, of whatever kind.
        keep: Names,
    }
}

/// What a sign-out wipes. nightlatch's own keys always go.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Clear {
    /// Everything of every kind in [`ClearLists`].
    All,
    /// What the lists say.
    Lists(ClearLists),
    /// nightlatch's own keys and nothing else.
    Own,
}

impl From<ClearLists> for Clear {
    fn from(lists: ClearLists) -> Self {
        Self::Lists(lists)
    }
}

impl Serialize for Clear {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Lists(lists) => lists.serialize(serializer),
            Self::Own => serializer.serialize_str("own"),
        }
    }
}

/// What goes of one kind.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Which {
    /// Everything.
    All,
    /// What has one of these names. One that ends with `*` stands for all that begin so.
    Named(Names),
}

impl<T: Into<Names>> From<T> for Which {
    fn from(names: T) -> Self {
        Self::Named(names.into())
    }
}

impl Serialize for Which {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_bool(true),
            Self::Named(names) => names.serialize(serializer),
        }
    }
}

/// Where a CSRF token is read at the time of a sign-out, and the header that carries it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Csrf {
    #[serde(skip_serializing_if = "Option::is_none")]
    cookie: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    header: Option<String>,
}

impl Csrf {
    /// In the cookie of this name; the header is `X-XSRF-TOKEN`.
    pub fn cookie(name: impl Into<String>) -> Self {
        Self {
            cookie: Some(name.into()),
            meta: None,
            header: None,
        }
    }

    /// In the `<meta>` element of this name; the header is `X-CSRF-Token`.
    pub fn meta(name: impl Into<String>) -> Self {
        Self {
            cookie: None,
            meta: Some(name.into()),
            header: None,
        }
    }

    /// Another header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = Some(name.into());
        self
    }
}

/// How the page leaves for the provider's end of session.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EndSessionMethod {
    /// The ID token stands in the address. One above 6,000 bytes is too long for that and goes by POST.
    Get,
    /// A form carries it (OpenID Connect RP-Initiated Logout 1.0 §2).
    Post,
}

/// What [`Event::SignedOut`](crate::Event::SignedOut) says of a sign-out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum LogoutReason {
    /// Somebody signed out.
    Logout,
    /// The app has found that the provider's own session is over.
    ProviderSessionEnded,
}

/// The `prompt` of a sign-in while the provider's session may have outlived a sign-out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PromptAfterLogout {
    /// `login`.
    Login,
    /// `select_account`.
    SelectAccount,
}

/// What becomes of a page that the browser brings back when its session has ended, or is another user's.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Restored {
    /// An address on this page's own origin, else refused: it is loaded in the page's place in the history.
    At(String),
    /// The page is shown when the listeners have been told [`Event::SignedOut`](crate::Event::SignedOut). They have to take
    /// away by then what is left to be seen.
    Event,
    /// The page is loaded anew.
    Reload,
}

impl Serialize for Restored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::At(address) => address,
            Self::Event => "event",
            Self::Reload => "reload",
        })
    }
}

/// Whether tokens are revoked at the provider.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Revoke {
    /// Also where that takes the user's consent along, on all devices.
    Grant,
    /// They are not.
    No,
    /// They are, but where that would take the user's consent along.
    Yes,
}

impl From<bool> for Revoke {
    fn from(revoke: bool) -> Self {
        match revoke {
            true => Self::Yes,
            false => Self::No,
        }
    }
}

impl Serialize for Revoke {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Grant => serializer.serialize_str("grant"),
            Self::No => serializer.serialize_bool(false),
            Self::Yes => serializer.serialize_bool(true),
        }
    }
}

/// A list of names or addresses, from an array or a vector.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Names(Vec<String>);

impl<T: Into<String>, const N: usize> From<[T; N]> for Names {
    fn from(names: [T; N]) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<String>> From<Vec<T>> for Names {
    fn from(names: Vec<T>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }
}

/// Names and values, from an array or a vector of pairs. A name that stands several times has several values, as `resource`
/// may have (RFC 8707 §2).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Parameters(Vec<(String, Vec<String>)>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Parameters {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut parameters: Vec<(String, Vec<String>)> = Vec::new();
        for (name, value) in pairs {
            let name = name.into();
            match parameters.iter_mut().find(|(own, _)| *own == name) {
                Some((_, values)) => values.push(value.into()),
                None => parameters.push((name, vec![value.into()])),
            }
        }
        Self(parameters)
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Parameters {
    fn from(pairs: [(K, V); N]) -> Self {
        pairs.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<String>> From<Vec<(K, V)>> for Parameters {
    fn from(pairs: Vec<(K, V)>) -> Self {
        pairs.into_iter().collect()
    }
}

impl Serialize for Parameters {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (name, values) in &self.0 {
            match values.as_slice() {
                [value] => object.serialize_entry(name, value)?,
                values => object.serialize_entry(name, values)?,
            }
        }
        object.end()
    }
}

/// A length of time, from a [`Duration`].
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Seconds(f64);

impl From<Duration> for Seconds {
    fn from(time: Duration) -> Self {
        Self(time.as_secs_f64())
    }
}
