// Watches over the provider's own session, for apps whose session is to end with it.
import { HARDENED } from "./browser/request.js";
import { AuthError } from "./error.js";
import { WITH_TOKEN } from "./fetch.js";
import { signInSilently } from "./silent.js";

/** The provider's frame is asked no more often, in seconds. */
const MIN_INTERVAL = 2;
/** After how many sign-ins in a row that changed nothing the frame is no longer believed. */
const MAX_SAME = 2;

export function monitorSession(client, { clientId, checkSessionIframe, interval = 10, timeout = 10, ...silent }) {
  if (!URL.canParse(checkSessionIframe)) throw new AuthError("invalid_options", "usage", "`checkSessionIframe` is not an address");
  const { origin } = new URL(checkSessionIframe);
  const key = `nightlatch.session-state.${clientId}`;
  const ended = new AbortController();
  // It counts when the answer that it came with does.
  let arrived = new URL(location.href).searchParams.get("session_state");
  let sessionState = client.isAuthenticated ? read(key) : null;
  let frame;
  let timer;
  let isTrusted = false;
  let same = 0;

  const remember = (value) => {
    sessionState = value && !value.includes(" ") ? value : null;
    write(key, sessionState);
  };
  const pause = () => {
    clearTimeout(timer);
    frame?.remove();
    frame = undefined;
  };
  const stop = () => {
    ended.abort();
    pause();
    for (const off of subscriptions) off();
  };
  const begin = () => {
    if (ended.signal.aborted || !sessionState || !client.isAuthenticated || document.hidden || frame) return;
    frame = document.createElement("iframe");
    Object.assign(frame, { hidden: true, title: "", src: checkSessionIframe });
    frame.addEventListener("load", ask);
    document.body.append(frame);
    timer = setTimeout(stop, timeout * 1000);
  };
  const ask = () => {
    clearTimeout(timer);
    // A frame that the provider's headers refuse loads all the same, and never answers.
    timer = setTimeout(stop, timeout * 1000);
    frame?.contentWindow.postMessage(`${clientId} ${sessionState}`, origin);
  };
  const askLater = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, Math.max(interval, MIN_INTERVAL) * 1000);
  };
  const hear = ({ data, origin: from, source }) => {
    if (!frame || from !== origin || source !== frame.contentWindow) return;
    if (data === "unchanged") {
      isTrusted = true;
      same = 0;
      askLater();
    }
    if (data === "error") stop();
    // A frame without its cookies says so at each question: until it has once said otherwise, it knows nothing.
    if (data === "changed") isTrusted ? verify() : stop();
  };
  const verify = async () => {
    clearTimeout(timer);
    const before = client.getUser()?.sub;
    const found = await signInSilently(client, { timeout, ...silent }).catch(() => undefined);
    if (ended.signal.aborted || !client.isAuthenticated) return;
    if (found && !found.user) return void client.logout({ reason: "providerSessionEnded" });
    if (found?.sessionState) remember(found.sessionState);
    same += found?.user.sub === before || !found;
    if (same < MAX_SAME) askLater();
    else stop();
  };

  const subscriptions = [
    client.on("signedIn", () => {
      if (arrived) remember(arrived);
      arrived = null;
      begin();
    }),
    client.on("signedOut", () => {
      remember(null);
      pause();
    }),
  ];
  if (!client.isAuthenticated) write(key, null);
  window.addEventListener("message", hear, ended);
  window.addEventListener("pagehide", pause, ended);
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : begin()), ended);
  begin();
  return stop;
}

export function checkOnVisible(client, { url, every = 60 }) {
  const ended = new AbortController();
  let checkedAt = Date.now();
  const check = async () => {
    if (document.hidden || !client.isAuthenticated || Math.abs(Date.now() - checkedAt) < every * 1000) return;
    checkedAt = Date.now();
    const { sub } = client.getUser();
    // A token that is refused is renewed, and a refresh that the provider refuses ends the session by itself.
    const answer = await client.fetch(url, { headers: { Accept: "application/json" }, ...HARDENED }, WITH_TOKEN);
    const said = answer.ok ? await answer.json() : {};
    const isOver = answer.status === 401 || said.active === false || (said.sub ?? sub) !== sub;
    if (isOver && client.getUser()?.sub === sub) await client.logout({ reason: "providerSessionEnded" });
  };
  const tryToCheck = () => void check().catch(() => {}); // No answer is no answer.
  document.addEventListener("visibilitychange", tryToCheck, ended);
  window.addEventListener("pageshow", tryToCheck, ended);
  return () => ended.abort();
}

// Session storage: what a browser that is closed forgets, and no other tab has.
function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {} // Then a reload ends the watch.
}
