//! The end of the provider's session: OpenID Connect RP-Initiated Logout 1.0.

use super::message::{Form, Navigation};
use super::{Options, Secret, url};

/// The longest hint that goes into an address, in bytes. Servers commonly take 8 KiB for all of it.
pub(crate) const MAX_HINT: usize = 6_000;

/// The parameters that are nightlatch's own.
pub(crate) const RESERVED: &[&str] = &[
    "client_id",
    "id_token_hint",
    "post_logout_redirect_uri",
    "state",
];

/// Where to leave for: §2, which has providers take both a GET and the POST of a form. `state` goes
/// along only where the provider sends the user back.
///
/// A form is sent where the app asks for it, so that the ID token stands in no history and no log,
/// and where the ID token is too long for an address.
pub fn request(
    options: &Options,
    endpoint: &str,
    id_token: Option<&Secret>,
    state: &str,
    further: &[(String, String)],
) -> Navigation {
    let mut pairs = vec![("client_id", options.client_id.as_str())];
    let mut post = options.end_session_by_post;
    if let Some(id_token) = id_token {
        pairs.push(("id_token_hint", id_token.reveal()));
        post |= id_token.reveal().len() > MAX_HINT;
    }
    if let Some(back) = &options.post_logout_redirect_uri {
        pairs.push(("post_logout_redirect_uri", back));
        pairs.push(("state", state));
    }
    for (name, value) in further {
        pairs.push((name, value));
    }
    if post {
        Navigation {
            url: Secret::new(endpoint.to_owned()),
            form: Some(Form(Secret::new(url::form(&pairs)))),
        }
    } else {
        Navigation {
            url: Secret::new(url::with_query(endpoint, &pairs)),
            form: None,
        }
    }
}
