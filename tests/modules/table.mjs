/** What leaves with each row, where all is well: for the tests here, and for those in browsers (tests/e2e/every-provider.test.mjs). */
export const ISSUER = "https://id.example";
export const APP = "https://app.example/";
export const METADATA = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/token`,
  revocation_endpoint: `${ISSUER}/revoke`,
  end_session_endpoint: `${ISSUER}/end?tenant=1`,
};
export const ID_TOKEN = `e30.${Buffer.from(JSON.stringify({ sub: "ada", login_hint: "ada/ö" })).toString("base64url")}.c2ln`;
export const END = { client_id: "spa", id_token_hint: ID_TOKEN, post_logout_redirect_uri: APP, state: "s1" };

export const UNSUPPORTED = { status: 400, body: '{"error":"unsupported_token_type"}' };
export const OK = { status: 200, body: "" };
export const form = (url, kind, token) => ({ url, form: `token=${token}&token_type_hint=${kind}&client_id=spa` });
const both = (url) => [form(url, "refresh_token", "RT"), form(url, "access_token", "AT")];
export const standard = { asked: both(METADATA.revocation_endpoint), heard: [OK, OK], left: { ...END, tenant: "1" } };
const none = { asked: [], heard: null };

/** What leaves with each row, where all is well. Members that are missing are as the standards have them. */
export const TABLE = {
  apple: { ...none, left: null },
  auth0: { asked: [form(METADATA.revocation_endpoint, "refresh_token", "RT")], heard: [OK, UNSUPPORTED] },
  auth0Legacy: {
    asked: [form(METADATA.revocation_endpoint, "refresh_token", "RT")],
    heard: [OK, UNSUPPORTED],
    to: "https://login.example/v2/logout",
    left: { client_id: "spa", returnTo: APP },
  },
  authentik: {},
  betterAuth: {},
  cognito: {
    asked: [{ url: "https://login.example/oauth2/revoke", form: "token=RT&client_id=spa" }],
    heard: [OK, UNSUPPORTED],
    to: "https://login.example/logout",
    left: { client_id: "spa", logout_uri: APP },
  },
  discord: { asked: both("https://discord.com/api/oauth2/token/revoke") },
  dropbox: {
    asked: [
      {
        url: "https://api.dropboxapi.com/2/auth/token/revoke",
        headers: { Accept: "application/json", Authorization: "Bearer AT" },
        body: null,
      },
    ],
    heard: [OK, OK],
  },
  duende: {},
  entra: { ...none, left: { ...END, tenant: "1", logout_hint: "ada/ö" } },
  facebook: {
    asked: [{ url: "https://graph.facebook.com/me/permissions", form: "access_token=AT", method: "DELETE" }],
    answer: { status: 200, body: "true" },
    heard: [UNSUPPORTED, { status: 200 }],
  },
  fusionauth: {},
  github: { ...none, left: null },
  gitlab: {},
  google: {
    asked: ["RT", "AT"].map((token) => ({ url: "https://oauth2.googleapis.com/revoke", form: `token=${token}`, mode: "no-cors", redirect: "follow" })),
    answer: { status: 0, body: "" },
    heard: [
      { status: 0, body: "" },
      { status: 0, body: "" },
    ],
    left: null,
  },
  hydra: {},
  keycloak: {},
  linkedin: {},
  logto: {},
  okta: {},
  salesforce: {},
  slack: {
    asked: ["RT", "AT"].map((token) => ({ url: "https://slack.com/api/auth.revoke", form: `token=${token}` })),
    answer: { status: 200, body: '{"ok": true, "revoked": true}' },
    heard: [{ status: 200 }, { status: 200 }],
  },
  spotify: none,
  twitch: { asked: [{ url: "https://id.twitch.tv/oauth2/revoke", form: "token=AT&client_id=spa" }], heard: [UNSUPPORTED, OK] },
  x: { asked: both("https://api.x.com/2/oauth2/revoke") },
  zitadel: {},
};
