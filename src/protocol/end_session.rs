//! The end of the provider's session: OpenID Connect RP-Initiated Logout 1.0.

use super::{Options, Secret, url};

/// The address to leave for: §2. `state` goes along only where the provider sends the user back.
pub fn request(
    options: &Options,
    endpoint: &str,
    id_token: Option<&Secret>,
    state: &str,
) -> Secret {
    let mut pairs = vec![("client_id", options.client_id.as_str())];
    if let Some(id_token) = id_token {
        pairs.push(("id_token_hint", id_token.reveal()));
    }
    if let Some(back) = &options.post_logout_redirect_uri {
        pairs.push(("post_logout_redirect_uri", back));
        pairs.push(("state", state));
    }
    Secret::new(url::with_query(endpoint, &pairs))
}
