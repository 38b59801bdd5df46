// What this browser keeps for the app, kind by kind. What is refused or missing counts as empty.

// What there is of each kind, as `[name, remove]`; `remove` tells whether it is gone. Storages have no label.
const kinds = {
  localStorage: ["", () => keys(localStorage)],
  sessionStorage: ["", () => keys(sessionStorage)],
  cookies: [" (cookie)", () => cookies().map((name) => [name, () => expire(name)])],
  indexedDB: [
    " (IndexedDB)",
    // Where the browser does not say which there are, those that are named are deleted.
    async (named) => ((await indexedDB.databases?.())?.map(({ name }) => name) ?? named).map((name) => [name, () => drop(name)]),
  ],
  caches: [" (caches)", async () => (await caches.keys()).map((name) => [name, () => caches.delete(name)])],
  serviceWorkers: [
    " (service worker)",
    async () =>
      (await navigator.serviceWorker.getRegistrations()).map((at) => [
        new URL((at.active ?? at.waiting ?? at.installing)?.scriptURL ?? at.scope).pathname,
        () => at.unregister(),
      ]),
  ],
};

// The record, the key shares, and what other clients on this origin keep: no list reaches them.
const RESERVED = /^(__Host-)?nightlatch([.-]|$)/;

/**
 * Wipes what `clear` says; with `own`, also this client's keys; `alone`, in session storage and nowhere else. Storages and
 * cookies are done when this returns. Gives the names of what was removed, and of what has not gone after `within` milliseconds.
 */
export async function wipe(namespace, { clear, own, alone, within }) {
  const items = [];
  const empty = async ([kind, [label, list]]) => {
    const asked = clear === "all" || clear[kind];
    if (alone ? kind !== "sessionStorage" : label && !asked) return;
    const goes = ([name]) =>
      RESERVED.test(name)
        ? own && !label && name.startsWith(`nightlatch.${namespace}.`)
        : (asked === true || lists(asked, name)) && !lists(clear.keep, name);
    const found = list(asked);
    await Promise.allSettled(
      (found.then ? await found : found).filter(goes).map(async ([name, remove]) => {
        const item = { name: name + label };
        items.push(item);
        item.gone = await remove();
      }),
    );
  };
  const late = new Promise((resolve) => setTimeout(resolve, within));
  await Promise.race([Promise.allSettled(Object.entries(kinds).map(empty)), late]);
  const names = (gone) => items.filter((item) => !item.gone === !gone).map(({ name }) => name);
  return { removed: names(true), residue: names(false) };
}

// A name that ends with an asterisk stands for all that begin so.
const lists = (list, name) => list?.some?.((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry));

const keys = (area) =>
  Array.from({ length: area.length }, (_, at) => area.key(at)).map((name) => [name, () => (area.removeItem(name), area.getItem(name) === null)]);

// A cookie without a name shows as its value alone.
const cookies = () => (document.cookie ? document.cookie.split("; ").map((cookie) => cookie.slice(0, Math.max(0, cookie.indexOf("=")))) : []);

// A script is not told where a cookie belongs: everywhere it may be from here. (Without name and value there is no cookie.)
function expire(name) {
  const paths = location.pathname.split("/").map((_, at, all) => all.slice(0, at + 1).join("/"));
  const domains = location.hostname.split(".").map((_, at, all) => `; Domain=${all.slice(at).join(".")}`);
  const secure = location.protocol === "https:" ? "; Secure" : "";
  for (const path of paths)
    for (const domain of ["", ...domains])
      for (const end of ["", "/"]) document.cookie = `${name}=0; Max-Age=0; Path=${path}${end}${domain}${secure}`;
  return !cookies().includes(name);
}

// Waits as long as others hold it open.
const drop = (name) =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve();
  });
