//! The authorization request and its answer: RFC 6749 §4.1, OpenID Connect Core 1.0 §3.1.2, RFC 9207.

use core::fmt;

use super::arguments::Arguments;
use super::end_session::MAX_HINT;
use super::message::scrub;
use super::secret::Hidden;
use super::{
    Code, Error, Json, Members, Metadata, Options, Refusal, Result, Secret, base64url, options,
    pkce, url,
};

/// Parameters that nightlatch sets itself, or that would change what comes back or is checked.
const RESERVED: &[&str] = &[
    "acr_values",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "id_token_hint",
    "max_age",
    "nonce",
    "prompt",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
];

/// How long a sign-in may be under way, in milliseconds.
const PENDING_MS: u64 = 3_600_000;

/// What the app asks of a sign-in.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Login {
    /// Path, query and fragment to come back to.
    pub return_to: String,
    /// `max_age`, in seconds.
    pub max_age: Option<u64>,
    /// `acr_values`, with a space between.
    pub acr_values: Option<String>,
    /// The scopes asked for: those of the client, and more.
    pub scope: String,
    parameters: Vec<(String, String)>,
}

impl Login {
    /// Parses the options of a sign-in that begins at the address `here`.
    ///
    /// # Errors
    /// `invalid_options`, `redirect_refused`.
    pub fn parse(json: &Json, here: &str, options: &Options) -> Result<Self> {
        let mut arguments = Arguments::new(json);
        let fault = "a login option is not a string";
        let return_to = match arguments.text("returnTo", fault) {
            Some(target) => arguments.take(options.target(target)),
            None => options.target(here).ok(),
        };
        let max_age = json.member("maxAge");
        if !max_age.is_null() && max_age.count().is_none() {
            arguments.refuse("`maxAge` is a number of seconds");
        }
        let prompt = arguments.text("prompt", fault);
        if prompt.is_some_and(|prompt| {
            prompt != "none" && url::words(prompt, b' ').any(|prompt| prompt == b"none")
        }) {
            arguments.refuse("`prompt: \"none\"` stands alone");
        }
        let acr_values = arguments.text("acrValues", fault);
        let mut parameters = Vec::new();
        for (name, value) in &[
            ("prompt", prompt),
            ("login_hint", arguments.text("loginHint", fault)),
            ("acr_values", acr_values),
        ] {
            if let Some(value) = *value {
                parameters.push(((*name).to_owned(), value.to_owned()));
            }
        }
        arguments.parameters(RESERVED, &mut parameters);
        let login = Self {
            return_to: return_to.unwrap_or("/").to_owned(),
            max_age: max_age.count(),
            acr_values: acr_values.map(str::to_owned),
            scope: options::scope(&mut arguments, &options.scope),
            parameters,
        };
        arguments.end()?;
        Ok(login)
    }

    /// Has the provider ask the person, by this `prompt` unless the app gave its own. `false` where the
    /// app wants nobody to be asked.
    pub fn ask(&mut self, prompt: &str) -> bool {
        match self.prompt() {
            Some(own) => own != "none",
            None => {
                self.parameters
                    .push(("prompt".to_owned(), prompt.to_owned()));
                true
            }
        }
    }

    fn asks_nobody(&self) -> bool {
        self.prompt() == Some("none")
    }

    /// What the app gave: it stands first.
    fn prompt(&self) -> Option<&str> {
        match self.parameters.first() {
            Some((name, own)) if name == "prompt" => Some(own),
            _ => None,
        }
    }
}

/// A sign-in under way: what the answer is held against. It waits in session storage.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Pending {
    /// Ties the answer to this tab (RFC 6749 §10.12).
    pub state: String,
    /// Ties the ID token to this request (OpenID Connect Core 1.0 §15.5.2).
    pub nonce: String,
    /// Ties the code to this tab (RFC 7636).
    pub verifier: Secret,
    /// The generation in which the sign-in began.
    pub generation: u64,
    /// When it began.
    pub begun_at: u64,
    /// Where the app comes back to.
    pub return_to: String,
    /// The `max_age` asked for.
    pub max_age: Option<u64>,
    /// The `acr_values` asked for.
    pub acr_values: Option<String>,
    /// The scopes asked for.
    pub scope: String,
}

