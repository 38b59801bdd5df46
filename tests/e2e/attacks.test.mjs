// What an attacker on the web, or who has a hand in an answer, would try (the list is that of the standards' security sections): the attacks A1 to A37 that need
// a browser and an origin of the attacker's own. That origin may get nothing in any of them. The others are tests of the rule that withstands them, and named there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { strictPolicy } from "../../www/static.mjs";
import {
  accessToken, askApi, assertSignedIn, assertSignedOut, comeBack, failure, fillForm, lastIssued, leaveForProvider, logout, openApp, openSignedIn, requestTo, signIn, started,
} from "./harness/app.mjs";
import { evilOrigin } from "./harness/evil.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

// The app's own policy would keep most of it from happening. Here the client stands alone.
const csp = (config) =>
  strictPolicy(config)
    .replace(/connect-src [^;]+/, "connect-src *")
    .replace(/form-action [^;]+/, "form-action *")
    .replace("; frame-ancestors 'none'", "");

const stage = setStage({ csp });
const evil = evilOrigin();

test("A2 a code of another sign-in, put in the place of this one's, is refused by the provider, is sent once, and the session stays", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const before = await accessToken(tab);
  // Both come back with a real answer, which nobody has handled yet.
  world.config.e2e = { callback: "never" };
  const addresses = [];
  for (const page of [tab, other]) {
    await leaveForProvider(page);
    await until("the provider has answered", async () => (await page.address()).includes("code="));
    await started(page);
    addresses.push(new URL(await page.address()));
  }
  const [own, foreign] = addresses;
  own.searchParams.set("code", foreign.searchParams.get("code"));
  world.requests.clear();

  const error = await failure(tab.run((address) => window.auth.handleRedirectCallback(address), own.href));

  assert.deepEqual([error.code, error.error], ["token_refused", "invalid_grant"]);
  assert.equal(world.requests.of("token").length, 1);
  assert.equal(await accessToken(tab), before);
  await assertSignedIn(tab);
});

test("A3 a provider that sends its own sign-in on to an honest one does not get the honest one's code", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  evil.pages["/.well-known/openid-configuration"] = (_req, res) => {
    const endpoint = (path) => `${evil.origin}${path}`;
    res.setHeader("Content-Type", "application/json");
    res.end(JSON.stringify({ issuer: evil.origin, authorization_endpoint: endpoint("/auth"), token_endpoint: endpoint("/token"), revocation_endpoint: endpoint("/revoke") }));
  };
  evil.pages["/auth"] = (req, res) => res.writeHead(303, { Location: `${world.issuer}/auth${new URL(req.url, evil.origin).search}` }).end();
  world.config.e2e = { options: { issuer: evil.origin } };
  await tab.reload();
  await started(tab);

  await leaveForProvider(tab);
  await until("the honest provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);

  assert.equal((await comeBack(stage, tab)).failure.code, "response_issuer_mismatch");
  assert.equal(world.requests.of("token").length, 0);
  await assertSignedOut(tab);
});

test("A10 DISC-10 STO-9 addresses that somebody writes into the storage of this origin are asked for nothing", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  await leaveForProvider(tab, { prompt: "login" });
  await until("the provider asks", () => tab.has("#password"));
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  assert.ok((await tab.run(() => Object.keys(sessionStorage))).length > 0, "a sign-in is under way");

  await tab.run(poison, evil.origin);
  await tab.reload();
  await started(tab);
  await accessToken(tab, { forceRefresh: true }).catch(() => {});
  await logout(tab);

  await assertSignedOut(tab);
  await signIn(stage, tab);
  assert.equal(await askApi(tab), 200);
});

/** Puts an attacker's addresses wherever something of the origin stands, and where a careless client might look. */
async function poison(origin) {
  const metadata = { issuer: origin, authorization_endpoint: `${origin}/auth`, token_endpoint: `${origin}/token`, revocation_endpoint: `${origin}/revoke`, end_session_endpoint: `${origin}/end` };
  const spoil = (value) => {
    if (typeof value === "string") {
      try {
        const json = JSON.parse(value);
        return typeof json === "object" && json !== null ? JSON.stringify({ ...spoil(json), ...metadata, metadata }) : value;
      } catch {
        return value.replace(/https?:\/\/[^/"]+/g, origin);
      }
    }
    if (value === null || typeof value !== "object" || value instanceof CryptoKey || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value;
    if (Array.isArray(value)) return value.map(spoil);
    return { ...Object.fromEntries(Object.entries(value).map(([name, member]) => [name, spoil(member)])), metadata };
  };
  for (const storage of [localStorage, sessionStorage]) {
    for (const [key, value] of Object.entries({ ...storage })) storage.setItem(key, spoil(value));
    for (const key of ["nightlatch", "nightlatch.metadata", "metadata"]) storage.setItem(key, JSON.stringify({ ...metadata, metadata }));
  }
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result)));
    for (const name of database.objectStoreNames) {
      const transaction = database.transaction(name, "readwrite");
      transaction.objectStore(name).openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        cursor.update(spoil(cursor.value));
        cursor.continue();
      };
      await new Promise((resolve) => (transaction.oncomplete = resolve));
    }
    database.close();
  }
}

