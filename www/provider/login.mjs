import { authenticate } from "./accounts.mjs";
import { errorPage, escape, page } from "./pages.mjs";

const address = /^\/interaction\/([\w-]+)(\/cancel)?$/;

/** The sign-in form: a name and a password, checked. */
export function login(provider) {
  return async (ctx, next) => {
    const [, uid, cancel] = address.exec(ctx.path) ?? [];
    if (!uid) return next();
    ctx.set("Cache-Control", "no-store");

    let interaction;
    try {
      interaction = await provider.interactionDetails(ctx.req, ctx.res);
    } catch (error) {
      ctx.status = 400;
      return errorPage(ctx, { error: "invalid_request", error_description: "this sign-in is over; start it again in the app" }, error);
    }

    if (ctx.method === "POST" && cancel) {
      return finish(ctx, provider, { error: "access_denied", error_description: "the user closed the sign-in" });
    }
    if (ctx.method === "POST") {
      const { username = "", password = "" } = ctx.req.params;
      const account = authenticate(username, password);
      if (account) return finish(ctx, provider, { login: { accountId: account.sub, amr: ["pwd"] } });
      ctx.status = 403;
      return form(ctx, uid, { username, wrong: true });
    }
    return form(ctx, uid, { username: interaction.params.login_hint ?? "", wrong: false });
  };
}

async function finish(ctx, provider, result) {
  const returnTo = await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
  ctx.status = 303;
  ctx.redirect(returnTo);
}

function form(ctx, uid, { username, wrong }) {
  const focus = (field) => ((username ? "password" : "username") === field ? " autofocus" : "");
  ctx.type = "html";
  ctx.body = page(
    "Sign in",
    `<p>to continue to <strong>Nightlatch demo</strong></p>
    ${wrong ? '<p id="error" role="alert">That name and password do not belong together.</p>' : ""}
    <form method="post" action="/interaction/${escape(uid)}">
      <label for="username">Name</label>
      <input id="username" name="username" value="${escape(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focus("username")}
        ${wrong ? 'aria-invalid="true" aria-describedby="error"' : ""}>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required${focus("password")}
        ${wrong ? 'aria-invalid="true" aria-describedby="error"' : ""}>
      <button id="sign-in" type="submit">Sign in</button>
    </form>
    <form method="post" action="/interaction/${escape(uid)}/cancel">
      <button id="cancel" class="quiet" type="submit">Cancel and go back</button>
    </form>
    <p class="hint">For this demo: <kbd>ada</kbd> with <kbd>lovelace</kbd>, or <kbd>grace</kbd> with <kbd>hopper</kbd>.</p>`,
  );
}
