// Runs before everything else in the page: it sees what goes wrong, and takes away what the address says this browser shall not have.
(() => {
  const config = fetch("/config.json").then((answer) => answer.json());

  if (window.name === "nightlatch-silent") parent.ranInFrame = true;

  window.problems = [];
  const problem = async (text) => {
    window.problems.push(text);
    // The page may be gone before the test looks, so the API's log hears of it too.
    const { api } = await config;
    navigator.sendBeacon(`${api}/problem?${new URLSearchParams({ text, page: location.pathname })}`);
  };
  addEventListener("securitypolicyviolation", (event) => problem(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  addEventListener("error", (event) => problem(`error: ${event.message}`));
  addEventListener("unhandledrejection", (event) => problem(`unhandled: ${event.reason?.code ?? ""} ${event.reason?.message ?? event.reason}`));

  window.said = [];
  for (const level of ["debug", "error", "info", "log", "warn"]) {
    const say = console[level];
    console[level] = (...words) => {
      window.said.push(words.map(String).join(" "));
      if (level === "error" || level === "warn") problem(`console: ${words.join(" ")}`);
      say.apply(console, words);
    };
  }

  const without = (new URLSearchParams(location.search).get("without") ?? "").split(",");
  if (without.includes("channel")) {
    window.BroadcastChannel = class extends EventTarget {
      onmessage = null;
      postMessage() {}
      close() {}
    };
  }
  if (without.includes("named-channel")) {
    window.channels = [];
    const { BroadcastChannel } = window;
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name) {
        super(name);
        window.channels.push(name);
      }
    };
  }
  for (const [name, event] of [["storage-event", "storage"], ["visibility-event", "visibilitychange"]]) {
    if (without.includes(name)) addEventListener(event, (event) => event.stopImmediatePropagation(), true);
  }
  if (without.includes("indexeddb")) {
    IDBFactory.prototype.open = () => {
      throw new DOMException("refused for this test", "SecurityError");
    };
  }
  if (without.includes("cookies")) {
    Object.defineProperty(Document.prototype, "cookie", { get: () => "", set() {}, configurable: true });
  }
})();
