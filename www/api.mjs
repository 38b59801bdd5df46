import { flawOf } from "./proof.mjs";
import { accounts } from "./provider/accounts.mjs";
import { receive, record, replay } from "./requests.mjs";

/**
 * The protected API. It believes no token by its looks: every one is shown to the provider (RFC 7662), so that a token which was revoked a moment ago is refused now.
 */
export function protectedApi({ origins, dpop = {}, faults, requests, issuer, credentials }) {
  return async (req, res) => {
    const body = await receive(req).catch(() => undefined);
    if (body === undefined) return req.socket.destroy();
    const request = replay(req, body);
    request.params = record(requests, "api", "api", req, res, body).params;
    return faults.meet("api", request, res, () => answer(req, res, body, { origins, dpop, issuer, credentials }));
  };
}

async function answer(req, res, body, { origins, dpop, issuer, credentials }) {
  const reply = (status, content, headers = {}) => {
    res.statusCode = status;
    for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
    if (content === undefined) return res.end();
    res.setHeader("Content-Type", "application/json");
    return res.end(JSON.stringify(content));
  };

  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Vary", "Origin");
  if (origins.includes(req.headers.origin)) {
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
    res.setHeader("Access-Control-Expose-Headers", dpop.hidden ? "WWW-Authenticate" : "WWW-Authenticate, DPoP-Nonce");
    if (req.method === "OPTIONS") {
      return reply(204, undefined, {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, DPoP",
        "Access-Control-Max-Age": "600",
      });
    }
  }

  if (dpop.nonceAtApi) res.setHeader("DPoP-Nonce", dpop.nonceAtApi);
  const [scheme, token] = (req.headers.authorization ?? "").split(" ");
  const isBound = scheme.toLowerCase() === "dpop";
  if ((scheme.toLowerCase() !== "bearer" && !isBound) || !token) {
    return reply(401, { error: "no_token" }, { "WWW-Authenticate": 'Bearer realm="api"' });
  }
  const shown = await introspect(token, issuer, credentials);
  if (shown === undefined) return reply(503, { error: "provider_unavailable" });
  if (!shown.active || shown.token_type === undefined) {
    return reply(401, { error: "invalid_token" }, { "WWW-Authenticate": `${isBound ? "DPoP" : "Bearer"} realm="api", error="invalid_token"` });
  }

  const { pathname } = new URL(req.url, issuer);
  // RFC 9449 §7.2: a token that is bound is no bearer's.
  const flaw = isBound || shown.cnf ? flawOf(req, isBound ? token : undefined, shown.cnf?.jkt, dpop.nonceAtApi) : undefined;
  if (flaw) return reply(401, { error: flaw }, { "WWW-Authenticate": `DPoP algs="ES256", error="${flaw}"` });
  if (req.method === "GET" && pathname === "/me") {
    const { claims } = accounts.find(({ sub }) => sub === shown.sub);
    return reply(200, { sub: shown.sub, name: claims.name, scope: shown.scope, expiresAt: shown.exp * 1000, answeredAt: Date.now() });
  }
  if (req.method === "POST" && pathname === "/echo") {
    return reply(200, { sub: shown.sub, type: req.headers["content-type"] ?? null, body: body.toString() });
  }
  return reply(404, { error: "not_found" });
}

// A provider that cannot be asked has vouched for nothing: the caller is turned away, but not told that the token is bad.
async function introspect(token, issuer, credentials) {
  try {
    const answer = await fetch(`${issuer}/token/introspection`, {
      method: "POST",
      headers: { Authorization: credentials },
      body: new URLSearchParams({ token }),
      redirect: "error",
      signal: AbortSignal.timeout(3000),
    });
    // What cannot be a token of its own at all (a JWT, for one) the provider refuses to look up.
    if (answer.status === 400) return { active: false };
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}
