// The smallest app: it creates the client, lets it take an answer out of the address, and shows how things stand.
import * as nightlatch from "/nightlatch/index.js";

const { AuthError } = nightlatch;

async function start() {
  const { issuer, clientId, api, e2e = {} } = await (await fetch("/config.json")).json();
  const { client = "own", callback = "once", options } = e2e;

  window.api = api;
  window.options = {
    issuer,
    clientId,
    redirectUri: `${location.origin}/e2e/callback.html`,
    postLogoutRedirectUri: `${location.origin}/e2e/`,
    scope: "openid profile email offline_access",
    allowedOrigins: [api],
    ...options,
  };
  for (const [name, value] of Object.entries(window.options)) if (value === null) delete window.options[name];

  if (e2e.outbox) window.options.outbox = (await import("/nightlatch/outbox.js")).outbox(e2e.outbox);

  if (e2e.debug) window.options.debug = window.debug = (await import("/nightlatch/debug.js")).debug(e2e.debug.silent && { log() {} });
  if (e2e.dpop) window.options.dpop = (await import("/nightlatch/dpop.js")).dpop();
  if (e2e.par) window.options.par = (await import("/nightlatch/par.js")).par();

  if (e2e.legacy) window.options.clear = (await import("/nightlatch/legacy.js")).legacy(...e2e.legacy);

  if (e2e.provider) {
    const { row, own } = e2e.provider;
    window.options.provider = (await import("/nightlatch/providers.js"))[row](own);
  }

  if (client === "default") {
    nightlatch.configure(window.options);
    window.auth = await nightlatch.client();
  } else {
    window.auth = await nightlatch.createClient(window.options);
  }
  observe(window.auth);
  if (e2e.stepUp) (await import("/nightlatch/step-up.js")).followStepUp(window.auth, e2e.stepUp);

  if (e2e.monitor || e2e.check) await watch(window.auth, e2e, issuer, clientId);

  if (callback === "popup") {
    const { handlePopupCallback, loginWithPopup } = await import("/nightlatch/popup.js");
    Object.assign(window, { loginWithPopup });
    window.answer = await handlePopupCallback(window.auth);
  }
  const { handleRedirectCallback } = client === "default" ? nightlatch : window.auth;
  if (callback === "once") window.answer = await handleRedirectCallback();
  if (callback === "twice") {
    window.answers = await Promise.all([handleRedirectCallback(), handleRedirectCallback()]);
    window.answer = window.answers[0];
  }
}

/** Watches over the provider's session, and writes down what its frame says and how long is waited in between. */
async function watch(auth, { monitor, check }, issuer, clientId) {
  const { checkOnVisible, monitorSession } = await import("/nightlatch/monitor.js");
  if (check) checkOnVisible(auth, { url: `${issuer}/me`, ...check });
  if (!monitor) return;
  window.heard = [];
  window.delays = [];
  window.addEventListener("message", ({ data }) => window.heard.push(data));
  const { setTimeout } = window;
  window.setTimeout = (work, delay, ...more) => {
    window.delays.push(delay);
    return setTimeout(work, delay, ...more);
  };
  monitorSession(auth, { clientId, checkSessionIframe: `${issuer}/session/check`, ...monitor });
}

function observe(auth) {
  const write = (name, detail) => window.events.push({ name, detail: structuredClone(detail), at: Date.now(), hidden: document.hidden });
  for (const name of ["signedIn", "signedOut", "stepUpRequired", "tokenRefreshed"]) auth.on(name, (detail) => write(name, detail));
  auth.on("refreshFailed", ({ error }) => write("refreshFailed", told(error)));

  const show = () => {
    document.querySelector("#status").textContent = auth.status;
  };
  auth.subscribe(() => {
    write("change", { status: auth.status });
    show();
  });
  show();
}

function told(error) {
  const { name, code, kind, status, error: refusal, errorDescription } = error;
  return { name, code, kind, status, error: refusal, errorDescription, message: error.message, isAuthError: error instanceof AuthError };
}

window.nightlatch = nightlatch;
window.events = [];
window.answer = null;
window.failure = null;
window.addEventListener("pageshow", (event) => {
  window.restored = event.persisted;
});
window.ready = start()
  .catch((error) => {
    window.failure = told(error);
  })
  .finally(() => {
    window.started = true;
  });