impl Pending {
    /// Draws state, nonce and verifier from 96 random bytes.
    pub fn new(login: &Login, entropy: &[u8; 96], generation: u64, now: u64) -> Self {
        let [state, nonce, verifier] = parts(entropy);
        Self {
            state: base64url::encode(&state),
            nonce: base64url::encode(&nonce),
            verifier: pkce::verifier(&verifier),
            generation,
            begun_at: now,
            return_to: login.return_to.clone(),
            max_age: login.max_age,
            acr_values: login.acr_values.clone(),
            scope: login.scope.clone(),
        }
    }

    /// Whether the sign-in is too old to be answered.
    pub fn is_stale(&self, now: u64) -> bool {
        now.saturating_sub(self.begun_at) > PENDING_MS
    }

    /// For session storage.
    pub fn to_json(&self) -> Json {
        Members::new()
            .with("state", self.state.as_str())
            .with("nonce", self.nonce.as_str())
            .with("verifier", self.verifier.reveal())
            .with("generation", self.generation)
            .with("begunAt", self.begun_at)
            .with("returnTo", self.return_to.as_str())
            .with("maxAge", self.max_age)
            .with("acrValues", self.acr_values.as_deref())
            .with("scope", self.scope.as_str())
            .object()
    }

    /// From session storage, which anyone on this origin may have written. `None` for what is not whole.
    pub fn from_json(json: &Json, options: &Options) -> Option<Self> {
        let text = |name| json.member(name).text().filter(|text| !text.is_empty());
        let return_to = text("returnTo")?;
        let state = text("state")?;
        let nonce = text("nonce")?;
        let verifier = text("verifier")?;
        let generation = json.member("generation").count()?;
        let begun_at = json.member("begunAt").count()?;
        let scope = text("scope")?;
        Some(Self {
            state: state.to_owned(),
            nonce: nonce.to_owned(),
            verifier: Secret::new(verifier.to_owned()),
            generation,
            begun_at,
            return_to: options.target(return_to).unwrap_or("/").to_owned(),
            max_age: json.member("maxAge").count(),
            acr_values: text("acrValues").map(str::to_owned),
            scope: scope.to_owned(),
        })
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (formatter.debug_struct("Pending"))
            .field("state", &Hidden(&self.state))
            .field("nonce", &Hidden(&self.nonce))
            .field("verifier", &self.verifier)
            .field("generation", &self.generation)
            .field("begun_at", &self.begun_at)
            .field("return_to", &self.return_to)
            .field("max_age", &self.max_age)
            .field("acr_values", &self.acr_values)
            .field("scope", &self.scope)
            .finish()
    }
}

/// The address of the authorization request: RFC 6749 §4.1.1, RFC 7636 §4.3, Core §3.1.2.1.
///
/// Where nobody is to be asked, the ID token that is `held` says whom it is about: not where it is too long for an
/// address, and not where the app keeps ID tokens out of addresses.
pub fn request(
    options: &Options,
    metadata: &Metadata,
    login: &Login,
    pending: &Pending,
    challenge: &str,
    held: Option<&Secret>,
) -> String {
    let max_age = pending.max_age.map(url::decimal);
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", &options.client_id),
        ("redirect_uri", &options.redirect_uri),
        ("scope", &pending.scope),
        ("state", &pending.state),
        ("nonce", &pending.nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", pkce::METHOD),
    ];
    if let Some(max_age) = &max_age {
        pairs.push(("max_age", max_age));
    }
    for (name, value) in &login.parameters {
        pairs.push((name, value));
    }
    if let Some(held) = held
        && login.asks_nobody()
        && !options.end_session_by_post
        && held.reveal().len() <= MAX_HINT
    {
        pairs.push(("id_token_hint", held.reveal()));
    }
    url::with_query(&metadata.authorization_endpoint, &pairs)
}

/// An address that looks like an answer of a provider: it has a `state`.
#[derive(Clone, Eq, PartialEq)]
pub struct Arrival {
    /// The `state` parameter.
    pub state: String,
    parameters: Vec<(String, String)>,
}

