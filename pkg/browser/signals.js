// What reaches a page from outside: the channel between tabs, the mark in local storage, and the page's comings and
// goings. No `unload` handler: it would keep the page out of the back/forward cache.
//
// The channel carries generations, never a secret. It is closed while the page is away: a browser that puts a message
// into a page in its cache throws the page out.

/** Listens, and passes on what is heard: `tell(name, value)`. */
export function listen(namespace, tell) {
  const name = `nightlatch.${namespace}`;
  const mark = `${name}.mark`;
  const ended = new AbortController();
  let channel;
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
  const on = (target, event, heard) => target.addEventListener(event, heard, ended);
  try {
    localStorage.getItem(mark); // WebKitGTK tells storage events only to pages that have touched local storage.
  } catch {}
  open();
  // No key: everything was cleared.
  on(window, "storage", ({ key }) => (key === null || key === mark) && tell("look"));
  on(window, "pagehide", leave);
  on(window, "pageshow", ({ persisted }) => persisted && comeBack());
  // A frozen tab is away too (Page Lifecycle).
  on(document, "freeze", leave);
  on(document, "resume", comeBack);
  // Not on the way out: a transaction that begins there holds up every tab in WebKit.
  on(document, "visibilitychange", () => document.hidden || tell("look"));
  return {
    /** Says something to the other tabs. */
    post: (message) => channel?.postMessage(message),
    /** Listens no more. */
    close() {
      close();
      ended.abort();
    },
  };
}
