import { receive } from "./requests.mjs";

/**
 * Lets the demo's page cut the provider off, and ask the provider itself whether the tokens it issued last are still good.
 * Same origin and JSON only: no other page may, not even by a form.
 */
export function controlEndpoint({ app, faults, provider }) {
  return async (req, res) => {
    const reply = (status, content) => {
      res.writeHead(status, { "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" });
      res.end(JSON.stringify(content));
    };
    const state = async () => ({ faults: faults.all(), accessTokenTtl: provider.accessTokenTtl(), alive: await alive(provider) });

    if (req.method === "GET") return reply(200, await state());
    if (req.method !== "POST") return reply(405, { error: "method_not_allowed" });
    if (req.headers.origin !== app) return reply(403, { error: "foreign_origin" });
    if (!/^application\/json\b/.test(req.headers["content-type"] ?? "")) return reply(415, { error: "json_only" });
    try {
      const { fault, clear, accessTokenTtl } = JSON.parse(String(await receive(req)));
      if (clear) faults.clear(clear === true ? undefined : clear);
      for (const { endpoint, mode } of [fault ?? []].flat()) faults.set(endpoint, mode);
      if (accessTokenTtl !== undefined) provider.setAccessTokenTtl(accessTokenTtl);
      return reply(200, await state());
    } catch (error) {
      return reply(400, { error: "invalid_request", message: error.message });
    }
  };
}

// Whether, never what: no token leaves the server this way.
async function alive(provider) {
  const { accessToken, refreshToken } = provider.issued.at(-1) ?? {};
  const ask = async (token) => (token ? (await provider.introspect(token)).active : null);
  return { accessToken: await ask(accessToken), refreshToken: await ask(refreshToken) };
}
