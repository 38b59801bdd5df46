// How providers deviate from the standards, one row for each: plain data, with what is verified alone. An app carries the
// rows that it imports. Where each fact comes from, and what is believed and not verified, stands in providers/sources.js.
import { dialect } from "./providers/dialect.js";

export { dialect };

const SECRET = "the provider asks for the client's secret, which no page can keep";

const APPLE = {
  name: "Apple",
  issuer: "https://appleid.apple.com",
  revocation: { secret: true, unsupported: SECRET },
  logout: { unsupported: "there is none" },
  unverified: [],
};

const AUTH0 = {
  name: "Auth0",
  issuer: "https://{domain}/",
  matches: "^https://[^/]+\\.auth0\\.com/$",
  revocation: { tokens: ["refresh_token"] },
  unverified: ["issuer"],
};

const AUTH0_LEGACY = {
  name: "Auth0",
  issuer: "https://{domain}/",
  revocation: { tokens: ["refresh_token"] },
  logout: {
    endpoint: "https://{domain}/v2/logout",
    method: "get",
    parameters: { id_token_hint: null, post_logout_redirect_uri: "returnTo", state: null },
  },
  unverified: ["issuer"],
};

const AUTHENTIK = {
  name: "authentik",
  matches: "^https://[^/]+/application/o/[^/]+/$",
  logout: { hint: "toReturn" },
  unverified: ["revocation.cors", "matches"],
};

const BETTER_AUTH = {
  name: "Better Auth",
  matches: "^https?://.+/api/auth$",
  revocation: { answers: [{ status: 400, body: "Invalid access token|token (not found|revoked)", means: "revoked" }] },
  unverified: ["matches"],
};

const COGNITO = {
  name: "Amazon Cognito",
  matches: "^https://cognito-idp\\.[^/]+\\.amazonaws\\.com/[^/]+$",
  revocation: { endpoint: "https://{domain}/oauth2/revoke", tokens: ["refresh_token"], parameters: { token_type_hint: null } },
  devices: {
    endpoint: "{origin}/",
    scope: "aws.cognito.signin.user.admin",
    headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.GlobalSignOut" },
    member: "AccessToken",
    ends: "all tokens of the user in this pool; the browsers' own sessions there stay until each signs out",
  },
  logout: {
    endpoint: "https://{domain}/logout",
    method: "get",
    parameters: { id_token_hint: null, post_logout_redirect_uri: "logout_uri", state: null },
    returns: "withoutState",
  },
  unverified: ["revocation.cors", "devices.cors"],
};

const DISCORD = {
  name: "Discord",
  issuer: "https://discord.com",
  revocation: { endpoint: "https://discord.com/api/oauth2/token/revoke", reach: "grant" },
  unverified: ["issuer", "revocation.cors", "revocation.credentials"],
};

const DROPBOX = {
  name: "Dropbox",
  issuer: "https://www.dropbox.com",
  revocation: { endpoint: "https://api.dropboxapi.com/2/auth/token/revoke", tokens: ["access_token"], together: true, credentials: "bearer" },
  unverified: ["issuer", "revocation.cors"],
};

const DUENDE = {
  name: "Duende IdentityServer",
  revocation: { jwt: false },
  logout: { hint: "toReturn" },
  unverified: ["revocation.cors"],
};

const ENTRA = {
  name: "Microsoft Entra ID",
  issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
  matches: "^https://login\\.microsoftonline\\.com/[^/]+/v2\\.0$",
  revocation: { unsupported: "there is none" },
  logout: { claims: { logout_hint: "login_hint" } },
  devices: {
    endpoint: "https://graph.microsoft.com/v1.0/me/revokeSignInSessions",
    scope: "User.RevokeSessions.All",
    ends: "refresh tokens of all apps and the browsers' sessions, in a few minutes; access tokens live until they expire",
  },
  unverified: ["issuer", "devices.cors"],
};

const FACEBOOK = {
  name: "Facebook",
  issuer: "https://www.facebook.com",
  revocation: {
    endpoint: "https://graph.facebook.com/me/permissions",
    method: "DELETE",
    tokens: ["access_token"],
    parameters: { token: "access_token", token_type_hint: null, client_id: null },
    answers: [
      { status: 200, body: "true", means: "revoked" },
      { status: 200, means: "refused" },
    ],
    reach: "grant",
  },
  unverified: ["issuer", "revocation.cors", "logout"],
};

const FUSIONAUTH = {
  name: "FusionAuth",
  unverified: ["revocation", "logout.parameters"],
};

const GITHUB = {
  name: "GitHub",
  revocation: { secret: true, unsupported: SECRET },
  logout: { unsupported: "there is none" },
  unverified: ["issuer"],
};

const GITLAB = {
  name: "GitLab",
  issuer: "https://gitlab.com",
  unverified: ["issuer", "logout"],
};

const GOOGLE = {
  name: "Google",
  issuer: "https://accounts.google.com",
  revocation: {
    endpoint: "https://oauth2.googleapis.com/revoke",
    parameters: { token_type_hint: null, client_id: null },
    cors: false,
    reach: "grant",
  },
  logout: { unsupported: "there is none" },
  unverified: ["issuer", "prompt"],
};

