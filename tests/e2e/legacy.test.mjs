// What other libraries leave is removed, and nothing else: the real packages sign in at the real provider, and then nightlatch takes over.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { build } from "esbuild";

import { strictPolicy } from "../../www/static.mjs";
import { asksForPassword, fillForm, openSignedIn, signIn, started } from "./harness/app.mjs";
import { opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const PAGE = "/legacy/index.html";
const PACKAGES = ["oidc-client-ts", "@auth0/auth0-spa-js", "@azure/msal-browser", "msal-browser-3", "keycloak-js"];

const folder = await mkdtemp(join(tmpdir(), "nightlatch-legacy-"));
await build({
  entryPoints: Object.fromEntries(PACKAGES.map((name) => [name.replaceAll(/[@/]/g, "-"), name])),
  absWorkingDir: join(import.meta.dirname, "..", ".."),
  outdir: folder,
  bundle: true,
  format: "esm",
  logLevel: "error",
});
await writeFile(join(folder, "index.html"), '<!doctype html><html lang="en"><title>An app before it moved</title><link rel="icon" href="data:,"></html>');
const tenant = await auth0Tenant();
after(async () => {
  tenant.server.close();
  tenant.server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

const stage = setStage({
  mounts: { "/e2e/": join(import.meta.dirname, "pages"), "/legacy/": folder },
  redirectUris: [PAGE],
  csp: (config) => strictPolicy(config).replace("connect-src 'self'", `connect-src 'self' ${tenant.origin}`),
});

/** The provider under Auth0's paths and, as the library has it, under an issuer that ends with a slash. */
async function auth0Tenant() {
  const server = createServer(async (req, res) => {
    const { issuer, app } = { ...stage.world, ...stage.world.config };
    const { pathname, search } = new URL(req.url, "http://localhost");
    const cors = { "Access-Control-Allow-Origin": app, "Access-Control-Allow-Headers": "*, Auth0-Client, Content-Type", "Content-Type": "application/json" };
    if (pathname === "/authorize") {
      res.writeHead(302, { Location: `${issuer}/auth${search}` }).end();
    } else if (req.method === "POST" && pathname === "/oauth/token") {
      const body = Buffer.concat(await req.toArray()).toString();
      const answer = await fetch(`${issuer}/token`, { method: "POST", body, headers: { "Content-Type": "application/x-www-form-urlencoded", Origin: app } });
      const tokens = await answer.json();
      if (tokens.id_token) tokens.id_token = stage.world.sign({ ...opened(tokens.id_token).claims, iss: `${tenant.origin}/` });
      res.writeHead(answer.status, cors).end(JSON.stringify(tokens));
    } else {
      res.writeHead(204, cors).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** Signs in by a library: `begin` leaves the page, `complete` takes the answer on the way back. Each is given what the library needs. */
async function signInBy(tab, { begin, complete, file, insists = false }) {
  const { world } = stage;
  const given = { issuer: world.issuer, clientId: world.clientId, redirectUri: world.app + PAGE, tenant: tenant.origin, file };
  const there = async () => (await tab.address()).startsWith(world.app) && /[?&]code=|#code=/.test(await tab.address());
  // Not waited for: the page is about to go.
  const leave = async () => {
    await tab.run(`(given) => void (${begin})(given).catch((error) => (window.failure = String(error)))`, given);
    await until("the page has left", async () => {
      if (!(await tab.address()).startsWith(world.app) || (await there())) return true;
      const failure = await tab.run(() => window.failure);
      if (failure) assert.fail(failure);
      return false;
    });
  };

  await tab.visit(world.app + PAGE);
  await leave();
  if (!insists) {
    // That one never comes back: what it has begun stays.
    await tab.visit(world.app + PAGE);
    await leave();
  }
  await until("the provider asks or answers", async () => (await asksForPassword(tab)) || (await there()));
  if (await asksForPassword(tab)) await fillForm(stage, tab);
  await until("the answer is there", there);
  const signedIn = await tab.run(complete, given);
  assert.equal(signedIn, "u-1815");
}

/** Everything of the app's own, of each kind, under names that the libraries' resemble. */
const OWN = {
  localStorage: { cart: "1", "oidc.theme": "dark", "auth0.mine": "1", "kc-settings": "1", "msal-notes": "1", "oidc.user-settings": "{}" },
  sessionStorage: { draft: "1", "a0.mine": "1", "appmetadata-mine": "{}" },
  cookies: ["language", "auth0.mine"],
  databases: ["books", "oidc-books"],
};
const keepOwn = (tab) =>
  tab.run(async (own) => {
    Object.assign(localStorage, own.localStorage);
    Object.assign(sessionStorage, own.sessionStorage);
    for (const name of own.cookies) document.cookie = `${name}=1; Path=/`;
    for (const name of own.databases) {
      await new Promise((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result.close());
      });
    }
  }, OWN);

/** The names of what is kept here, less the app's own and nightlatch's. */
async function foreign(tab) {
  const { localStorage, sessionStorage, cookies, databases } = await atRest(tab);
  const names = [
    ...Object.keys(localStorage).filter((name) => !(name in OWN.localStorage)),
    ...Object.keys(sessionStorage).filter((name) => !(name in OWN.sessionStorage)),
    ...cookies.split("; ").map((cookie) => cookie.split("=")[0]).filter((name) => name && !OWN.cookies.includes(name)),
    ...Object.keys(databases).filter((name) => !OWN.databases.includes(name)),
  ];
  return names.filter((name) => !/^nightlatch/.test(name)).toSorted();
}

async function assertOwnStays(tab) {
  const { localStorage, sessionStorage, cookies, databases } = await atRest(tab);
  for (const name in OWN.localStorage) assert.ok(name in localStorage, name);
  for (const name in OWN.sessionStorage) assert.ok(name in sessionStorage, name);
  for (const name of OWN.cookies) assert.match(cookies, new RegExp(`(^|; )${name}=1`));
  for (const name of OWN.databases) assert.ok(name in databases, name);
}

const remove = (tab, ...names) =>
  tab.run(async (names) => {
    const { removeLegacy } = await import("/nightlatch/legacy.js");
    return removeLegacy(...names);
  }, names);

const MSAL = {
  begin: async (given) => {
    const { msal } = await import("/e2e/legacy.js");
    const app = await msal(given);
    await app.handleRedirectPromise();
    await app.loginRedirect({ scopes: ["openid", "profile", "offline_access"] });
  },
  complete: async (given) => {
    const { msal } = await import("/e2e/legacy.js");
    const { idTokenClaims } = await (await msal(given)).handleRedirectPromise();
    return idTokenClaims.sub;
  },
};

const LIBRARIES = [
  {
    name: "oidc-client-ts",
    begin: async (given) => {
      const { oidcClient } = await import("/e2e/legacy.js");
      await (await oidcClient(given)).signinRedirect();
    },
    complete: async (given) => {
      const { oidcClient } = await import("/e2e/legacy.js");
      const { profile } = await (await oidcClient(given)).signinRedirectCallback();
      return profile.sub;
    },
    leaves: [/^oidc\.user:http/, /^oidc\.[0-9a-f]{32}$/, /^oidc$/],
  },
  {
    name: "auth0-spa-js",
    begin: async (given) => {
      const { auth0 } = await import("/e2e/legacy.js");
      await (await auth0(given)).loginWithRedirect();
    },
    complete: async (given) => {
      const { auth0 } = await import("/e2e/legacy.js");
      const client = await auth0(given);
      await client.handleRedirectCallback();
      const { sub } = await client.getUser();
      // Another that is begun and not completed.
      await client.loginWithRedirect({ openUrl() {} });
      return sub;
    },
    leaves: [/^@@auth0spajs@@::.*@@user@@$/, /^@@auth0spajs@@::.*openid/, /^a0\.spajs\.txs\./, /^auth0\..*\.is\.authenticated$/],
  },
  { name: "msal", by: "msal-browser 5", file: "-azure-msal-browser", ...MSAL, leaves: [/^msal\.\d\|.*idtoken/, /^msal\.\d\.token\.keys/] },
  {
    name: "msal",
    by: "msal-browser 3",
    file: "msal-browser-3",
    // It begins no other sign-in before the first has come back.
    insists: true,
    ...MSAL,
    leaves: [/^msal\.account\.keys$/, /^[^m].*-id\.example-idtoken-/, /^[^m].*-refreshtoken-/, /^msal\.token\.keys\./],
  },
  {
    name: "keycloak-js",
    begin: async (given) => {
      const { keycloak } = await import("/e2e/legacy.js");
      await (await keycloak(given)).login({ redirectUri: given.redirectUri, scope: "openid profile" });
    },
    complete: async (given) => {
      const { keycloak } = await import("/e2e/legacy.js");
      const { idTokenParsed } = await keycloak(given);
      return idTokenParsed.sub;
    },
    leaves: [/^kc-callback-[0-9a-f-]{36}$/],
  },
];

for (const { name, by = name, leaves, ...library } of LIBRARIES) {
  test(`what ${by} leaves after a real sign-in is removed at once, and what is the app's stays`, async () => {
    const tab = await stage.browser.open();
    await signInBy(tab, library);
    const left = await foreign(tab);
    for (const pattern of leaves) assert.ok(left.some((name) => pattern.test(name)), `${pattern} of ${left.join(", ")}`);
    await keepOwn(tab);
    // A page of the app as it is now: the old library holds nothing open in it.
    await tab.visit(`${stage.world.app}/e2e/`);
    await started(tab);

    const { removed, residue } = await remove(tab, name);
    assert.deepEqual(residue, []);
    assert.equal(removed.length, left.length, `${removed.join(", ")} of ${left.join(", ")}`);
    assert.deepEqual(await foreign(tab), []);
    await assertOwnStays(tab);
    assert.deepEqual(await remove(tab, name), { removed: [], residue: [] });
  });
}

/** What versions leave that no longer sign in: shapes read off their sources (pkg/legacy.js says which). */
const SEEDED = {
  "auth0-spa-js": { session: { "a0.spajs.txs": "{}" }, cookies: ["a0.spajs.txs.spa", "_legacy_a0.spajs.txs.spa", "auth0.is.authenticated", "auth0.spa.organization_hint"], databases: ["auth0-spa-js"] },
  "keycloak-js": { local: { "kc-callback-1": "{}", "kc-test": "test" }, cookies: ["kc-callback-2"] },
  msal: {
    // Version 2, before it kept lists, and version 1.
    local: {
      "u.t-login.example-t": '{"homeAccountId":"u.t","localAccountId":"u","authorityType":"MSSTS"}',
      "u.t-login.example-idtoken-spa-t----": '{"homeAccountId":"u.t","credentialType":"IdToken","secret":"x"}',
      '{"authority":"https://login.example/t/","clientId":"spa","scopes":"a","homeAccountIdentifier":"dQ==.dA=="}': '{"accessToken":"x"}',
      "msal.idtoken": "x", "msal.spa.idtoken": "x", "appmetadata-login.example-spa": '{"clientId":"spa","environment":"login.example"}',
      "msal.token.keys.spa": '{"idToken":["named-by-a-list"],"accessToken":["ends-with-*"],"refreshToken":null}', "named-by-a-list": "sealed",
    },
    session: { "server-telemetry-spa": '{"failedRequests":[],"errors":[],"cacheHits":0}', 'throttling.{"clientId":"spa"}': '{"throttleTime":1}', "msal.broken.account.keys": "no JSON" },
    cookies: ["msal.interaction.status"],
    databases: ["msal.db"],
  },
  "oidc-client-ts": { session: { "oidc.user:https://id.example:spa": "{}", "oidc.s1": '{"id":"s1","created":1,"request_type":"si:r"}' }, databases: ["oidc"] },
};
const all = Object.keys(SEEDED);

const seed = (tab, names) =>
  tab.run(async (seeded) => {
    for (const { local, session, cookies = [], databases = [] } of seeded) {
      Object.assign(localStorage, local);
      Object.assign(sessionStorage, session);
      for (const name of cookies) document.cookie = `${name}=1; Path=/`;
      for (const name of databases) {
        await new Promise((resolve) => {
          const request = indexedDB.open(name);
          request.onsuccess = () => resolve(request.result.close());
        });
      }
    }
  }, names.map((name) => SEEDED[name]));

test("what older versions leave is removed, each library's by its name alone", async () => {
  const tab = await stage.browser.open();
  await tab.visit(`${stage.world.app}/e2e/`);
  await started(tab);
  await keepOwn(tab);
  await tab.run(() => void localStorage.setItem("ends-with-more", "1"));
  await seed(tab, all);
  for (const name of all) {
    const { local = {}, session = {}, cookies = [], databases = [] } = SEEDED[name];
    const { removed, residue } = await remove(tab, name);
    const named = [...Object.keys(local), ...Object.keys(session), ...cookies.map((name) => `${name} (cookie)`), ...databases.map((name) => `${name} (IndexedDB)`)];
    assert.deepEqual([removed.toSorted(), residue], [named.toSorted(), []], name);
  }
  assert.deepEqual(await foreign(tab), ["ends-with-more"]);
  await assertOwnStays(tab);
});

test("as `clear` they go with every sign-out, in every tab, and the report names them; `keep` and the app's own lists are joined", async () => {
  const { world } = stage;
  world.config.e2e = { legacy: [...all, { localStorage: ["cart"], keep: ["kc-test"] }] };
  const before = await stage.browser.open();
  await before.visit(world.app + PAGE);
  await keepOwn(before);
  await seed(before, all);
  const tab = await openSignedIn(stage);
  // Alone: another tab would be as quick to remove what they share.
  const report = await tab.run(() => window.auth.logout());
  assert.deepEqual(report.local.residue, []);
  for (const name of ["cart", "named-by-a-list", "msal.db (IndexedDB)", "auth0.is.authenticated (cookie)"]) assert.ok(report.local.removed.includes(name), name);
  assert.deepEqual(await foreign(tab), ["kc-test"]);
  assert.deepEqual(await tab.run(() => [localStorage.getItem("kc-test"), localStorage.getItem("cart"), localStorage.getItem("oidc.theme")]), ["test", null, "dark"]);

  const other = await stage.browser.open();
  await other.visit(world.app + PAGE);
  await seed(other, ["oidc-client-ts"]);
  await other.visit(`${world.app}/e2e/`);
  await started(other);
  await signIn(stage, tab);
  await tab.run(() => window.auth.logout());
  await until("nothing of theirs is in the other tab", async () => (await foreign(other)).join() === "kc-test");
});

test("a library that is not known is refused, and lists are plain data", async () => {
  const tab = await stage.browser.open();
  await tab.visit(`${stage.world.app}/e2e/`);
  await started(tab);
  const { error, lists, everything } = await tab.run(async () => {
    const { legacy } = await import("/nightlatch/legacy.js");
    let error;
    try {
      legacy("passport");
    } catch (thrown) {
      error = `${thrown.name}: ${thrown.message}`;
    }
    return { error, lists: legacy("oidc-client-ts", { caches: true, cookies: ["a"], keep: ["b"] }), everything: legacy("msal", { localStorage: true }).localStorage };
  });
  assert.match(error, /^TypeError: .*passport.*oidc-client-ts/);
  assert.deepEqual(lists, { keep: ["b"], localStorage: ["oidc.user:*"], sessionStorage: ["oidc.user:*"], indexedDB: ["oidc"], caches: true, cookies: ["a"] });
  assert.equal(everything, true);
});
