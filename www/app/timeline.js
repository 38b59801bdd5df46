/** What happened, in this tab and the others. It outlives the way to the provider and back in session storage, under a key of the demo's own. */
import { byId, element } from "./elements.js";
import { hear, name, tell } from "./tabs.js";
import { clock } from "./words.js";

const KEY = "nightlatch-demo.timeline";
const LIMIT = 80;
const entryList = byId("timeline-entries");
const entries = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");

/** Writes down what this tab did, here and in the other tabs. `tone` is `good`, `bad` or nothing. */
export function note(text, tone) {
  const entry = { at: Date.now(), tab: name, text, tone };
  add(entry);
  tell("note", entry);
}

function add(entry) {
  entries.push(entry);
  if (entries.length > LIMIT) {
    entries.shift();
    entryList.lastElementChild?.remove();
  }
  sessionStorage.setItem(KEY, JSON.stringify(entries));
  entryList.prepend(item(entry));
}

function item({ at, tab, text, tone }) {
  const own = tab === name;
  return element(
    "li",
    { "data-tone": tone, "data-own": own },
    element("span", { class: "when" }, element("time", { datetime: new Date(at).toISOString() }, clock(at)), element("span", { class: "where" }, own ? "this tab" : tab)),
    element("span", { class: "what" }, text),
  );
}

hear("note", add);
entryList.replaceChildren(...entries.map(item).reverse());
byId("timeline-clear").addEventListener("click", () => {
  entries.length = 0;
  sessionStorage.removeItem(KEY);
  entryList.replaceChildren();
});