const HYDRA = {
  name: "Ory Hydra",
  logout: { hint: "toReturn" },
  unverified: [],
};

const KEYCLOAK = {
  name: "Keycloak",
  issuer: "{url}/realms/{realm}",
  matches: "^https?://.+/realms/[^/]+$",
  revocation: { answers: [{ status: 200, body: '"error"', means: "unknown" }] },
  devices: { endpoint: "{issuer}/account/sessions", method: "DELETE", ends: "the user's other sessions, of all apps; access tokens live until they expire" },
  consent: { endpoint: "{issuer}/account/applications/{client_id}/consent", method: "DELETE", ends: "the permission, and the app's sessions and offline tokens" },
  unverified: [],
};

const LINKEDIN = {
  name: "LinkedIn",
  issuer: "https://www.linkedin.com/oauth",
  unverified: ["issuer", "revocation", "logout"],
};

const LOGTO = {
  name: "Logto",
  matches: "^https://[^/]+\\.logto\\.app/oidc$",
  unverified: ["matches"],
};

const OKTA = {
  name: "Okta",
  matches: "^https://[^/]+\\.(okta|oktapreview|okta-emea)\\.com(/oauth2/[^/]+)?$",
  logout: { hint: "required", method: "get" },
  devices: {
    endpoint: "{origin}/idp/myaccount/sessions",
    method: "DELETE",
    scope: "okta.myAccount.sessions.manage",
    headers: { Accept: "application/json; okta-version=1.0.0" },
    ends: "all sessions of the user at Okta, and all access and refresh tokens",
  },
  unverified: ["matches", "devices.cors"],
};

const SALESFORCE = {
  name: "Salesforce",
  issuer: "https://{domain}.my.salesforce.com",
  matches: "^https://[^/]+\\.my\\.salesforce\\.com$",
  revocation: { answers: [{ status: 400, body: "invalid_token", means: "revoked" }] },
  unverified: ["issuer", "logout"],
};

const SLACK = {
  name: "Slack",
  issuer: "https://slack.com",
  revocation: {
    endpoint: "https://slack.com/api/auth.revoke",
    parameters: { token_type_hint: null, client_id: null },
    answers: [
      { status: 200, body: '"ok"\\s*:\\s*true', means: "revoked" },
      { status: 200, means: "refused" },
    ],
  },
  unverified: ["issuer", "revocation.cors", "logout"],
};

const SPOTIFY = {
  name: "Spotify",
  revocation: { unsupported: "there is none" },
  consent: { unsupported: "people remove apps by themselves, at spotify.com/account/apps" },
  unverified: ["issuer", "logout"],
};

const TWITCH = {
  name: "Twitch",
  issuer: "https://id.twitch.tv/oauth2",
  revocation: {
    endpoint: "https://id.twitch.tv/oauth2/revoke",
    tokens: ["access_token"],
    parameters: { token_type_hint: null },
    answers: [{ status: 400, body: "Invalid token", means: "revoked" }],
  },
  unverified: ["issuer", "revocation.cors"],
};

const X = {
  name: "X",
  revocation: { endpoint: "https://api.x.com/2/oauth2/revoke" },
  unverified: ["issuer", "revocation.cors"],
};

const ZITADEL = {
  name: "ZITADEL",
  matches: "^https://[^/]+\\.zitadel\\.cloud$",
  unverified: ["matches", "revocation.cors"],
};

export const apple = (own) => dialect(APPLE, own);
export const auth0 = (own) => dialect(AUTH0, own);
/** Auth0 with `/v2/logout`, for tenants whose metadata has no end of session. */
export const auth0Legacy = (own) => dialect(AUTH0_LEGACY, own);
export const authentik = (own) => dialect(AUTHENTIK, own);
export const betterAuth = (own) => dialect(BETTER_AUTH, own);
export const cognito = (own) => dialect(COGNITO, own);
export const discord = (own) => dialect(DISCORD, own);
export const dropbox = (own) => dialect(DROPBOX, own);
export const duende = (own) => dialect(DUENDE, own);
export const entra = (own) => dialect(ENTRA, own);
export const facebook = (own) => dialect(FACEBOOK, own);
export const fusionauth = (own) => dialect(FUSIONAUTH, own);
export const github = (own) => dialect(GITHUB, own);
export const gitlab = (own) => dialect(GITLAB, own);
export const google = (own) => dialect(GOOGLE, own);
export const hydra = (own) => dialect(HYDRA, own);
export const keycloak = (own) => dialect(KEYCLOAK, own);
export const linkedin = (own) => dialect(LINKEDIN, own);
export const logto = (own) => dialect(LOGTO, own);
export const okta = (own) => dialect(OKTA, own);
export const salesforce = (own) => dialect(SALESFORCE, own);
export const slack = (own) => dialect(SLACK, own);
export const spotify = (own) => dialect(SPOTIFY, own);
export const twitch = (own) => dialect(TWITCH, own);
export const x = (own) => dialect(X, own);
export const zitadel = (own) => dialect(ZITADEL, own);
