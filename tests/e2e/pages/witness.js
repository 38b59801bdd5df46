// Runs before everything else in the page, and writes down what a script, another tab or a log could see of it.
(() => {
  const heard = (window.witnessed = []);
  const write = (where, ...what) => void heard.push(`${where}: ${what.map(inWords).join(" ")}`);

  /** A value in every form in which somebody may print it. */
  function inWords(value) {
    if (value instanceof Error) {
      const own = Object.getOwnPropertyNames(value).map((name) => `${name} ${inWords(value[name])}`);
      return [String(value), value.stack, value.message, JSON.stringify(value), ...own].join(" ");
    }
    try {
      return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
    } catch {
      return String(value);
    }
  }
  window.inWords = inWords;

  /** Has every call of a method written down. */
  const overhear = (owner, name, where, what = (...words) => words) => {
    const method = owner[name];
    owner[name] = function (...words) {
      const said = what.call(this, ...words);
      if (said) write(where, ...said);
      return method.apply(this, words);
    };
  };
  const beacon = navigator.sendBeacon.bind(navigator);
  for (const name of Object.keys(console)) if (typeof console[name] === "function") overhear(console, name, `console.${name}`);
  for (const name of ["pushState", "replaceState"]) overhear(History.prototype, name, "history");
  overhear(BroadcastChannel.prototype, "postMessage", "channel", function (message) {
    return [this.name, message];
  });
  // The sign-in under way waits in this tab's session storage, and is its own.
  overhear(Storage.prototype, "setItem", "storage", (key, value) => !key.endsWith(".sign-in") && [key, value]);
  overhear(window, "fetch", "request", (input) => [input.url ?? String(input), input.referrer ?? ""]);
  overhear(Navigator.prototype, "sendBeacon", "request", (url) => [String(url)]);
  for (const name of ["error", "unhandledrejection", "securitypolicyviolation", "storage", "message"]) {
    addEventListener(name, (event) => {
      const { message, error, reason, key, oldValue, newValue, url, data, blockedURI } = event;
      write(`event ${name}`, message, error, reason, key, oldValue, newValue, url, data, blockedURI);
    });
  }

  /** What stands in the page and in what the browser has measured of it. (The navigation is the browser's own entry: it has the answer that it began with.) */
  window.testify = () => {
    const entries = performance.getEntries().filter(({ entryType }) => entryType !== "navigation");
    write("page", location.href, document.referrer, document.title, window.name, document.documentElement.outerHTML);
    write("performance", entries.map(({ name }) => name));
    write("events", window.events, window.said, window.auth?.getSnapshot());
    write("timeline", window.debug?.timeline);
    return heard;
  };
  let api;
  fetch("/config.json").then(async (answer) => ({ api } = await answer.json()));
  addEventListener("pagehide", () => api && beacon(`${api}/witness`, new URLSearchParams({ text: JSON.stringify(window.testify()) })));
})();
