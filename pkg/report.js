// The report of a sign-out as an element: what was reached, layer by layer, for people to read.
//
// Nothing is made of text: no markup, no inline style, so it stands under a policy that allows neither, and under Trusted Types.
import { STYLES } from "./report/styles.js";
import { textOf, wordsOf } from "./report/words.js";

export { ENGLISH } from "./report/labels.js";
export { textOf };

export function defineReport(name = "nightlatch-report") {
  // Made here: where there is no browser there is nothing to extend.
  if (!customElements.get(name)) customElements.define(name, reportElement());
}

function reportElement() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES);

  return class ReportElement extends HTMLElement {
    static observedAttributes = ["heading-level", "lang"];
    #root = this.attachShadow({ mode: "open" });
    #given = { report: null, provider: undefined, labels: undefined };

    constructor() {
      super();
      this.#root.adoptedStyleSheets = [sheet];
    }

    get report() {
      return this.#given.report;
    }

    set report(report) {
      this.#set("report", report ?? null);
    }

    get provider() {
      return this.#given.provider;
    }

    set provider(provider) {
      this.#set("provider", provider);
    }

    get labels() {
      return this.#given.labels;
    }

    set labels(labels) {
      this.#set("labels", labels);
    }

    get headingLevel() {
      const level = Number(this.getAttribute("heading-level") ?? 2);
      return Number.isInteger(level) && level >= 1 && level <= 6 ? level : 2;
    }

    set headingLevel(level) {
      this.setAttribute("heading-level", level);
    }

    get textContent() {
      return this.report ? textOf(this.report, this.#options) : super.textContent;
    }

    set textContent(text) {
      super.textContent = text;
    }

    connectedCallback() {
      // What was set before there was a class for it.
      for (const name of Object.keys(this.#given)) {
        if (!Object.hasOwn(this, name)) continue;
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
      this.#render();
    }

    attributeChangedCallback() {
      this.#render();
    }

    get #options() {
      // The language is the page's where the element stands, unless it says so itself.
      const lang = this.closest("[lang]")?.lang || undefined;
      return { ...this.#given, lang };
    }

    #set(name, value) {
      this.#given[name] = value;
      this.#render();
    }

    #render() {
      if (!this.isConnected) return;
      const content = this.report ? [article(wordsOf(this.report, this.#options), this.headingLevel)] : [];
      this.#root.replaceChildren(...content, element("slot"));
    }
  };
}

function article({ eyebrow, title, summary, layers, problemsTitle, problems, removed }, level) {
  const heading = (deeper, part, text) => element(`h${Math.min(6, level + deeper)}`, { part }, text);
  const share = scaleOf(layers);
  const rows = layers.map(({ id, name, tone, outcome, text, items, at, time }) =>
    element(
      "li",
      { part: `layer ${tone}`, "data-layer": id, "data-tone": tone },
      element("span", { part: `mark ${tone}`, "aria-hidden": "true" }),
      element("div", { part: "words" }, heading(1, "name", name), text && element("p", { part: "text" }, text), items.length > 0 && details(removed(items), items)),
      element("p", { part: `outcome ${tone}` }, outcome),
      element("p", { part: "time" }, time, time && bar(share(at))),
    ),
  );
  const troubles = problems.map(({ code, text }) => element("li", { part: "problem" }, text && `${text} `, element("code", { part: "code" }, code)));
  const made = element(
    "article",
    { part: "report", "aria-labelledby": "title" },
    element("p", { part: "eyebrow" }, eyebrow),
    heading(0, "title", title),
    element("p", { part: "summary" }, summary),
    // Without its marks a list is none in Safari, unless it says so.
    element("ul", { part: "layers", role: "list" }, ...rows),
    troubles.length > 0 && element("div", { part: "problems" }, heading(1, "problems-title", problemsTitle), element("ul", { role: "list" }, ...troubles)),
  );
  made.querySelector("[part=title]").id = "title";
  return made;
}

function details(title, items) {
  const list = items.map((item) => element("li", {}, element("code", { part: "code" }, item)));
  return element("details", { part: "items" }, element("summary", {}, title), element("ul", { role: "list" }, ...list));
}

function bar(share) {
  const made = element("span", { part: "bar", "aria-hidden": "true" });
  made.style.setProperty("--at", share.toFixed(4));
  return made;
}

// One scale for all bars, and a logarithmic one: the way to the provider and back would flatten every other.
function scaleOf(layers) {
  const longest = Math.log1p(Math.max(1, ...layers.map(({ at }) => at ?? 0)));
  return (at) => Math.min(1, Math.log1p(Math.max(0, at)) / longest);
}

/** A new element. Text goes in as text: what a server says is never taken for HTML. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children.filter((child) => child !== undefined && child !== false && child !== ""));
  return made;
}
