//! The app's options, parsed once into what can be right.

use std::rc::Rc;

use super::arguments::Arguments;
use super::{Code, Error, Json, Metadata, Result, url};

/// Where the session is kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Place {
    /// In the one record, for all tabs.
    Browser,
    /// In session storage, for this tab.
    Tab,
    /// In this tab's memory alone.
    Memory,
}

impl Place {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Tab => "tab",
            Self::Memory => "memory",
        }
    }
}

/// How long it is until never, in milliseconds: added to a time of today it is still a whole number to JavaScript.
pub const NEVER: u64 = 1 << 52;

/// When a session ends by itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Limits {
    /// How long nobody may be active, in milliseconds.
    pub idle_ms: u64,
    /// How long it may last, in milliseconds.
    pub max_ms: u64,
}

impl Limits {
    /// It does not.
    pub const NONE: Self = Self {
        idle_ms: NEVER,
        max_ms: NEVER,
    };
}

/// What a sign-out wipes beyond what is nightlatch's own: `"own"`, `"all"` or an object of kinds, as the app wrote it.
#[derive(Clone, Debug, PartialEq)]
pub struct Clear(Rc<Json>);

impl Clear {
    /// Reads the option; nothing where there is none.
    pub(crate) fn read(arguments: &mut Arguments<'_>) -> Option<Self> {
        let json = arguments.member("clear");
        let right = match json {
            Json::Null => return None,
            Json::String(word) => word == "own" || word == "all",
            Json::Object(kinds) => kinds.iter().all(|(kind, what)| is_clear(kind, what)),
            _ => false,
        };
        if !right {
            arguments.refuse("`clear` is \"own\", \"all\" or lists of names");
        }
        Some(Self(Rc::new(json.clone())))
    }

    /// What the page is told.
    pub fn json(&self) -> &Json {
        &self.0
    }

    /// Whether all that `other` wipes is wiped by this.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self == other || self.0.text() == Some("all") || other.0.text() == Some("own")
    }
}

fn is_clear(kind: &str, what: &Json) -> bool {
    let kinds = "localStorage sessionStorage indexedDB caches cookies serviceWorkers keep";
    url::words(kinds, b' ').any(|own| own == kind.as_bytes())
        && match what {
            Json::Bool(_) => kind != "keep",
            Json::Array(names) => names.iter().all(|name| name.text().is_some()),
            _ => what.is_null(),
        }
}

/// What a revocation ends at the provider.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Reach {
    /// The token and what was issued with it.
    Session,
    /// All that the user has at this client, newer sessions too.
    User,
    /// That, and the user's consent, on all devices.
    Grant,
}

/// What [`Options::parse`] makes of the app's options.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The issuer, character for character.
    pub issuer: String,
    /// Metadata given by hand.
    pub metadata: Option<Rc<Metadata>>,
    /// The public client's identifier.
    pub client_id: String,
    /// Where sign-ins come back to.
    pub redirect_uri: String,
    /// Where sign-outs come back to.
    pub post_logout_redirect_uri: Option<String>,
    /// Whether the provider's session is ended by POST, whatever the length of the ID token.
    pub end_session_by_post: bool,
    /// The scopes asked for, `openid` among them, each once.
    pub scope: String,
    /// Where the session is to be kept.
    pub place: Place,
    /// Where the access token may go.
    pub allowed_origins: Vec<String>,
    /// What a revocation ends.
    pub reach: Reach,
    /// Where else a sign-in or a sign-out may lead.
    pub allowed_redirects: Vec<String>,
    /// What a sign-out wipes.
    pub clear: Clear,
    /// Whether the app has told how its own session at its server is ended.
    pub application: bool,
    /// The `prompt` of a sign-in while the provider's session may have outlived a sign-out.
    pub prompt_after_logout: &'static str,
    /// What becomes of a page that comes back after its session has ended: null shows it, a text loads it anew,
    /// at that address if there is one.
    pub restored: Json,
    /// When a session ends by itself.
    pub limits: Limits,
    /// Whether ID tokens need no signature.
    pub unsigned: bool,
    /// How far clocks may differ, in milliseconds.
    pub clock_skew_ms: u64,
    /// How long one request may take, in milliseconds.
    pub request_timeout_ms: u64,
    /// The page's own origin.
    pub origin: String,
    /// Whether plain http is taken for hosts on this machine: only while the page stands on one.
    pub loopback: bool,
}

