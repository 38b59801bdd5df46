import { randomBytes } from "node:crypto";

import { receive, record, replay } from "../requests.mjs";
import { findAccount } from "./accounts.mjs";
import { assets } from "./assets.mjs";
import { offlineAccessWithoutAsking, signInPolicy, standingGrant } from "./consent.mjs";
import { endpointAt } from "./endpoints.mjs";
import { signingKeys } from "./keys.mjs";
import { loadLibrary } from "./library.mjs";
import { login } from "./login.mjs";
import { logoutByPost, logoutPage, signedOutPage } from "./logout.mjs";
import { errorPage, pageHeaders } from "./pages.mjs";
import { memoryRecords } from "./records.mjs";
import { sessionManagement } from "./session-management.mjs";

const DAY = 24 * 60 * 60;
const clientId = "nightlatch-demo";
// By name it insists on what the other may leave out: pushed requests, and tokens that are bound to a key.
const strictClientId = "nightlatch-strict";
const apiId = "protected-api";

/** The OpenID provider: oidc-provider as certified, its configuration, its pages, and the faults in front of it. */
export async function createProvider({ issuer, origins, redirectUris, postLogoutRedirectUris, accessTokenTtl, coop, dpop, faults, requests }) {
  const [{ Provider, interactionPolicy }, keys] = await Promise.all([loadLibrary(), signingKeys()]);
  const lifetimes = { accessToken: accessTokenTtl };
  const apiSecret = randomBytes(32).toString("base64url");

  const app = {
    client_id: clientId,
    client_name: "Nightlatch demo",
    application_type: "web",
    token_endpoint_auth_method: "none",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris,
  };
  const provider = new Provider(issuer, {
    adapter: memoryRecords(),
    jwks: keys.jwks,
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    clients: [
      app,
      { ...app, client_id: strictClientId, require_pushed_authorization_requests: true, dpop_bound_access_tokens: true },
      {
        client_id: apiId,
        client_name: "Protected API",
        client_secret: apiSecret,
        grant_types: [],
        response_types: [],
        redirect_uris: [],
      },
    ],
    claims: {
      openid: ["sub"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    // Profile and e-mail stand in the ID token as well: an app shows who is signed in without another request.
    conformIdTokenClaims: false,
    // Server and browser share one clock here; a tolerance would only keep an expired token alive.
    clockTolerance: 0,
    findAccount,
    loadExistingGrant: standingGrant,
    interactions: { policy: signInPolicy(interactionPolicy), url: (_ctx, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    issueRefreshToken: (_ctx, client, source) => client.grantTypeAllowed("refresh_token") && source.scopes.has("offline_access"),
    rotateRefreshToken: true,
    responseTypes: ["code"],
    clientBasedCORS: (_ctx, origin) => origins.includes(origin),
    ttl: {
      AccessToken: () => lifetimes.accessToken,
      AuthorizationCode: 60,
      Grant: 14 * DAY,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 14 * DAY,
      Session: 14 * DAY,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => dpop.nonceAtProvider === true },
      pushedAuthorizationRequests: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => client.clientId === apiId || token.clientId === client.clientId,
      },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: { enabled: true, logoutSource: logoutPage, postLogoutSuccessSource: signedOutPage },
    },
    renderError: errorPage,
  });

  const issued = [];
  provider.on("grant.success", (ctx) => {
    const { access_token: accessToken, refresh_token: refreshToken, id_token: idToken } = ctx.body;
    issued.push({ at: Date.now(), grantType: ctx.oidc.params.grant_type, accessToken, refreshToken, idToken });
  });

  provider.use(pageHeaders(origins, coop));
  provider.use(async (ctx, next) => {
    await next();
    if (endpointAt(ctx.path) === "discovery" && ctx.status === 200) ctx.body = faults.publish(ctx.body);
  });
  provider.use(sessionManagement(origins));
  provider.use(offlineAccessWithoutAsking);
  provider.use(logoutByPost(provider));
  provider.use(login(provider));
  provider.use(assets);
  const work = provider.callback();

  // Tests ask here what is true while the provider pretends to be broken: this door has no faults and no log.
  const observer = randomBytes(32).toString("base64url");

  async function handler(req, res) {
    const path = new URL(req.url, issuer).pathname;
    const endpoint = endpointAt(path);
    const body = req.method === "POST" ? await receive(req).catch(() => undefined) : Buffer.alloc(0);
    if (body === undefined) return req.socket.destroy();
    const request = req.method === "POST" ? replay(req, body) : req;
    if (req.headers["x-observer"] === observer) return work(request, res);
    const entry = record(requests, "idp", endpoint, req, res, body);
    request.params = entry.params;
    return faults.meet(endpoint, request, res, work);
  }

  const credentials = `Basic ${Buffer.from(`${apiId}:${apiSecret}`).toString("base64")}`;
  return {
    clientId,
    strictClientId,
    handler,
    issued,
    sign: keys.sign,
    publicKey: keys.publicKey,
    apiCredentials: credentials,
    accessTokenTtl: () => lifetimes.accessToken,
    setAccessTokenTtl(seconds) {
      if (!Number.isSafeInteger(seconds) || seconds < 1) throw new RangeError("the lifetime of an access token is a whole number of seconds");
      lifetimes.accessToken = seconds;
    },
    /** Ends a token at the provider itself, past its faults and its log. */
    async revoke(token) {
      const body = new URLSearchParams({ token, client_id: clientId });
      const answer = await fetch(`${issuer}/token/revocation`, { method: "POST", headers: { "X-Observer": observer }, body });
      if (!answer.ok) throw new Error(`the provider answered the revocation with ${answer.status}`);
    },
    async introspect(token) {
      const answer = await fetch(`${issuer}/token/introspection`, {
        method: "POST",
        headers: { Authorization: credentials, "X-Observer": observer },
        body: new URLSearchParams({ token }),
      });
      if (!answer.ok) throw new Error(`the provider answered the introspection with ${answer.status}`);
      return answer.json();
    },
  };
}
