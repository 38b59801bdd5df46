//! The one error type and its closed set of codes.

use core::fmt;

use super::{Json, Members};

/// What every fallible function here returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Something that did not work. It leaves the session as it was and holds no secret.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Error {
    /// What went wrong, for programs.
    pub code: Code,
    /// What went wrong, for people.
    pub message: &'static str,
    /// The server's own words, where it said no.
    pub refusal: Option<Box<Refusal>>,
}

impl Error {
    /// An error without a server's words.
    pub const fn new(code: Code, message: &'static str) -> Self {
        Self {
            code,
            message,
            refusal: None,
        }
    }
}

impl Error {
    /// The error as JavaScript sees it: `{ code, kind, message, error, errorDescription, status }`.
    pub fn to_json(&self) -> Json {
        let none = Refusal::default();
        let refusal = self.refusal.as_deref().unwrap_or(&none);
        Members::new()
            .with("code", self.code.as_str())
            .with("kind", self.code.kind().as_str())
            .with("message", self.message)
            .with("error", refusal.error.as_deref())
            .with("errorDescription", refusal.description.as_deref())
            .with("status", refusal.status.map(u64::from))
            .object()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message)
    }
}

impl core::error::Error for Error {}

/// How a server refused: RFC 6749 §4.1.2.1, §5.2. The texts are untrusted.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Refusal {
    /// The HTTP status, where there was an HTTP answer.
    pub status: Option<u16>,
    /// The `error` member or parameter.
    pub error: Option<String>,
    /// The `error_description`, scrubbed and cut to 300 characters.
    pub description: Option<String>,
}

/// Who has to act.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
#[cfg_attr(
    feature = "client",
    derive(serde::Serialize, serde::Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Kind {
    /// The browser, or the policy the page stands under.
    Environment,
    /// A check failed: do not go on.
    Security,
    /// The provider said no, or said something that cannot be read.
    Server,
    /// No answer.
    Transport,
    /// The app's call.
    Usage,
}

impl Kind {
    /// The word that JavaScript sees.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Security => "security",
            Self::Server => "server",
            Self::Transport => "transport",
            Self::Usage => "usage",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $kind:ident;)*) => {
        /// Every way in which something can fail. The same set stands in `index.d.ts` and the README.
        #[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
        #[non_exhaustive]
        #[cfg_attr(
            feature = "client",
            derive(serde::Serialize, serde::Deserialize),
            serde(rename_all = "snake_case")
        )]
        pub enum Code { $($(#[$doc])* $variant,)* }

        impl Code {
            /// All codes, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code that JavaScript sees.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Who has to act.
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }
        }
    };
}

codes! {
    /// An option or argument cannot be right.
    InvalidOptions = "invalid_options", Usage;
    /// Nobody is signed in, or no longer.
    LoginRequired = "login_required", Usage;
    /// The client was closed.
    ClientClosed = "client_closed", Usage;
    /// The page's policy forbids WebAssembly.
    WasmBlocked = "wasm_blocked", Environment;
    /// The page is not a secure context, so there is no WebCrypto.
    InsecureContext = "insecure_context", Environment;
    /// Session storage is refused, so no sign-in can cross a page load.
    StorageUnavailable = "storage_unavailable", Environment;
    /// The browser did not open the window, or cut it off from a page that had to reach into it.
    PopupBlocked = "popup_blocked", Environment;
    /// The person closed the window.
    PopupClosed = "popup_closed", Environment;
    /// No answer: network, name, TLS or CORS. A script cannot tell which.
    NetworkError = "network_error", Transport;
    /// No answer in time.
    Timeout = "timeout", Transport;
    /// The authorization endpoint answered with an error.
    AuthorizationRefused = "authorization_refused", Server;
    /// The token endpoint answered with an error.
    TokenRefused = "token_refused", Server;
    /// The discovery document was refused.
    DiscoveryRefused = "discovery_refused", Server;
    /// The revocation endpoint refused a token.
    RevocationRefused = "revocation_refused", Server;
    /// The userinfo endpoint answered with an error.
    UserinfoRefused = "userinfo_refused", Server;
    /// The app's own server did not end its session.
    ApplicationRefused = "application_refused", Server;
    /// An answer is not what the standard says.
    InvalidResponse = "invalid_response", Server;
    /// The metadata belongs to another issuer.
    IssuerMismatch = "issuer_mismatch", Security;
    /// An endpoint is not https.
    InsecureEndpoint = "insecure_endpoint", Security;
    /// The provider says that it has no S256.
    PkceUnsupported = "pkce_unsupported", Security;
    /// The answer does not belong to a sign-in that this tab began.
    StateMismatch = "state_mismatch", Security;
    /// The answer comes from another provider than the one asked.
    ResponseIssuerMismatch = "response_issuer_mismatch", Security;
    /// Somebody signed out or in since the sign-in began.
    SignInSuperseded = "sign_in_superseded", Security;
    /// The ID token fails a check.
    IdTokenInvalid = "id_token_invalid", Security;
    /// A target is not on the app's own origin.
    RedirectRefused = "redirect_refused", Security;
}