test("A17 A7 LOUT-12 the app's pages in a frame of another site, with an answer or without, sign nobody in or out and send nothing", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  const frames = [
    `${world.app}/e2e/callback.html?${new URLSearchParams({ code: "stolen", state: "foreign", iss: world.issuer })}`,
    `${world.app}/e2e/?logout`,
    `${world.app}/e2e/front-channel.html?${new URLSearchParams({ iss: world.issuer, sid: "guessed" })}`,
  ];
  evil.pages["/frames"] = `<!doctype html><link rel="icon" href="data:,"><title>evil</title><script>addEventListener("message", ({ data }) => (window.said = data))</script>${frames.map((address) => `<iframe src="${address.replaceAll("&", "&amp;")}"></iframe>`).join("")}<img src="${world.app}/session/end" alt="">`;
  const attacker = await stage.browser.open();

  await attacker.visit(`${evil.origin}/frames`);
  await until("the last frame has come to its end", () => attacker.run(() => window.said));

  await assertSignedIn(tab);
  assert.deepEqual(world.requests.filter(({ endpoint }) => endpoint === "token" || endpoint === "revocation"), []);
});

test("A18 A19 RS-2 TOK-2 DISC-5 IDT-15 no redirect and no address of an attacker's gets a code, a token or a request", async () => {
  const { world } = stage;
  stage.world.config.e2e = { options: { requestTimeout: 2 } };
  const tab = await openSignedIn(stage);
  const sent = [];
  world.faults.set("api", (req, _res, next) => {
    if (req.headers.authorization) sent.push(req.headers.authorization);
    next();
  });
  assert.equal(await askApi(tab), 200);
  // The access token alone, whatever else the client holds.
  assert.deepEqual(sent, [`Bearer ${lastIssued(stage).accessToken}`]);
  world.faults.clear("api");

  const redirect = (status) => (req, res) => {
    res.writeHead(status, { Location: `${evil.origin}/stolen`, "Access-Control-Allow-Origin": req.headers.origin ?? "*" });
    res.end();
  };
  // A page that is not careful sends all of it on.
  world.faults.set("token", redirect(307));
  await tab.run((issuer) => fetch(`${issuer}/token`, { method: "POST", body: new URLSearchParams({ refresh_token: "secret" }) }).catch(() => {}), world.issuer);
  assert.deepEqual(evil.received.splice(0).map(({ body }) => body), ["refresh_token=secret"]);

  for (const status of [301, 302, 303, 307, 308]) {
    for (const endpoint of ["token", "api"]) world.faults.set(endpoint, redirect(status));
    await failure(accessToken(tab, { forceRefresh: true }));
    const name = await tab.run(() => window.auth.fetch(`${window.api}/me`).then(() => "answered", ({ name }) => name));
    assert.equal(name, "TypeError");
  }
  world.faults.clear();
  for (const address of [evil.origin, `${evil.origin}/me?${world.api}/me`, `${evil.origin}/${world.api}`]) {
    evil.pages[new URL(address).pathname] = (req, res) => res.end(String(req.headers.authorization));
    assert.equal(await tab.run(async (address) => (await window.auth.fetch(address)).text(), address), "undefined");
  }
  await assertSignedIn(tab);

  world.faults.set("revocation", redirect(308));
  const report = await logout(tab);
  assert.notEqual(report.tokens.refreshToken, "revoked");
  world.faults.set("discovery", redirect(302));
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  assert.equal((await failure(tab.run(() => window.auth.login()))).code, "network_error");
  await assertSignedOut(tab);
});

test("A22 TOK-18 TOK-3 an answer that never ends, is too deep, too large or no JSON costs nobody the session, and the page goes on", async () => {
  const { world } = stage;
  world.config.e2e = { options: { requestTimeout: 2 } };
  const tab = await openSignedIn(stage);
  const answers = [
    ["never ends", (res) => void endless(res), "timeout"],
    ["is too deep", (res) => res.end(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`), "invalid_response"],
    ["is too large", (res) => res.end(`{"access_token":"${"x".repeat(1 << 21)}"}`), undefined],
    ["is a page", (res) => res.end("<!doctype html><title>Sign in</title>"), "invalid_response"],
    ["has ten thousand headers' worth of one", (res) => res.setHeader("X-Flood", "x".repeat(100_000)).end("{}"), undefined],
  ];
  for (const [name, answer, code] of answers) {
    // Every page begins anew: after a failure the provider would be left alone for a while.
    await tab.visit(`${world.app}/e2e/`);
    await started(tab);
    world.faults.set("token", (req, res) => {
      res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
      res.setHeader("Content-Type", "application/json");
      answer(res);
    });
    const error = await failure(accessToken(tab, { forceRefresh: true }));
    if (code) assert.deepEqual([name, error.code], [name, code]);
    world.faults.clear();
    await assertSignedIn(tab);
  }
});

function endless(res) {
  const more = setInterval(() => res.write(" ".repeat(1000)), 20);
  res.once("close", () => clearInterval(more));
}

test("A24 A11 IDT-14 an ID token that names keys of an attacker's has nobody ask for them, and its claims change no prototype", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const header = {
    jku: `${evil.origin}/jwks`,
    x5u: `${evil.origin}/x5u`,
    jwk: world.publicKey("evil-rs256"),
    kid: "__proto__",
  };
  changeTokenAnswer(world, (answer) => {
    const claims = JSON.stringify(opened(answer.id_token).claims);
    const spoilt = JSON.parse(`${claims.slice(0, -1)},"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`);
    return { ...answer, id_token: world.sign(spoilt, { key: "evil-rs256", header }) };
  });

  await leaveForProvider(tab);
  await comeBack(stage, tab);

  const seen = await tab.run(() => {
    const user = window.auth.getUser();
    const prototype = Object.getPrototypeOf(user);
    return { polluted: user.polluted ?? prototype.polluted, isPlain: Object.getPrototypeOf(prototype) === null, hasProto: Object.hasOwn(user, "__proto__") };
  });
  assert.deepEqual({ ...seen, polluted: seen.polluted ?? null }, { polluted: null, isPlain: true, hasProto: false });
});
