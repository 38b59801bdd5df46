// What reaches a page from outside: the channel between tabs, the mark in local storage, and the page's comings and
// goings. No `unload` handler: it would keep the page out of the back/forward cache.
//
// The channel carries generations, never a secret. It is closed while the page is away: a browser that puts a message
// into a page in its cache throws the page out.

// How long a cookie's deletion is given to be seen here, in milliseconds.
const COOKIE_MS = 1_000;

// What tells that somebody uses the page. A touch is a pointer's.
const ACTIVITY = ["pointerdown", "keydown", "wheel", "visibilitychange"];

/** Listens, and passes on what is heard: `tell(name, value)`. Activity is listened to where there is an `idleTimeout`. */
export function listen(namespace, tell, idleTimeout) {
  const name = `nightlatch.${namespace}`;
  const mark = `${name}.mark`;
  const ended = new AbortController();
  let channel;
  let later;
  const open = () => {
    try {
      channel ??= new BroadcastChannel(name);
      channel.onmessage = ({ data }) => tell("message", data);
    } catch {} // There are none.
  };
  const close = () => {
    channel?.close();
    channel = undefined;
  };
  const leave = () => {
    tell("away");
    close();
  };
  const comeBack = () => {
    open();
    tell("restored");
  };
  // The mark can be seen before the deletion of the key share that it tells of (measured under load: 6 to 13 of 80).
  const look = () => {
    tell("look");
    clearTimeout(later);
    later = setTimeout(tell, COOKIE_MS, "look");
  };
  const on = (target, event, heard) => target.addEventListener(event, heard, { signal: ended.signal, passive: true, capture: true });
  try {
    localStorage.getItem(mark); // WebKitGTK tells storage events only to pages that have touched local storage.
  } catch {}
  open();
  // No key: everything was cleared.
  on(window, "storage", ({ key }) => (key === null || key === mark) && look());
  on(window, "pagehide", leave);
  on(window, "pageshow", ({ persisted }) => persisted && comeBack());
  // A frozen tab is away too (Page Lifecycle).
  on(document, "freeze", leave);
  on(document, "resume", comeBack);
  on(window, "online", () => tell("look"));
  // Not on the way out: a transaction that begins there holds up every tab in WebKit.
  on(document, "visibilitychange", () => document.hidden || tell("look"));
  if (idleTimeout) for (const event of ACTIVITY) on(window, event, () => document.hidden || tell("active"));
  return {
    /** Says something to the other tabs. */
    post: (message) => channel?.postMessage(message),
    /** Listens no more. */
    close() {
      close();
      clearTimeout(later);
      ended.abort();
    },
  };
}
