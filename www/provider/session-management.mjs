/**
 * OpenID Connect Session Management 1.0, which oidc-provider no longer has: a frame that tells an app whether the person is still who they were. It stands on a
 * cookie of its own that scripts of this provider may read.
 */
import { createHash, randomBytes } from "node:crypto";

const cookie = "browser_state";

export const checkSessionPath = "/session/check";

/** Serves the frame, and gives each answer to a sign-in its `session_state` (§2). */
export function sessionManagement(origins) {
  return async (ctx, next) => {
    if (ctx.path === checkSessionPath) {
      ctx.set("Content-Security-Policy", `default-src 'none'; script-src 'self'; frame-ancestors ${origins.join(" ")}`);
      ctx.type = "html";
      ctx.body = `<!doctype html><html lang="en"><title>Still the same?</title><script src="/assets/check-session.js"></script></html>`;
      return;
    }
    await next();
    const { session, params, client } = ctx.oidc ?? {};
    const signedOut = [ctx.res.getHeader("Set-Cookie") ?? []].flat().some((line) => line.startsWith("_session=;"));
    if (!session && !signedOut) return;
    const state = signedOut || !session.accountId ? "" : createHash("sha256").update(session.uid).digest("base64url");
    ctx.append("Set-Cookie", `${cookie}=${state}; Path=/; SameSite=Lax`);
    const location = ctx.response.get("Location");
    if (!location || !params?.redirect_uri || !location.startsWith(params.redirect_uri) || !new URL(location).searchParams.has("code")) return;
    const salt = randomBytes(8).toString("base64url");
    const hash = createHash("sha256").update(`${client.clientId} ${new URL(params.redirect_uri).origin} ${state} ${salt}`).digest("hex");
    const answer = new URL(location);
    answer.searchParams.set("session_state", `${hash}.${salt}`);
    ctx.set("Location", answer.href);
  };
}
