// Where each fact of the rows in ../providers.js comes from: `[verified, source]` by the function and the member of its row.
// What is not verified is not in a row: the standard's behaviour stands in its place, and here stands what is believed.
const V = true;
const U = false;

export const sources = {
  apple: {
    issuer: [V, "OpenID Foundation's notes on Sign in with Apple; Apple's documentation"],
    "revocation.unsupported": [V, "developer.apple.com, Revoke tokens: client_id and client_secret (a JWT signed with the team's key) are required"],
    "logout.unsupported": [V, "developer.apple.com, Sign in with Apple REST API: it has no such endpoint"],
  },
  auth0: {
    issuer: [U, "with a slash at its end; a wrong one is refused as issuer_mismatch"],
    matches: [V, "auth0.com/docs: domains of tenants; custom domains have no pattern"],
    "revocation.tokens": [V, "auth0.com/docs, Revoke a refresh token: refresh tokens only. It takes the grant along where the tenant has \"Refresh Token Revocation Deletes Grant\" on (off for tenants since 13 January 2021): then override revocation.reach"],
  },
  auth0Legacy: {
    issuer: [U, "as auth0"],
    "revocation.tokens": [V, "as auth0"],
    "logout.endpoint": [V, "auth0.com/docs/api/authentication/logout/auth-0-logout: GET /v2/logout with client_id and returnTo"],
    "logout.method": [V, "the same"],
    "logout.parameters": [V, "the same; it takes neither a hint nor a state"],
  },
  authentik: {
    matches: [U, "a path per application; a domain of one's own"],
    "logout.hint": [V, "goauthentik/authentik, end-session view: post_logout_redirect_uri takes a valid id_token_hint"],
    "revocation.cors": [U, "the revocation view has no word of CORS in the source that was read; then the answer cannot be read, and is unknown"],
  },
  cognito: {
    matches: [V, "docs.aws.amazon.com, Identity provider and relying party endpoints"],
    "revocation.endpoint": [V, "docs.aws.amazon.com, Revoke endpoint; metadata of existing pools lists it"],
    "revocation.tokens": [V, "docs.aws.amazon.com, Revoke endpoint: refresh tokens only"],
    "revocation.parameters": [V, "docs.aws.amazon.com, Revoke endpoint: token and client_id"],
    "logout.endpoint": [V, "docs.aws.amazon.com, Logout endpoint; metadata of existing pools lists it"],
    "logout.method": [V, "docs.aws.amazon.com, Logout endpoint: GET only, by the browser"],
    "logout.parameters": [V, "docs.aws.amazon.com, Logout endpoint: client_id and logout_uri; neither id_token_hint nor post_logout_redirect_uri"],
    "logout.returns": [V, "docs.aws.amazon.com, Logout endpoint: logout_uri is compared as a whole, and state goes with redirect_uri alone"],
    "revocation.cors": [U, "not said"],
  },
  discord: {
    issuer: [U, "from memory"],
    "revocation.endpoint": [V, "discord/discord-api-docs, OAuth2: token revocation URL"],
    "revocation.reach": [V, "discord/discord-api-docs, OAuth2: any token, and all of its authorization go"],
    "revocation.cors": [U, "not said"],
    "revocation.credentials": [U, "the documents show client_id and client_secret; public clients are known from Discord's own SDK"],
  },
  dropbox: {
    issuer: [U, "from memory"],
    "revocation.endpoint": [V, "Dropbox SDK documents, auth/token/revoke"],
    "revocation.tokens": [V, "the same: the access token that the call is made with, and its refresh token and all access tokens of that"],
    "revocation.together": [V, "the same"],
    "revocation.credentials": [V, "the same: Bearer, and no body"],
    "revocation.cors": [U, "likely, since the SDK runs in browsers"],
  },
  duende: {
    "revocation.jwt": [V, "docs.duendesoftware.com, Revocation endpoint: reference access tokens and refresh tokens only"],
    "logout.hint": [V, "docs.duendesoftware.com, End session endpoint: post_logout_redirect_uri takes an id_token_hint"],
    "revocation.cors": [U, "from the client's allowed CORS origins"],
  },
  entra: {
    issuer: [U, "of one tenant; `common` and `organizations` have a template in its place, which is refused"],
    matches: [V, "learn.microsoft.com, OpenID Connect on the Microsoft identity platform"],
    "revocation.unsupported": [V, "learn.microsoft.com, the metadata of the Microsoft identity platform: no revocation endpoint; Graph has revokeSignInSessions, for all apps"],
    "logout.claims": [V, "learn.microsoft.com, Send a sign-out request: logout_hint is the optional claim login_hint, and spares the choice of an account"],
  },
  facebook: {
    issuer: [U, "from memory"],
    "revocation.endpoint": [V, "developers.facebook.com, User permissions: DELETE /{user-id}/permissions; Graph API overview: /me is who the token is of"],
    "revocation.method": [V, "the same"],
    "revocation.tokens": [V, "the same: with a user access token"],
    "revocation.parameters": [V, "the same; python-social-auth sends access_token in the body"],
    "revocation.answers": [V, "the same: the answer is true"],
    "revocation.reach": [V, "the same: the person's permissions for the app"],
    "revocation.cors": [U, "not said"],
    logout: [U, "none but the JavaScript SDK's"],
  },
  fusionauth: {
    revocation: [U, "an API of its own for refresh tokens; newer versions may have RFC 7009"],
    "logout.parameters": [U, "/oauth2/logout with client_id, tenantId, post_logout_redirect_uri, id_token_hint, state"],
  },
  github: {
    issuer: [U, "there is no OpenID Connect for people, so no sign-in by this package"],
    "revocation.unsupported": [V, "docs.github.com, Delete an app token or authorization: Basic with client_id and client_secret"],
    "logout.unsupported": [V, "docs.github.com, Authorizing OAuth apps: it has no such endpoint"],
  },
  gitlab: {
    issuer: [U, "of gitlab.com, from memory"],
    logout: [U, "none in the documents"],
  },
  google: {
    issuer: [U, "from memory; a wrong one is refused as issuer_mismatch"],
    "revocation.endpoint": [V, "developers.google.com, OAuth 2.0 for client-side web applications, Revoking a token"],
    "revocation.parameters": [V, "the same: token alone"],
    "revocation.cors": [V, "the same: the endpoint does not support CORS, a form is sent"],
    "revocation.reach": [V, "the same: an access token takes its refresh token along; it is what happens when a user removes the app"],
    "logout.unsupported": [V, "developers.google.com, OpenID Connect: it has no such endpoint"],
  },
  hydra: {
    "logout.hint": [V, "ory/hydra, strategy_default.go: state or post_logout_redirect_uri without id_token_hint is invalid_request"],
  },
  keycloak: {
    issuer: [V, "keycloak.org, Securing applications: {url}/realms/{realm}"],
    matches: [V, "the same"],
    "revocation.answers": [V, "keycloak/keycloak, TokenRevocationEndpoint.java: 200 with {\"error\":\"invalid_token\"} for a token or session that it does not know"],
    "revocation.reach": [V, "keycloak/keycloak#35486 and #35696: the one client session, as in the standard. Before 26.1 (and 26.0 and 24.0 without the backport) a refresh token took the consent and all sessions of the user at the client along: then override it with \"grant\""],
  },
  linkedin: {
    issuer: [U, "from memory"],
    revocation: [U, "none in the documents; the exchange of the code asks for a secret, so no sign-in from a browser"],
    logout: [U, "none in the documents"],
  },
  logto: {
    matches: [U, "of Logto's cloud, from memory"],
  },
  okta: {
    matches: [U, "Okta's own domains, from memory; custom domains have no pattern"],
    "logout.hint": [V, "developer.okta.com, Logout: id_token_hint is required; without it Okta shows an error, and the person does not come back"],
    "logout.method": [V, "developer.okta.com, Logout: GET"],
  },
  salesforce: {
    issuer: [U, "of My Domain; login.salesforce.com has no CORS at the revocation endpoint"],
    matches: [V, "help.salesforce.com, My Domain"],
    "revocation.answers": [V, "help.salesforce.com, Revoke OAuth tokens: 400 invalid_token"],
    logout: [U, "/services/auth/idp/oidc/logout, /secur/logout.jsp"],
  },
  slack: {
    issuer: [U, "from memory"],
    "revocation.endpoint": [V, "docs.slack.dev, auth.revoke"],
    "revocation.parameters": [V, "docs.slack.dev, auth.revoke: token"],
    "revocation.answers": [V, "docs.slack.dev, Web API: whether it worked is the member ok, whatever the status"],
    "revocation.cors": [U, "not said"],
    logout: [U, "none in the documents"],
  },
  spotify: {
    issuer: [U, "there is no OpenID Connect in the documents, so no sign-in by this package"],
    "revocation.unsupported": [V, "spotify/web-api#600, #1287, #126: will not be done"],
    logout: [U, "none in the documents"],
  },
  twitch: {
    issuer: [U, "from memory"],
    "revocation.endpoint": [V, "dev.twitch.tv, Revoking access tokens"],
    "revocation.tokens": [V, "the same: an access token"],
    "revocation.parameters": [V, "the same: client_id and token"],
    "revocation.answers": [V, "the same: 400 Invalid token; 404 for an unknown client stays a refusal"],
    "revocation.cors": [U, "not said"],
  },
  x: {
    issuer: [U, "there is no OpenID Connect, so no sign-in by this package"],
    "revocation.endpoint": [V, "docs.x.com, OAuth 2.0; several clients"],
    "revocation.cors": [U, "believed to be missing: then the answer cannot be read, and is unknown"],
  },
  zitadel: {
    matches: [U, "of ZITADEL's cloud, from memory"],
    "revocation.cors": [U, "not said"],
  },
};
