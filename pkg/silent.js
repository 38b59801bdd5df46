// Sign-in without asking anybody: `prompt=none` in a hidden frame (OpenID Connect Core 1.0 §3.1.2.1).
import { AuthError } from "./error.js";

/** The frame's name. A page that is loaded in it has nothing to do. */
export const FRAME = "nightlatch-silent";

// Core §3.1.2.6: the person would have to be asked.
const UNKNOWN = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

const underWay = new WeakMap();

export async function loginSilently(client, options) {
  return (await signInSilently(client, options)).user;
}

/** The user, or null, and the `session_state` that the answer came with (OpenID Connect Session Management 1.0 §2). */
export function signInSilently(client, options) {
  let result = underWay.get(client);
  if (!result) {
    result = attempt(client, options).finally(() => underWay.delete(client));
    underWay.set(client, result);
  }
  return result;
}

async function attempt(client, { timeout = 10, scripts = false, ...options } = {}) {
  try {
    const { url, signIn } = await client.login({ ...options, prompt: "none", detached: true });
    const address = await visit(url, signIn.state, timeout * 1000, scripts);
    const answer = await client.handleRedirectCallback({ url: address, signIn: { ...signIn, detached: true } });
    if (!answer) throw new AuthError("invalid_response", "server", "the frame did not come back to `redirectUri`");
    return { user: answer.user, sessionState: new URL(address).searchParams.get("session_state") };
  } catch (error) {
    if (error.code === "login_required" || (error.code === "authorization_refused" && UNKNOWN.includes(error.error))) return { user: null };
    // Another tab was faster.
    if (error.code === "sign_in_superseded" && client.isAuthenticated) return { user: client.getUser() };
    throw error;
  }
}

/** Goes to an address in a hidden frame, and resolves to the one that it ends at. */
async function visit(url, state, withinMs, scripts) {
  const frame = document.createElement("iframe");
  Object.assign(frame, { name: FRAME, src: url });
  frame.style.display = "none";
  // The page at the end is the app's own: it is there to be read, not to run.
  frame.sandbox = scripts ? "allow-same-origin allow-scripts" : "allow-same-origin";
  let late;
  try {
    return await new Promise((resolve, reject) => {
      // A page that refuses to be framed says nothing.
      late = setTimeout(() => reject(new AuthError("timeout", "transport", "the provider did not answer in the frame")), withinMs);
      frame.addEventListener("load", () => {
        try {
          const { href } = frame.contentWindow.location;
          if (new URL(href).searchParams.get("state") === state) resolve(href);
        } catch {} // It is somewhere else.
      });
      document.body.append(frame);
    });
  } finally {
    clearTimeout(late);
    frame.remove();
  }
}
