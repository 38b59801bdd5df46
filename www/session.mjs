import { randomBytes } from "node:crypto";

import { receive, record, replay } from "./requests.mjs";

const NO_STORE = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/**
 * The app's own server session, as many servers have one: a cookie that no script can read, and beside it the CSRF token that a script has to
 * send back. `POST /session` begins it, `GET /session` tells whether it stands, `POST /session/end` ends it.
 */
export function appSession({ app, faults, requests }) {
  const sessions = new Map();

  return async (req, res) => {
    const body = await receive(req).catch(() => undefined);
    if (body === undefined) return req.socket.destroy();
    const request = replay(req, body);
    const { pathname } = new URL(req.url, app);
    const cookies = Object.fromEntries((req.headers.cookie ?? "").split("; ").map((pair) => pair.split("=", 2)));
    const csrf = sessions.get(cookies["app-session"]);
    const reply = (status, content, headers = {}) => {
      res.writeHead(status, { ...NO_STORE, ...(content ? { "Content-Type": "application/json" } : {}), ...headers });
      res.end(content && JSON.stringify(content));
    };

    if (pathname === "/session" && req.method === "GET") return reply(200, { alive: csrf !== undefined });
    if (req.method !== "POST") return reply(405, { error: "method_not_allowed" });
    if (pathname === "/session") {
      if (req.headers.origin !== app) return reply(403, { error: "foreign_origin" });
      const [id, token] = [randomBytes(16).toString("hex"), randomBytes(16).toString("hex")];
      sessions.set(id, token);
      return reply(204, undefined, {
        "Set-Cookie": [`app-session=${id}; Path=/; HttpOnly; SameSite=Strict`, `XSRF-TOKEN=${token}; Path=/; SameSite=Strict`],
      });
    }
    record(requests, "app", "application", req, res, body);
    return faults.meet("application", request, res, () => {
      if (csrf === undefined) return reply(401, { error: "no_session" });
      if (req.headers["x-xsrf-token"] !== csrf) return reply(403, { error: "csrf" });
      sessions.delete(cookies["app-session"]);
      return reply(204, undefined, { "Set-Cookie": ["app-session=; Path=/; Max-Age=0", "XSRF-TOKEN=; Path=/; Max-Age=0"] });
    });
  };
}