impl Options {
    /// Parses the options of a page on `origin`.
    ///
    /// # Errors
    /// `invalid_options`, naming the option; `insecure_endpoint` for an issuer without https.
    pub fn parse(json: &Json, origin: &str) -> Result<Self> {
        let loopback = url::parts(origin).is_some_and(|page| url::is_loopback(page.host));
        let mut arguments = Arguments::new(json);
        let issuer = required(&mut arguments, "issuer", "`issuer` is missing");
        if let Some(parts) = arguments.take(url::endpoint(issuer, loopback))
            && parts.query.is_some()
        {
            arguments.refuse("`issuer` has a query");
        }
        let metadata = match json.member("metadata") {
            Json::Null => None,
            metadata => arguments.take(Metadata::parse(metadata, issuer, loopback)),
        };
        let client_id = required(&mut arguments, "clientId", "`clientId` is missing");
        let redirect_uri = own_address(&mut arguments, "redirectUri", origin);
        if redirect_uri.is_none() {
            arguments.refuse("`redirectUri` is missing");
        }
        let back = own_address(&mut arguments, "postLogoutRedirectUri", origin);
        let mut allowed_origins = addresses(&mut arguments, "allowedOrigins", None);
        if json.member("allowedOrigins").is_null() {
            allowed_origins.push(origin.to_owned());
        }
        let allowed_redirects = addresses(&mut arguments, "allowedRedirects", Some(loopback));
        // The page's: the key share's cookie lasts as long.
        arguments.duration("keepSignedIn", 0);
        if json.member("outbox").is_true() {
            arguments.refuse("`outbox` or `provider` is not what its function gives");
        }
        let fault = "`application.url` is not under `allowedOrigins`";
        let application = arguments.text("application", fault);
        if let Some(url) = application
            && url::target(url, origin, &allowed_origins).is_err()
        {
            arguments.refuse(fault);
        }
        let options = Self {
            application: application.is_some(),
            issuer: issuer.to_owned(),
            metadata: metadata.map(Rc::new),
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.unwrap_or_default().to_owned(),
            post_logout_redirect_uri: back.map(str::to_owned),
            end_session_by_post: arguments.word("`endSessionMethod` is \"get\" or \"post\"")
                == Some(1),
            reach: reach(&mut arguments),
            scope: scope(&mut arguments, "openid"),
            place: place(&mut arguments),
            allowed_origins,
            allowed_redirects,
            clear: Clear::read(&mut arguments).unwrap_or_else(|| Clear(Rc::new("own".into()))),
            prompt_after_logout: prompt_after_logout(&mut arguments),
            restored: restored(&mut arguments, origin),
            limits: Limits {
                idle_ms: limit(&mut arguments, "idleTimeout"),
                max_ms: limit(&mut arguments, "maxSession"),
            },
            unsigned: arguments.flag("`dangerouslySkipIdTokenSignature` is a boolean"),
            clock_skew_ms: arguments.duration("clockSkew", 30_000),
            request_timeout_ms: arguments.duration("requestTimeout", 10_000),
            origin: origin.to_owned(),
            loopback,
        };
        arguments.end()?;
        Ok(options)
    }