impl Arrival {
    /// Reads an address. `None` where it is not at `at` or carries no `state`.
    ///
    /// # Errors
    /// `invalid_response` for a parameter that stands twice (RFC 6749 §3.1).
    pub fn parse(address: &str, at: &str) -> Result<Option<Self>> {
        let (Some(address), Some(at)) = (url::parts(address), url::parts(at)) else {
            return Ok(None);
        };
        let root = |path: &'_ str| path.is_empty() || path == "/";
        let same_path = address.path == at.path || (root(address.path) && root(at.path));
        if address.origin != at.origin || !same_path {
            return Ok(None);
        }
        let parameters = url::read_form(address.query.unwrap_or_default());
        let one = |name| {
            let mut found = None;
            for (own, value) in &parameters {
                if own == name && found.replace(value).is_some() {
                    return Err(Error::new(
                        Code::InvalidResponse,
                        "the answer has a parameter twice",
                    ));
                }
            }
            Ok(found)
        };
        let Some(state) = one("state")? else {
            return Ok(None);
        };
        for name in ["code", "iss", "error"] {
            one(name)?;
        }
        Ok(Some(Self {
            state: state.clone(),
            parameters,
        }))
    }

    /// Whether this is an answer to an authorization request rather than the way back from a sign-out.
    pub fn is_authorization(&self) -> bool {
        self.parameter("code").is_some() || self.parameter("error").is_some()
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find_map(|(own, value)| (own == name).then_some(value.as_str()))
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        (formatter.debug_tuple("Arrival"))
            .field(&Hidden(&self.parameters))
            .finish()
    }
}

/// Judges the answer: RFC 6749 §4.1.2, RFC 9207 §2.4. The `state` has been compared before.
///
/// # Errors
/// `response_issuer_mismatch`, `authorization_refused`, `invalid_response`.
pub fn response(arrival: &Arrival, options: &Options, metadata: &Metadata) -> Result<Secret> {
    let issuer = arrival.parameter("iss");
    let refused = arrival.parameter("error");
    // Providers that advertise `iss` leave it out of errors (measured), so only a success needs it.
    let required = metadata.names_issuer && refused.is_none();
    if issuer.map_or(required, |issuer| issuer != options.issuer) {
        return Err(Error::new(
            Code::ResponseIssuerMismatch,
            "the answer's `iss` is another",
        ));
    }
    if let Some(error) = refused {
        return Err(Error {
            code: Code::AuthorizationRefused,
            message: "the provider refused the sign-in",
            refusal: Some(Box::new(Refusal {
                status: None,
                error: Some(scrub(error)),
                description: arrival.parameter("error_description").map(scrub),
            })),
        });
    }
    match arrival.parameter("code") {
        Some(code) if !code.is_empty() => Ok(Secret::new(code.to_owned())),
        _ => Err(Error::new(Code::InvalidResponse, "the answer has no code")),
    }
}

/// The address without the answer: the app's own parameters and the fragment stay (RFC 9700 §4.2.4).
pub fn cleaned(address: &str) -> String {
    const ANSWER: [&str; 7] = [
        "code",
        "error",
        "error_description",
        "error_uri",
        "iss",
        "session_state",
        "state",
    ];
    let (rest, fragment) = url::split(address, b'#');
    let (path, mut query) = url::split(rest, b'?');
    let mut cleaned = path.to_owned();
    let mut mark = '?';
    while let Some(rest) = query {
        let (pair, after) = url::split(rest, b'&');
        query = after;
        let (name, _) = url::split(pair, b'=');
        // A name in percent encoding is read as the name.
        if !pair.is_empty() && !ANSWER.contains(&url::decode(name).as_str()) {
            cleaned.push(mark);
            cleaned.push_str(pair);
            mark = '&';
        }
    }
    if let Some(fragment) = fragment {
        cleaned.push('#');
        cleaned.push_str(fragment);
    }
    cleaned
}

fn parts(entropy: &[u8; 96]) -> [[u8; 32]; 3] {
    let mut parts = [[0; 32]; 3];
    for (part, chunk) in parts.iter_mut().zip(entropy.chunks_exact(32)) {
        part.copy_from_slice(chunk);
    }
    parts
}
