//! The app's options, parsed once into what can be right.

use std::rc::Rc;

use super::{Code, Error, Json, Metadata, Result, url};

/// Where the session is kept.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
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

/// What a sign-out wipes beyond what is nightlatch's own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Clear {
    /// Everything in local and session storage of this origin.
    All,
    /// Nothing.
    Own,
}

impl Clear {
    /// Reads the word.
    pub(crate) fn parse(json: &Json) -> Result<Option<Self>> {
        match (json, json.text()) {
            (Json::Null, _) => Ok(None),
            (_, Some("all")) => Ok(Some(Self::All)),
            (_, Some("own")) => Ok(Some(Self::Own)),
            _ => Err(invalid("`clear` is \"own\" or \"all\"")),
        }
    }
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
    /// The scopes asked for, `openid` among them, each once.
    pub scope: String,
    /// Where the session is to be kept.
    pub place: Place,
    /// Where the access token may go.
    pub allowed_origins: Vec<String>,
    /// What a sign-out wipes.
    pub clear: Clear,
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
        let issuer = required(json, "issuer", "`issuer` is missing")?;
        let parts = url::endpoint(&issuer, loopback)?;
        if parts.query.is_some() {
            return Err(invalid("`issuer` has a query"));
        }
        let metadata = match json.member("metadata") {
            Json::Null => None,
            metadata => Some(Rc::new(Metadata::parse(metadata, &issuer, loopback)?)),
        };
        Ok(Self {
            metadata,
            client_id: required(json, "clientId", "`clientId` is missing")?,
            redirect_uri: own_address(json.member("redirectUri"), origin)?
                .ok_or(const { invalid("`redirectUri` is missing") })?,
            post_logout_redirect_uri: own_address(json.member("postLogoutRedirectUri"), origin)?,
            scope: scope(json.member("scope"))?,
            place: place(json.member("storage"))?,
            allowed_origins: allowed_origins(json.member("allowedOrigins"), origin)?,
            clear: Clear::parse(json.member("clear"))?.unwrap_or(Clear::Own),
            clock_skew_ms: duration(json.member("clockSkew"), 30_000)?,
            request_timeout_ms: duration(json.member("requestTimeout"), 10_000)?,
            origin: origin.to_owned(),
            loopback,
            issuer,
        })
    }

    /// What sets this client's keys apart from those of other clients on the origin: a hash
    /// (FNV-1a) of issuer and client, since keys and cookies know neither.
    pub fn namespace(&self) -> String {
        let hash = [self.issuer.as_str(), "\n", &self.client_id]
            .iter()
            .flat_map(|part| part.bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        super::base64url::encode(&hash.to_be_bytes())
    }
}

/// Reads a duration in seconds and gives milliseconds.
///
/// # Errors
/// `invalid_options` for what is no duration.
pub(crate) fn duration(json: &Json, default_ms: u64) -> Result<u64> {
    match json {
        Json::Null => Ok(default_ms),
        Json::Number(seconds) if (0.0..=31_536_000.0).contains(seconds) => {
            Ok((seconds * 1000.0) as u64)
        }
        _ => Err(invalid("a duration is a number of seconds")),
    }
}

/// A caller's mistake.
pub(crate) const fn invalid(message: &'static str) -> Error {
    Error::new(Code::InvalidOptions, message)
}

fn required(json: &Json, name: &str, message: &'static str) -> Result<String> {
    json.member(name)
        .text()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .ok_or(invalid(message))
}

fn own_address(json: &Json, origin: &str) -> Result<Option<String>> {
    match (json, json.text().and_then(url::parts)) {
        (Json::Null, _) => Ok(None),
        (Json::String(text), Some(parts)) if parts.fragment.is_none() && parts.origin == origin => {
            Ok(Some(text.clone()))
        }
        _ => Err(invalid(
            "a redirect address is absolute, on this page's origin and without a fragment",
        )),
    }
}

fn scope(json: &Json) -> Result<String> {
    let asked = match json {
        Json::Null => "",
        Json::String(text) => text,
        _ => return Err(invalid("`scope` is a string")),
    };
    let mut scopes = vec!["openid"];
    for scope in asked.split_ascii_whitespace() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    Ok(scopes.join(" "))
}

fn place(json: &Json) -> Result<Place> {
    match (json, json.text()) {
        (Json::Null, _) | (_, Some("browser")) => Ok(Place::Browser),
        (_, Some("tab")) => Ok(Place::Tab),
        (_, Some("memory")) => Ok(Place::Memory),
        _ => Err(invalid("`storage` is \"browser\", \"tab\" or \"memory\"")),
    }
}

fn allowed_origins(json: &Json, origin: &str) -> Result<Vec<String>> {
    match json {
        Json::Null => Ok(vec![origin.to_owned()]),
        Json::Array(items) => items
            .iter()
            .map(|item| {
                let text = item.text().unwrap_or_default();
                match url::parts(text) {
                    Some(parts) if parts.query.is_none() && parts.fragment.is_none() => {
                        Ok(text.to_owned())
                    }
                    _ => Err(invalid("`allowedOrigins` holds absolute addresses")),
                }
            })
            .collect(),
        _ => Err(invalid("`allowedOrigins` is an array")),
    }
}
