//! The provider's metadata: OpenID Connect Discovery 1.0, RFC 8414.

use super::{Code, Error, Json, Members, Options, Request, Response, Result, url};

/// The request for the metadata: OpenID Connect Discovery 1.0 §4.
pub fn request(options: &Options) -> Request {
    let issuer = options.issuer.strip_suffix("/").unwrap_or(&options.issuer);
    Request {
        url: url::concat([issuer, "/.well-known/openid-configuration"]),
        form: None,
        keepalive: false,
        timeout_ms: options.request_timeout_ms,
        expires_at: None,
        keys: None,
    }
}

/// Judges the answer: OpenID Connect Discovery 1.0 §4.2, §4.3.
///
/// # Errors
/// `discovery_refused`, `invalid_response`, and what [`Metadata::parse`] gives.
pub fn response(response: &Response, options: &Options) -> Result<Metadata> {
    if response.status != 200 {
        return Err(response.refusal(Code::DiscoveryRefused, "the provider refused its metadata"));
    }
    Metadata::parse(response.object()?, &options.issuer, options.loopback)
}

/// The members of the metadata that are used.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Metadata {
    /// Where sign-ins begin.
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: String,
    /// Where tokens are revoked (RFC 7009), if anywhere.
    pub revocation_endpoint: Option<String>,
    /// Where the provider's session ends, if anywhere.
    pub end_session_endpoint: Option<String>,
    /// Where the keys are with which the provider signs (RFC 7517), if anywhere.
    pub jwks_uri: Option<String>,
    /// Whether every authorization response names its issuer (RFC 9207 §3).
    pub names_issuer: bool,
}

impl Metadata {
    /// Parses metadata that must be of `issuer` by simple string comparison (RFC 8414 §3.3).
    ///
    /// # Errors
    /// `issuer_mismatch`, `insecure_endpoint`, `pkce_unsupported`, `invalid_response`.
    pub fn parse(json: &Json, issuer: &str, loopback: bool) -> Result<Self> {
        if json.member("issuer").text() != Some(issuer) {
            return Err(Error::new(
                Code::IssuerMismatch,
                "the metadata's `issuer` is another",
            ));
        }
        let optional = |name| match json.member(name) {
            Json::Null => Ok(None),
            Json::String(text) => url::endpoint(text, loopback).map(|_| Some(text.as_str())),
            _ => Err(const { Error::new(Code::InvalidResponse, "the metadata lacks an endpoint") }),
        };
        let required = |name| {
            optional(name)?.ok_or(
                const { Error::new(Code::InvalidResponse, "the metadata lacks an endpoint") },
            )
        };
        let methods = json.member("code_challenge_methods_supported");
        if !methods.is_null()
            && !methods
                .items()
                .iter()
                .any(|method| method.text() == Some(super::pkce::METHOD))
        {
            return Err(Error::new(
                Code::PkceUnsupported,
                "the provider does not support S256",
            ));
        }
        let authorization_endpoint = required("authorization_endpoint")?;
        let token_endpoint = required("token_endpoint")?;
        let revocation_endpoint = optional("revocation_endpoint")?;
        let end_session_endpoint = optional("end_session_endpoint")?;
        let jwks_uri = optional("jwks_uri")?;
        Ok(Self {
            authorization_endpoint: authorization_endpoint.to_owned(),
            token_endpoint: token_endpoint.to_owned(),
            revocation_endpoint: revocation_endpoint.map(str::to_owned),
            end_session_endpoint: end_session_endpoint.map(str::to_owned),
            jwks_uri: jwks_uri.map(str::to_owned),
            names_issuer: json
                .member("authorization_response_iss_parameter_supported")
                .is_true(),
        })
    }

    /// The same members as JSON, so that [`Metadata::parse`] takes them again.
    pub fn to_json(&self, issuer: &str) -> Json {
        Members::new()
            .with("issuer", issuer)
            .with(
                "authorization_endpoint",
                self.authorization_endpoint.as_str(),
            )
            .with("token_endpoint", self.token_endpoint.as_str())
            .with("revocation_endpoint", self.revocation_endpoint.as_deref())
            .with("end_session_endpoint", self.end_session_endpoint.as_deref())
            .with("jwks_uri", self.jwks_uri.as_deref())
            .with(
                "authorization_response_iss_parameter_supported",
                self.names_issuer,
            )
            .object()
    }
}
