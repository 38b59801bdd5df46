/**
 * The app's tabs as they tell each other about themselves, over a channel that is the demo's own. nightlatch needs none of this: it is here so that one tab can show
 * what the others do. What travels is a name, a status and sentences; never a token.
 */
import { byId, element } from "./elements.js";
import { statuses } from "./words.js";

const KEY = "nightlatch-demo.tab";
const names = ["Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Larch", "Maple", "Oak", "Poplar", "Rowan", "Spruce", "Willow", "Yew"];
const page = crypto.randomUUID();
const others = new Map();
const listeners = new Map();
let status = "loading";
let channel;
open();

/** This tab's name, kept over a reload. A tab that finds its name taken (a duplicated tab, or chance) takes another. */
export let name = sessionStorage.getItem(KEY) ?? rename();

function rename() {
  const taken = new Set([...others.values()].map((other) => other.name));
  const free = names.filter((candidate) => !taken.has(candidate));
  const chosen = free[Math.floor(Math.random() * free.length)] ?? page.slice(0, 4);
  sessionStorage.setItem(KEY, chosen);
  return chosen;
}

/** Tells the other tabs. */
export function tell(kind, detail) {
  channel?.postMessage({ kind, page, name, status, detail });
}

/** Hears what other tabs tell. */
export function hear(kind, listener) {
  listeners.set(kind, listener);
}

/** Says where this tab stands. */
export function stand(now) {
  status = now;
  tell("here");
  show();
}

function show() {
  const rows = [{ name, status, own: true }, ...others.values()];
  byId("tabs").replaceChildren(
    ...rows.map((tab) =>
      element(
        "li",
        { "data-status": tab.status },
        element("span", { class: "tab-name" }, tab.name, tab.own && element("span", { class: "fine" }, " (this tab)")),
        element("span", { class: "tab-status" }, statuses[tab.status] ?? tab.status),
      ),
    ),
  );
}

function meet(other) {
  others.set(other.page, { name: other.name, status: other.status });
  show();
}

const answers = {
  hello(other) {
    // Whoever was here first keeps the name.
    tell(other.name === name ? "taken" : "here");
    if (other.name !== name) meet(other);
  },
  taken(other) {
    meet(other);
    if (other.name !== name) return;
    name = rename();
    tell("hello");
    show();
  },
  here: meet,
  bye(other) {
    others.delete(other.page);
    show();
  },
};

function open() {
  channel ??= new BroadcastChannel("nightlatch-demo");
  channel.onmessage = ({ data }) => {
    if (Object.hasOwn(answers, data.kind)) answers[data.kind](data);
    else listeners.get(data.kind)?.(data.detail);
  };
}

// A page that comes back from the back/forward cache has heard nothing meanwhile: it introduces itself again. An open channel could keep it out of there.
addEventListener("pageshow", () => {
  open();
  tell("hello");
});
addEventListener("pagehide", () => {
  tell("bye");
  channel.close();
  channel = undefined;
});
