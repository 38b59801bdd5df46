// What another library left in this browser, for an app that has moved to nightlatch: tokens above all. It is named here and goes
// the way of everything else that a sign-out wipes (browser/wipe.js).
//
// A prefix that is the library's alone is a pattern. Where keys have none they are looked for by what they hold: what an app
// named alike stays. Read off the packages: oidc-client 1.11, oidc-client-ts 3.5, auth0-spa-js 1.22 and 2.28, msal 1.4,
// msal-browser 2.39, 3.30, 4.30 and 5.30, keycloak-js 21.1 and 26.2.
import { wipe } from "./browser/wipe.js";

/** How long a database that is held open is waited for, in milliseconds. */
const WITHIN_MS = 2_000;

const KINDS = ["localStorage", "sessionStorage", "indexedDB", "caches", "cookies", "serviceWorkers"];

// `both`: patterns of keys in local and session storage. `held(key, value)`: whether such a key is the library's. `listed(key, value)`: the
// names that a key of the library's lists. `cookie(name)`: whether a cookie is.
const LIBRARIES = {
  "auth0-spa-js": {
    both: ["@@auth0spajs@@*", "a0.spajs.txs*", "browser-tabs-lock-key-auth0.lock.*"],
    cookies: ["a0.spajs.txs*", "_legacy_a0.spajs.txs*"],
    indexedDB: ["auth0-spa-js"],
    cookie: (name) => /^(_legacy_)?auth0\.(.+\.)?(is\.authenticated|organization_hint)$/.test(name),
  },
  "keycloak-js": { both: ["kc-callback-*", "kc-test"], cookies: ["kc-callback-*"], indexedDB: [] },
  msal: {
    both: ["msal.*"],
    cookies: ["msal.*"],
    indexedDB: ["msal.db"],
    held: isMsal,
    // From version 2.3x to 3 the keys of accounts and tokens have no prefix; these are their lists.
    listed: (key, value) => (/^msal\.(\d+\.)?(account\.keys$|token\.keys\.)/.test(key) ? Object.values(value).flat() : []),
  },
  "oidc-client-ts": {
    both: ["oidc.user:*"],
    cookies: [],
    // The keys of proofs (DPoP).
    indexedDB: ["oidc"],
    // A sign-in or sign-out that was begun and never came back: `oidc.<state>`.
    held: (key, value) => key.startsWith("oidc.") && value.id === key.slice("oidc.".length) && typeof value.created === "number",
  },
};

export function legacy(...given) {
  const lists = typeof given.at(-1) === "object" ? given.pop() : {};
  const clear = {};
  if (lists.keep) clear.keep = [...lists.keep];
  for (const name of given) {
    if (!Object.hasOwn(LIBRARIES, name)) throw new TypeError(`no leftovers are known of ${name}: one of ${Object.keys(LIBRARIES).join(", ")}`);
  }
  for (const kind of KINDS) {
    const own = lists[kind];
    const names = new Set(given.flatMap((name) => leftovers(kind, LIBRARIES[name])));
    if (own === true) clear[kind] = true;
    else if (names.size > 0 || own) clear[kind] = [...new Set([...(own || []), ...names])];
  }
  return clear;
}

export function removeLegacy(...given) {
  return wipe("", { clear: legacy(...given), own: false, alone: false, within: WITHIN_MS });
}

function leftovers(kind, { both, cookies, indexedDB, held, listed, cookie }) {
  if (kind === "indexedDB") return indexedDB;
  if (kind === "cookies") return [...cookies, ...(cookie ? cookieNames().filter(cookie) : [])];
  if (!/Storage$/.test(kind)) return [];
  const found = entries(kind).flatMap(([key, text]) => {
    const value = parse(text);
    const names = value && listed ? listed(key, value).filter((name) => typeof name === "string" && name) : [];
    return held?.(key, value ?? {}) ? [...names, key] : names;
  });
  // An asterisk at the end of a found name would stand for more.
  return [...both, ...found.filter((name) => !name.endsWith("*"))];
}

/** Accounts, credentials and what stands beside them (msal-browser 2 and 3), and tokens whose keys are objects (msal 1). */
function isMsal(key, value) {
  if (value.homeAccountId && (value.credentialType || value.authorityType)) return true;
  if (/^server-telemetry-/.test(key)) return "failedRequests" in value && "cacheHits" in value;
  if (/^appmetadata-/.test(key)) return "clientId" in value && "environment" in value;
  if (/^throttling\./.test(key)) return "throttleTime" in value;
  const named = parse(key);
  return !!named?.clientId && !!named.homeAccountIdentifier;
}

// What the browser refuses to show holds nothing that could be named.
function entries(kind) {
  try {
    return Object.entries(globalThis[kind]);
  } catch {
    return [];
  }
}

function cookieNames() {
  try {
    return document.cookie.split("; ").map((cookie) => cookie.split("=")[0]);
  } catch {
    return [];
  }
}

function parse(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : undefined;
  } catch {}
}
