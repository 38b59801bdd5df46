//! The authorization request and its answer: RFC 6749 §4.1, OpenID Connect Core 1.0 §3.1.2, RFC 9207.

use super::message::scrub;
use super::options::invalid;
use super::{Code, Error, Json, Metadata, Options, Refusal, Result, Secret, base64url, pkce, url};

/// Parameters that nightlatch sets itself, or that would change what comes back or is checked.
const RESERVED: [&str; 14] = [
    "acr_values",
    "client_id",
    "code_challenge",
    "code_challenge_method",
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
    parameters: Vec<(String, String)>,
}

impl Login {
    /// Parses the options of a sign-in that begins at the address `here`.
    ///
    /// # Errors
    /// `invalid_options`, `redirect_refused`.
    pub fn parse(json: &Json, here: &str, options: &Options) -> Result<Self> {
        let text = |name| match json.member(name) {
            Json::Null => Ok(None),
            Json::String(text) => Ok(Some(text.clone())),
            _ => Err(const { invalid("a login option that is a string is something else") }),
        };
        let return_to = match text("returnTo")? {
            Some(target) => url::target(&target, &options.origin)?.to_owned(),
            None => url::target(here, &options.origin).unwrap_or("/").to_owned(),
        };
        let max_age = match json.member("maxAge") {
            Json::Null => None,
            age => Some(
                age.count()
                    .ok_or(const { invalid("`maxAge` is a number of seconds") })?,
            ),
        };
        let prompt = text("prompt")?;
        if prompt.as_deref().is_some_and(|prompt| {
            prompt != "none" && prompt.split(' ').any(|prompt| prompt == "none")
        }) {
            return Err(invalid(
                "`prompt: \"none\"` stands alone (OpenID Connect Core 1.0 §3.1.2.1)",
            ));
        }
        let acr_values = text("acrValues")?;
        let mut parameters = Vec::new();
        for (name, value) in [
            ("prompt", prompt),
            ("login_hint", text("loginHint")?),
            ("acr_values", acr_values.clone()),
        ] {
            if let Some(value) = value {
                parameters.push((name.to_owned(), value));
            }
        }
        for (name, value) in json.member("extraParams").members() {
            let taken =
                RESERVED.contains(&name.as_str()) || parameters.iter().any(|(own, _)| own == name);
            match value.text() {
                Some(value) if !taken => parameters.push((name.clone(), value.to_owned())),
                _ => {
                    return Err(invalid(
                        "`extraParams` holds strings, under names that are not nightlatch's own",
                    ));
                }
            }
        }
        Ok(Self {
            return_to,
            max_age,
            acr_values,
            parameters,
        })
    }
}

/// A sign-in under way: what the answer is held against. It waits in session storage.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
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
        }
    }

    /// Whether the sign-in is too old to be answered.
    pub fn is_stale(&self, now: u64) -> bool {
        now.saturating_sub(self.begun_at) > PENDING_MS
    }

    /// For session storage.
    pub fn to_json(&self) -> Json {
        Json::object(vec![
            ("state", self.state.as_str().into()),
            ("nonce", self.nonce.as_str().into()),
            ("verifier", self.verifier.reveal().into()),
            ("generation", self.generation.into()),
            ("begunAt", self.begun_at.into()),
            ("returnTo", self.return_to.as_str().into()),
            ("maxAge", self.max_age.into()),
            ("acrValues", self.acr_values.as_deref().into()),
        ])
    }

    /// From session storage, which anyone on this origin may have written. `None` for what is not whole.
    pub fn from_json(json: &Json, origin: &str) -> Option<Self> {
        let text = |name| json.member(name).text().map(str::to_owned);
        let return_to = text("returnTo")?;
        Some(Self {
            state: text("state").filter(|state| !state.is_empty())?,
            nonce: text("nonce").filter(|nonce| !nonce.is_empty())?,
            verifier: Secret::new(text("verifier")?),
            generation: json.member("generation").count()?,
            begun_at: json.member("begunAt").count()?,
            return_to: url::target(&return_to, origin).unwrap_or("/").to_owned(),
            max_age: json.member("maxAge").count(),
            acr_values: text("acrValues"),
        })
    }
}

/// The address of the authorization request: RFC 6749 §4.1.1, RFC 7636 §4.3, Core §3.1.2.1.
pub fn request(
    options: &Options,
    metadata: &Metadata,
    login: &Login,
    pending: &Pending,
    challenge: &str,
) -> String {
    let max_age = pending.max_age.map(url::decimal);
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", &options.client_id),
        ("redirect_uri", &options.redirect_uri),
        ("scope", &options.scope),
        ("state", &pending.state),
        ("nonce", &pending.nonce),
        ("code_challenge", challenge),
        ("code_challenge_method", pkce::METHOD),
    ];
    if let Some(max_age) = &max_age {
        pairs.push(("max_age", max_age));
    }
    pairs.extend(
        login
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    url::with_query(&metadata.authorization_endpoint, &pairs)
}

/// An address that looks like an answer of a provider: it has a `state`.
#[derive(Clone, Debug, Eq, PartialEq)]
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
            let mut values = parameters
                .iter()
                .filter(|(own, _)| own == name)
                .map(|(_, value)| value);
            match (values.next(), values.next()) {
                (value, None) => Ok(value),
                _ => Err(const {
                    Error::new(
                        Code::InvalidResponse,
                        "a parameter of the answer stands twice",
                    )
                }),
            }
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
            "the answer does not come from the provider that was asked (RFC 9207)",
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
    let (rest, fragment) = address
        .split_once('#')
        .map_or((address, None), |(rest, fragment)| (rest, Some(fragment)));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let own: Vec<_> = query
        .split('&')
        .filter(|pair| {
            !pair.is_empty() && !ANSWER.contains(&pair.split('=').next().unwrap_or_default())
        })
        .collect();
    let mut cleaned = path.to_owned();
    for (mark, part) in [
        ("?", Some(own.join("&")).filter(|own| !own.is_empty())),
        ("#", fragment.map(str::to_owned)),
    ] {
        if let Some(part) = part {
            cleaned.push_str(mark);
            cleaned.push_str(&part);
        }
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
