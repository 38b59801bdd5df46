/** RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0): how a request comes in, and the pages it leads to. */
import { randomBytes } from "node:crypto";

import { page } from "./pages.mjs";

const continuation = "/session/end/request";

/**
 * Takes the request by POST as §2 asks of every provider. The session cookie is SameSite=Lax and does not come with a form from another site, so the request is kept
 * for a moment and the browser sent on with a GET, which brings the cookie and holds no ID token in its address.
 */
export function logoutByPost(provider) {
  const kept = new Map();
  const path = () => provider.pathFor("end_session");

  return async (ctx, next) => {
    if (ctx.method === "POST" && ctx.path === path()) {
      const id = randomBytes(16).toString("base64url");
      kept.set(id, ctx.req.params);
      ctx.set("Cache-Control", "no-store");
      ctx.status = 303;
      ctx.redirect(`${continuation}?id=${id}`);
      return;
    }
    if (ctx.method === "GET" && ctx.path === continuation) {
      const request = kept.get(ctx.query.id) ?? {};
      kept.delete(ctx.query.id);
      ctx.path = path();
      ctx.query = request;
    }
    await next();
  };
}

/** Asks before it ends the session, unless the app has proved with an ID token of this very user that the request is theirs (§2). */
export function logoutPage(ctx, form) {
  const { IdTokenHint: hint } = ctx.oidc.entities;
  const known = hint !== undefined && hint.payload.sub === ctx.oidc.session.accountId;
  const buttons = `<button id="yes" type="submit" form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>`;
  ctx.type = "html";
  ctx.body = known
    ? page("Signing you out", `<p>One moment.</p>${form}<div class="actions">${buttons}</div>`, { script: "/assets/sign-out.js" })
    : page(
        "Sign out here too?",
        `<p>Nobody said for whom this is. If you sign out, the next app will ask for your password again.</p>${form}
        <div class="actions">${buttons}<button id="no" class="quiet" type="submit" form="op.logoutForm">No, stay signed in</button></div>`,
      );
}

/** Where a sign-out ends that has nowhere to go back to. */
export function signedOutPage(ctx) {
  const stayed = ctx.oidc.client !== undefined;
  ctx.type = "html";
  ctx.body = stayed
    ? page("Still signed in", "<p>The app has let you go; this provider still knows you.</p>")
    : page("Signed out", "<p>This provider no longer knows you in this browser. You can close the page.</p>");
}
