/** Everything that a browser keeps for the app's origin, written out so that a test can search it. */
import assert from "node:assert/strict";

/**
 * What is at rest in this tab's browser: local and session storage, cookies, caches, and every record of every database. Bytes appear as they are,
 * one character each; a key appears as what the browser says about it.
 */
export function atRest(tab) {
  return tab.run(async () => {
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const binary = (bytes) => `bytes: ${Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")}`;
    const written = (value) => {
      if (value instanceof CryptoKey) return `key: ${value.type} ${value.algorithm.name} ${value.extractable ? "extractable" : "sealed"}`;
      if (value instanceof ArrayBuffer) return binary(new Uint8Array(value));
      if (ArrayBuffer.isView(value)) return binary(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      if (value instanceof Date) return value.toISOString();
      if (Array.isArray(value) || value instanceof Map || value instanceof Set) return Array.from(value, written);
      if (typeof value === "object" && value !== null) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, written(member)]));
      return typeof value === "bigint" ? String(value) : (value ?? null);
    };

    const databases = {};
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      const stores = {};
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([done(records.getAllKeys()), done(records.getAll())]);
        stores[store] = keys.map((key, index) => ({ key: written(key), value: written(values[index]) }));
      }
      database.close();
      databases[name] = stores;
    }
    return {
      localStorage: { ...localStorage },
      sessionStorage: { ...sessionStorage },
      cookies: document.cookie,
      databases,
      caches: await caches.keys(),
    };
  });
}

/** What a sign-in is made of, as the provider knows it: none of it may lie about in plain text. */
export function secrets({ world }) {
  const issued = world.issued.flatMap(({ accessToken, refreshToken, idToken }) => [accessToken, refreshToken, idToken, ...String(idToken).split(".")]);
  const sent = world.requests.of("token").flatMap(({ params }) => [params.code, params.code_verifier]);
  return [...new Set([...issued, ...sent])].filter((secret) => secret !== undefined && secret.length > 16);
}

export function assertNoSecret(stage, rest) {
  const text = JSON.stringify(rest);
  assert.deepEqual(secrets(stage).filter((secret) => text.includes(secret)), []);
}

/** Nothing of a session is left: no secret, no name, no key, nothing sealed, no half of a key in a cookie. */
export function assertNothingLeft(stage, rest) {
  assertNoSecret(stage, rest);
  const text = JSON.stringify(rest);
  const personal = stage.world.accounts.flatMap(({ sub, claims }) => [sub, claims.name, claims.email]);
  assert.deepEqual([...personal, "key: ", "bytes: "].filter((trace) => text.includes(trace)), []);
  assert.deepEqual(rest.sessionStorage, {});
  assert.equal(rest.cookies, "");
}
