// A second real provider, of another codebase than the demo's: better-auth, with its OAuth provider. Its ID tokens are signed by Ed25519.
import { once } from "node:events";
import { createServer } from "node:http";

import { oauthProvider } from "@better-auth/oauth-provider";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { jwt } from "better-auth/plugins";

const PATH = "/api/auth";
const SCOPES = ["openid", "profile", "email", "offline_access"];
const TABLES = ["user", "session", "account", "verification", "jwks", "oauthClient", "oauthAccessToken", "oauthRefreshToken", "oauthConsent"];
const FORM = `<!doctype html><meta charset="utf-8"><title>Sign in</title>
<form method="post"><input id="username" name="username"><input id="password" name="password" type="password"><button id="sign-in">Sign in</button></form>`;

/**
 * Starts one for the app of a test's world: `{ issuer, clientId, account, requests, isAlive(refreshToken), close() }`. `requests` holds path and form of each.
 * Only its sign-in page, CORS and the record of requests are ours.
 */
export async function startSecondProvider({ app }) {
  const server = createServer((req, res) => void respond(req, res).catch((error) => res.destroy(error)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${server.address().port}`;
  const issuer = `${origin}${PATH}`;
  const clientId = "nightlatch-second";
  const account = { username: "ada@example.com", password: "lovelace-1815", name: "Ada" };
  const requests = [];

  const auth = betterAuth({
    baseURL: origin,
    basePath: PATH,
    secret: "what this signs is believed by nobody but one test",
    database: memoryAdapter(Object.fromEntries(TABLES.map((table) => [table, []]))),
    emailAndPassword: { enabled: true },
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    plugins: [
      jwt({ jwt: { issuer } }),
      oauthProvider({ loginPage: "/login", consentPage: "/consent", scopes: SCOPES, silenceWarnings: { oauthAuthServerConfig: true, openidConfig: true } }),
    ],
  });
  await auth.api.signUpEmail({ body: { email: account.username, password: account.password, name: account.name } });
  await (await auth.$context).adapter.create({
    model: "oauthClient",
    data: {
      clientId,
      name: "Nightlatch",
      redirectUris: [`${app}/e2e/callback.html`],
      postLogoutRedirectUris: [`${app}/e2e/`],
      scopes: SCOPES,
      grantTypes: ["authorization_code", "refresh_token"],
      responseTypes: ["code"],
      tokenEndpointAuthMethod: "none",
      public: true,
      requirePKCE: true,
      skipConsent: true,
      enableEndSession: true,
    },
  });

  async function respond(req, res) {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const url = new URL(req.url, origin);
    requests.push({ path: url.pathname, query: url.searchParams, form: new URLSearchParams(body) });
    if (req.headers.origin === app) {
      res.setHeader("Access-Control-Allow-Origin", app);
      res.setHeader("Access-Control-Allow-Headers", "Content-Type, Authorization");
      res.setHeader("Vary", "Origin");
      if (req.method === "OPTIONS") return res.writeHead(204).end();
    }
    const answer = await (url.pathname === "/login" ? signIn(req, url, body) : auth.handler(asRequest(req, url, body)));
    res.statusCode = answer.status;
    for (const [name, value] of answer.headers) if (name !== "set-cookie") res.setHeader(name, value);
    res.setHeader("Set-Cookie", answer.headers.getSetCookie());
    return res.end(Buffer.from(await answer.arrayBuffer()));
  }

  /** The page that the provider leaves to those who use it: a form, which is answered by the provider. */
  async function signIn(req, url, body) {
    if (req.method === "GET") return new Response(FORM, { headers: { "Content-Type": "text/html" } });
    const form = new URLSearchParams(body);
    const answer = await auth.handler(
      new Request(`${issuer}/sign-in/email`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Origin: origin, Cookie: req.headers.cookie ?? "" },
        body: JSON.stringify({ email: form.get("username"), password: form.get("password"), oauth_query: url.search.slice(1) }),
      }),
    );
    const { url: next } = await answer.json();
    if (!next) return new Response("no", { status: 403 });
    const headers = new Headers({ Location: next });
    for (const cookie of answer.headers.getSetCookie()) headers.append("Set-Cookie", cookie);
    return new Response(null, { status: 303, headers });
  }

  return {
    issuer,
    clientId,
    account,
    requests,
    /** Whether a refresh token is still good: tried, which uses it up. */
    async isAlive(token) {
      const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: token, client_id: clientId });
      return (await fetch(`${issuer}/oauth2/token`, { method: "POST", body })).status === 200;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function asRequest(req, url, body) {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headersDistinct)) for (const value of values) headers.append(name, value);
  return new Request(url, { method: req.method, headers, body: req.method === "POST" ? body : undefined });
}
