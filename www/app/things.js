/** What the app keeps in this browser besides its sign-in: a few things of each kind, for a sign-out to take along or to leave. */
import { byId, element } from "./elements.js";
import { hear, tell } from "./tabs.js";
import { note } from "./timeline.js";

const DATABASE = "shop-orders";
const CACHE = "shop-pictures";

const kinds = [
  storageKey("The basket", "shop.basket", "apples"),
  storageKey("The language", "shop.language", "en"),
  {
    label: "The orders",
    where: `IndexedDB · ${DATABASE}`,
    put: database,
    isThere: async () => (await indexedDB.databases()).some(({ name }) => name === DATABASE),
  },
  {
    label: "The pictures",
    where: `Cache storage · ${CACHE}`,
    put: async () => (await caches.open(CACHE)).put("/shop/latch.svg", await fetch("/latch.svg")),
    isThere: () => caches.has(CACHE),
  },
];

/** What `clear` of `logout()` gets, by choice. */
const choices = {
  own: "own",
  list: { localStorage: ["shop.*"], indexedDB: [DATABASE], caches: ["shop-*"], keep: ["shop.language"] },
  all: "all",
};

/** Shows the things, and lets the button put back what is gone. */
export function things() {
  byId("put-back").addEventListener("click", async () => {
    await putBack();
    note("Put the app's things back");
  });
  hear("things", look);
  return look();
}

/** Puts back what is not there. */
export async function putBack() {
  for (const { isThere, put } of kinds) if (!(await isThere())) await put();
  tell("things");
  await look();
}

/** Looks what is there now. */
export async function look() {
  const found = await Promise.all(kinds.map(({ isThere }) => isThere()));
  byId("things").replaceChildren(
    ...kinds.map(({ label, where }, at) =>
      element(
        "li",
        { "data-there": String(found[at]) },
        element("span", { class: "thing" }, label, element("code", { class: "fine" }, where)),
        element("span", { class: "there" }, found[at] ? "there" : "gone"),
      ),
    ),
  );
  byId("put-back").hidden = found.every(Boolean);
}

/** What the sign-out is to wipe besides what is nightlatch's own. */
export function chosenClear() {
  return choices[new FormData(byId("sign-out-form")).get("clear")];
}

function storageKey(label, key, value) {
  return { label, where: `local storage · ${key}`, put: () => localStorage.setItem(key, value), isThere: () => localStorage.getItem(key) !== null };
}

function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("orders").put("two apples", 1);
    request.onsuccess = () => resolve(request.result.close());
    request.onerror = () => reject(request.error);
  });
}