    /// Takes a target that the app may go on to: [`url::target`].
    ///
    /// # Errors
    /// `redirect_refused`.
    #[inline(never)]
    pub fn target<'a>(&self, target: &'a str) -> Result<&'a str> {
        url::target(target, &self.origin, &self.allowed_redirects)
    }

    /// What sets this client's keys apart from those of other clients on the origin: a hash
    /// (FNV-1a) of issuer and client, since keys and cookies know neither.
    pub fn namespace(&self) -> String {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in url::concat([&self.issuer, "\n", &self.client_id]).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        super::base64url::encode(&hash.to_be_bytes())
    }
}

/// A caller's mistake.
pub(crate) const fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidOptions, message)
}

fn required<'a>(arguments: &mut Arguments<'a>, name: &str, fault: &'static str) -> &'a str {
    let text = arguments.text(name, fault).unwrap_or_default();
    if text.is_empty() {
        arguments.refuse(fault);
    }
    text
}

fn own_address<'a>(arguments: &mut Arguments<'a>, name: &str, origin: &str) -> Option<&'a str> {
    let fault = "a redirect address is on this page's origin, without a fragment";
    let text = arguments.text(name, fault)?;
    if !url::parts(text).is_some_and(|parts| parts.fragment.is_none() && parts.origin == origin) {
        arguments.refuse(fault);
    }
    Some(text)
}

/// The scopes of `before` and those that are asked for, each once.
pub(super) fn scope(arguments: &mut Arguments<'_>, before: &str) -> String {
    let asked = arguments.text("scope", "`scope` is a string");
    let mut scopes = before.to_owned();
    for scope in asked.unwrap_or_default().split_ascii_whitespace() {
        if !url::words(&scopes, b' ').any(|own| own == scope.as_bytes()) {
            scopes.push(' ');
            scopes.push_str(scope);
        }
    }
    scopes
}

fn place(arguments: &mut Arguments<'_>) -> Place {
    let rule = "`storage` is \"browser\", \"tab\" or \"memory\"";
    match arguments.word(rule) {
        Some(1) => Place::Tab,
        Some(2) => Place::Memory,
        _ => Place::Browser,
    }
}

fn limit(arguments: &mut Arguments<'_>, name: &str) -> u64 {
    match arguments.duration(name, 0) {
        0 => NEVER,
        ms => ms,
    }
}

fn reach(arguments: &mut Arguments<'_>) -> Reach {
    let rule = "`revocationReach` is \"session\", \"user\" or \"grant\"";
    match arguments.word(rule) {
        Some(1) => Reach::User,
        Some(2) => Reach::Grant,
        _ => Reach::Session,
    }
}

fn restored(arguments: &mut Arguments<'_>, origin: &str) -> Json {
    let fault = "`restored` is \"reload\", \"event\" or an address on this page's origin";
    match arguments.text("restored", fault) {
        None | Some("reload") => "".into(),
        Some("event") => Json::Null,
        Some(address) => arguments
            .take(url::target(address, origin, &[]))
            .unwrap_or_default()
            .into(),
    }
}

fn prompt_after_logout(arguments: &mut Arguments<'_>) -> &'static str {
    let rule = "`promptAfterLogout` is \"login\" or \"select_account\"";
    match arguments.word(rule) {
        Some(1) => "select_account",
        _ => "login",
    }
}

/// A list of origins, or of origins with a path prefix; with `secure`, of those that [`url::endpoint`] takes.
fn addresses(arguments: &mut Arguments<'_>, name: &str, secure: Option<bool>) -> Vec<String> {
    let fault = "`allowedOrigins` and `allowedRedirects` list addresses";
    let mut list = Vec::new();
    for item in arguments.items(name, fault) {
        let text = item.text().unwrap_or_default();
        let parts = match secure {
            None => url::parts(text),
            Some(loopback) => url::endpoint(text, loopback).ok(),
        };
        if !parts.is_some_and(|parts| parts.query.is_none() && parts.fragment.is_none()) {
            arguments.refuse(fault);
        }
        list.push(text.to_owned());
    }
    list
}
