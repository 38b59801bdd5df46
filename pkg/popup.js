// Sign-in in a window of its own, while the page stays where it is.
//
// Where tabs share one session, the window completes the sign-in itself and the page finds it in the record. Where they do
// not, the page reads the window's address. Nothing that the window is sent back with crosses a channel either way.
import { AuthError } from "./error.js";
import { FRAME } from "./silent.js";

// A look at the record is good for 50 ms; a later one is a new one.
const LOOK_MS = 100;
// How long a window that has closed is given to have said why.
const GRACE_MS = 1_000;

export async function loginWithPopup(client, { signal, features = "popup,width=480,height=640", ...options } = {}) {
  signal?.throwIfAborted();
  // Before anything is waited for: later it would not be the person's click that opens it.
  const popup = window.open("", "", features);
  if (!popup) throw blocked("the browser did not let the window open: loginWithPopup belongs in the handler of a click");
  const ended = new AbortController();
  const on = (target, name, heard) => target.addEventListener(name, heard, ended);
  let channel;
  let answered = false;
  let later;
  try {
    return await new Promise((resolve, reject) => {
      if (signal) on(signal, "abort", () => reject(signal.reason));
      if (!client.isAuthenticated) {
        const off = client.subscribe(() => client.isAuthenticated && resolve(client.getUser()));
        on(ended.signal, "abort", off);
      }

      // With Cross-Origin-Opener-Policy here or at the provider an open window says that it is closed. So it is asked only
      // when the person is back on this page.
      const isClosed = () =>
        popup.closed && document.hasFocus() && !answered && reject(new AuthError("popup_closed", "environment", "the window was closed"));
      const isBack = () => {
        clearTimeout(later);
        later = setTimeout(isClosed, GRACE_MS);
      };
      on(window, "focus", isBack);
      on(document, "visibilitychange", isBack);

      const begin = async () => {
        const { url, slot, signIn } = await client.login({ ...options, detached: true });
        const isShared = client.getSnapshot().storage === "browser";
        const { state } = signIn;
        channel = new BroadcastChannel(`nightlatch.popup.${state}`);
        channel.onmessage = async ({ data }) => {
          answered = true;
          try {
            if (data?.kind === "failed") throw told(data.error);
            if (data?.kind === "done") {
              setTimeout(() => client.getAccessToken({ minValidity: 0 }).then(() => resolve(client.getUser()), reject), LOOK_MS);
            }
            if (data?.kind === "arrived") {
              const answer = await client.handleRedirectCallback({ url: addressOf(popup), signIn: { ...signIn, detached: true } });
              if (!answer) throw blocked("Cross-Origin-Opener-Policy cuts the window off, and its session cannot be shared: sign in with login()");
              resolve(answer.user);
            }
          } catch (error) {
            reject(error);
          }
        };
        try {
          const storage = popup.sessionStorage;
          // It began as a copy of this page's.
          for (const key of Object.keys(storage)) if (key.startsWith("nightlatch.")) storage.removeItem(key);
          storage.setItem(`nightlatch.${slot}.sign-in`, JSON.stringify({ ...(isShared ? signIn : { state }), popup: true }));
        } catch {
          throw new AuthError("storage_unavailable", "environment", "the window's session storage takes nothing");
        }
        popup.location.replace(url);
      };
      begin().catch(reject);
    });
  } finally {
    ended.abort();
    clearTimeout(later);
    channel?.close();
    popup.close();
  }
}

export async function handlePopupCallback(client) {
  if (window.name === FRAME) return forever();
  const signIn = signInOf(new URL(location.href).searchParams.get("state"));
  if (!signIn) return client.handleRedirectCallback();
  const channel = new BroadcastChannel(`nightlatch.popup.${signIn.state}`);
  if (!signIn.verifier || client.getSnapshot().storage !== "browser") {
    channel.postMessage({ kind: "arrived" });
    // Nobody can reach in.
    if (!window.opener) window.close();
    return forever();
  }
  try {
    await client.handleRedirectCallback();
    channel.postMessage({ kind: "done" });
  } catch ({ code, kind, message, error, errorDescription, status }) {
    channel.postMessage({ kind: "failed", error: { code, kind, message, error, errorDescription, status } });
  }
  window.close();
  return forever();
}

/** The sign-in of a popup that an answer with this `state` belongs to. */
function signInOf(state) {
  try {
    for (const [key, value] of Object.entries(sessionStorage)) {
      if (!/^nightlatch\.[\w-]+\.sign-in$/.test(key)) continue;
      const signIn = JSON.parse(value);
      if (signIn.popup && signIn.state === state) return signIn;
    }
  } catch {} // There is no storage, or something else lies there.
  return undefined;
}

// The window goes: nothing of the app is to go on in it.
const forever = () => new Promise(() => {});

const blocked = (message) => new AuthError("popup_blocked", "environment", message);

// Any script of this origin can post here.
const told = ({ code = "invalid_response", kind = "server", message = "the window said nothing of use", ...details } = {}) => new AuthError(code, kind, message, details);

function addressOf(popup) {
  try {
    return popup.location.href;
  } catch {
    return "";
  }
}
