// What a browser still keeps of a session.

/**
 * Looks, from inside a page, for what a sign-out must not leave: names, never values. It needs nothing but the page, so that any driver can bring its text
 * there (`page.evaluate`, WebDriver's `executeAsyncScript`, `cy.window`).
 */
export async function findTraces({ tokens = [], ignore = [] } = {}) {
  const JWT = /eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/;
  const MEMBER = /(?:access|refresh|id)_?token["']?\s*[=:]\s*["']?[\w.~+/-]{8,}/i;
  const NAMED = /(?:access|refresh|id)[-_.]?token/i;
  const OWN = /^nightlatch\..+\.(?:session|sign-in)$/;
  const SHARE = /^(?:__Host-)?nightlatch-(?!.*-outbox$)/;
  const MOST = 1 << 20;
  const found = new Set();
  const isToken = (text) => JWT.test(text) || MEMBER.test(text) || tokens.some((token) => text.includes(token));
  const named = (name) => (isToken(name) ? "(a token as its name)" : name);
  const mark = (name, where) => {
    const full = `${named(name)} (${where})`;
    if (!ignore.some((one) => one === name || one === full || (one.endsWith("*") && name.startsWith(one.slice(0, -1))))) found.add(full);
  };
  const texts = function* (value, seen = new Set()) {
    if (typeof value === "string") yield value;
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof ArrayBuffer) yield new TextDecoder().decode(new Uint8Array(value).subarray(0, MOST));
    else if (ArrayBuffer.isView(value)) yield new TextDecoder().decode(new Uint8Array(value.buffer, value.byteOffset, Math.min(value.byteLength, MOST)));
    else if (value instanceof Map || value instanceof Set) for (const one of value) yield* texts(one, seen);
    else
      for (const [name, member] of Object.entries(value)) {
        yield typeof member === "string" ? `${name}=${member}` : name;
        yield* texts(member, seen);
      }
  };
  const holdsToken = (value) => {
    for (const text of texts(value)) if (isToken(text)) return true;
    return false;
  };
  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  // What is refused or missing keeps nothing.
  const look = async (work) => {
    try {
      await work();
    } catch {}
  };
  const area = (area, where) => {
    for (let at = 0; at < area.length; at += 1) {
      const name = area.key(at);
      const value = area.getItem(name);
      if (OWN.test(name) || (NAMED.test(name) && value !== "") || isToken(name) || isToken(value)) mark(name, where);
    }
  };
  const records = async (database) => {
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([answer(all.getAllKeys()), answer(all.getAll())]);
      values.forEach((value, at) => {
        const where = `${database.name}/${store}`;
        if (database.name === "nightlatch" && (value?.sealed || value?.slot?.present)) mark(`${where}: a session`, "IndexedDB");
        if (database.name === "nightlatch" && Object.values(value?.own ?? {}).some(({ key }) => key)) mark(`${where}: a tab's key`, "IndexedDB");
        if (database.name === "nightlatch-dpop") mark(`${where}: a key`, "IndexedDB");
        if (holdsToken(keys[at]) || holdsToken(value)) mark(where, "IndexedDB");
      });
    }
  };

  await look(() => area(localStorage, "localStorage"));
  await look(() => area(sessionStorage, "sessionStorage"));
  await look(() => {
    for (const cookie of document.cookie.split("; ").filter(Boolean)) {
      const [name, value] = [cookie.slice(0, Math.max(0, cookie.indexOf("="))), cookie.slice(cookie.indexOf("=") + 1)];
      if (SHARE.test(name) || (NAMED.test(name) && value) || isToken(value)) mark(name, "cookie");
    }
  });
  await look(async () => {
    for (const { name } of await indexedDB.databases()) {
      const database = await answer(indexedDB.open(name));
      await look(() => records(database));
      database.close();
    }
  });
  await look(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        // A program names tokens without holding any.
        const isData = /json|urlencoded|text\/plain/.test(response.headers.get("Content-Type") ?? "");
        const text = isData ? (await response.text()).slice(0, MOST) : "";
        if ([request.url, request.headers.get("Authorization") ?? "", text].some(isToken)) mark(name, "caches");
      }
    }
  });
  await look(() => {
    if (isToken(decodeURIComponent(location.href))) mark("location", "page");
    if (isToken(window.name)) mark("name", "page");
    if (holdsToken(history.state)) mark("history.state", "page");
  });
  return [...found].sort();
}

/** Whether a client says that nobody is signed in: what speaks against it. It needs nothing but the client. */
export async function findSession(client) {
  if (!client) return ["there is no client (client)"];
  const found = [];
  if (client.status !== "signed-out") found.push(`status is ${client.status} (client)`);
  if (client.isAuthenticated) found.push("isAuthenticated is true (client)");
  if (client.getUser()) found.push("getUser() gives a user (client)");
  const code = await client.getAccessToken().then(
    () => "handed out",
    (error) => error.code,
  );
  if (code !== "login_required") found.push(`getAccessToken() ${code === "handed out" ? "hands out a token" : `rejects with ${code}`} (client)`);
  return found;
}
