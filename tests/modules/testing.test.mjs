/** What the virtual browser of `nightlatch/testing` gives to a test, beyond what `tests/e2e/contract.test.mjs` holds against the package. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { explain } from "../../pkg/explain.js";
import { followStepUp } from "../../pkg/step-up.js";
import { authStore } from "../../pkg/svelte.js";
import { AuthError, createTestBrowser, createTestClient } from "../../pkg/testing.js";
import { userInfo } from "../../pkg/userinfo.js";

const APP = "https://app.example.com";
const START = 1_790_000_000_000;

const events = (client) => {
  const told = [];
  client.subscribe(() => told.push(client.status));
  for (const name of ["signedIn", "signedOut", "tokenRefreshed", "refreshFailed", "stepUpRequired"]) client.on(name, (detail) => told.push([name, detail.reason ?? detail.user?.sub]));
  return told;
};
const codeOf = (promise) => promise.then(() => "none", ({ code }) => code);

test("a client is there at once, signed in or not, with whatever the provider says of the user", async () => {
  assert.equal(createTestClient().status, "signed-out");
  const auth = createTestClient({ user: { sub: "ada", name: "Ada Lovelace", roles: ["admin"] }, now: START });
  assert.deepEqual(auth.getUser(), { iss: "https://id.example.com", aud: "test", iat: START / 1000, exp: START / 1000 + 3600, sub: "ada", name: "Ada Lovelace", roles: ["admin"] });
  assert.equal(auth.getSnapshot().expiresAt, START + 300_000);
  assert.equal(auth.getSnapshot(), auth.getSnapshot());
  assert.throws(() => "use strict" && Object.assign(auth.getSnapshot(), { status: "signed-out" }), TypeError);
});

test("a user signs in where the app has left for the provider, and the page goes on where it wanted to", async () => {
  const auth = createTestClient({ scope: "openid profile" });
  const { tab } = auth;
  tab.address = "/inbox?box=1";
  void auth.login({ loginHint: "ada", extraParams: { resource: ["a", "b"] } });
  await tab.browser.clock.idle();

  assert.equal(auth.status, "signing-in");
  const { kind, url, parameters } = tab.navigation;
  assert.deepEqual([kind, parameters.login_hint, parameters.scope], ["login", "ada", "openid profile"]);
  assert.deepEqual(new URL(url).searchParams.getAll("resource"), ["a", "b"]);
  assert.match(await tab.signIn("ada"), new RegExp(`^${APP}/callback\\?code=`));
  assert.equal(tab.navigation, null);

  const answer = await auth.handleRedirectCallback();
  assert.deepEqual([answer.kind, answer.returnTo, answer.user.sub], ["login", "/inbox?box=1", "ada"]);
  assert.equal(tab.address, `${APP}/callback`);
  assert.deepEqual(await auth.handleRedirectCallback(), null);
});

test("a sign-in that no app has begun is begun; one that cannot be, says why", async () => {
  const auth = createTestClient();
  await auth.tab.signIn("ada");
  await auth.handleRedirectCallback();
  assert.equal(auth.getUser().sub, "ada");

  const { tab } = createTestClient({ user: "ada" });
  tab.browser.provider.fail("end_session", "missing");
  await tab.reload().logout();
  tab.browser.provider.fail("discovery", 503);
  assert.equal(await codeOf(tab.signIn("ada")), "discovery_refused");
});

test("whom the provider knows is let in again, unless the app has the provider ask", async () => {
  const auth = createTestClient({ user: "ada" });
  await auth.logout();
  await auth.tab.signIn();
  assert.equal((await auth.handleRedirectCallback()).user.sub, "ada");
  void auth.login({ prompt: "login" });
  await assert.rejects(auth.tab.signIn(), /say who signs in/);
  await auth.tab.signIn("grace");
  assert.equal((await auth.handleRedirectCallback()).user.sub, "grace");
});

test("a sign-in that the user refuses leaves nobody signed in, and the tokens of one that a sign-out overtook are revoked", async () => {
  const auth = createTestClient();
  void auth.login();
  await auth.tab.refuse();
  const error = await auth.handleRedirectCallback().catch((error) => error);
  assert.ok(error instanceof AuthError);
  assert.deepEqual([error.code, error.kind, error.error], ["authorization_refused", "server", "access_denied"]);
  assert.equal(auth.status, "signed-out");

  const { browser } = auth.tab;
  const other = browser.openTab().client;
  browser.provider.fail("token", async () => void (await other.logout()));
  await auth.tab.signIn("ada");
  assert.equal(await codeOf(auth.handleRedirectCallback()), "sign_in_superseded");
  await browser.clock.idle();
  assert.deepEqual(browser.provider.requests.filter(({ endpoint }) => endpoint === "revocation").map(({ parameters }) => browser.provider.isActive(parameters.token)), [false, false]);
});

test("tabs follow each other, each with its own reason, and clean up", async () => {
  const browser = createTestBrowser({ user: "ada" });
  const [one, two] = [browser.openTab().client, browser.openTab().client];
  const cleaned = [];
  one.onLogout(() => cleaned.push("one"));
  two.onLogout(() => cleaned.push("two"));
  const [first, second] = [events(one), events(two)];

  const report = await one.logout();

  assert.deepEqual(first, ["signing-out", "signed-out", ["signedOut", "logout"]]);
  assert.deepEqual(second, ["signed-out", ["signedOut", "otherTab"]]);
  assert.deepEqual(cleaned.sort(), ["one", "two"]);
  assert.equal(report.tabs.acknowledged, 1);
  assert.equal(report.complete, true);

  const third = browser.openTab();
  await third.signIn("grace");
  await third.client.handleRedirectCallback();
  await browser.clock.idle();
  assert.equal(two.getUser().sub, "grace");
});

test("a report tells of each fault what came of it", async () => {
  for (const [faults, tokens, problems] of [
    [{ revocation: 503 }, "failed", ["revocation_refused"]],
    [{ revocation: "hang" }, "unknown", ["timeout"]],
    [{ revocation: "drop" }, "unknown", ["network_error"]],
    [{ revocation: "missing" }, "unsupported", []],
    [{ revocation: { status: 400, error: "unsupported_token_type" } }, "unsupported", []],
    [{ revocation: () => { throw new Error("cut off"); } }, "unknown", ["network_error"]],
    [{ revocation: async () => 500 }, "failed", ["revocation_refused"]],
    [{ revocation: () => undefined }, "revoked", []],
  ]) {
    const browser = createTestBrowser({ user: "ada" });
    browser.provider.fail("revocation", faults.revocation);
    const report = await browser.openTab().client.logout();
    assert.deepEqual(report.tokens, { refreshToken: tokens, accessToken: tokens }, String(faults.revocation));
    assert.deepEqual(report.problems, problems);
    assert.equal(report.complete, tokens === "revoked");
  }
});

test("offline nothing is sent, a session stays, and a sign-out says that its tokens may live", async () => {
  const auth = createTestClient({ user: "ada" });
  const { browser } = auth.tab;
  const told = events(auth);
  browser.isOffline = true;
  assert.equal(await codeOf(auth.getAccessToken({ forceRefresh: true })), "network_error");
  assert.equal(typeof (await auth.getAccessToken()), "string");
  assert.deepEqual(told, [["refreshFailed", undefined]]);

  const report = await auth.logout();
  assert.deepEqual([report.tokens.refreshToken, report.problems, report.complete], ["failed", ["network_error"], false]);
  assert.deepEqual((await auth.capabilities()).mayBeAlive.map(({ kind }) => kind), ["logout"]);
});

test("time is the test's: a token ends, an idle session ends, and whoever is active stays", async () => {
  const auth = createTestClient({ user: "ada", idleTimeout: 600, maxSession: 3600, now: START });
  const { tab } = auth;
  const { clock, provider } = tab.browser;
  const told = events(auth);
  assert.equal(auth.getSnapshot().endsAt, START + 600_000);

  await clock.advance(299_000);
  tab.active();
  await clock.advance(599_000);
  assert.equal(auth.status, "signed-in");
  const before = provider.requests.length;
  assert.equal(await auth.getAccessToken(), "test-access-token-2");
  assert.equal(provider.requests.length, before + 1);

  await clock.advance(2000);
  assert.deepEqual(told.filter(([name]) => name === "signedOut"), [["signedOut", "idle"]]);
  assert.equal(provider.isActive("test-access-token-2"), false);

  await tab.signIn("ada");
  await auth.handleRedirectCallback();
  for (let minute = 0; minute < 61; minute += 1) {
    tab.active();
    await clock.advance(60_000);
  }
  assert.deepEqual(told.filter(([name]) => name === "signedOut").at(-1), ["signedOut", "expired"]);
});

test("a clock may follow another, and waits only for what the test lets pass", async () => {
  let now = START;
  const auth = createTestClient({ user: "ada", now: () => now });
  const { clock, provider } = auth.tab.browser;
  now += 400_000;
  assert.equal(await auth.getAccessToken(), "test-access-token-2");

  clock.automatic = false;
  provider.fail("revocation", "hang");
  let report;
  void auth.logout({ scope: "provider", timeout: 5 }).then((given) => (report = given));
  await clock.idle();
  assert.deepEqual([auth.status, report], ["signing-out", undefined]);
  await clock.advance(5000);
  // A provider that has stayed silent is asked once more; that takes no time.
  assert.deepEqual([report.provider, report.durationMs >= 5000], ["redirecting", true]);
});

test("a request waits for the function that answers it, and one that takes too long is over in time", async () => {
  const auth = createTestClient({ user: "ada" });
  const { clock, provider } = auth.tab.browser;
  let answer;
  provider.fail("token", () => new Promise((resolve) => (answer = resolve)));
  const asked = auth.getAccessToken({ forceRefresh: true });
  await clock.idle();
  answer(undefined);
  assert.equal(await asked, "test-access-token-2");

  const late = codeOf(auth.getAccessToken({ forceRefresh: true }));
  await clock.advance(30_000);
  assert.equal(await late, "timeout");
});

test("a cleaner that fails or hangs stops nothing, and the report names it", async () => {
  const auth = createTestClient({ user: "ada" });
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  try {
    auth.onLogout(function cache() {});
    auth.onLogout(() => Promise.reject(new Error("the app's own")), { name: "books" });
    auth.onLogout(() => new Promise(() => {}), { name: "slow" });
    const off = auth.onLogout(() => assert.fail("it was taken off"));
    off();
    auth.on("signedOut", () => {
      throw new Error("a listener's");
    });
    const signedOut = auth.logout();
    await auth.tab.browser.clock.idle();
    assert.equal(auth.status, "signed-out");
    await auth.tab.browser.clock.advance(2000);
    const report = await signedOut;
    assert.deepEqual(report.cleaners, [{ name: "cache", status: "done" }, { name: "books", status: "failed" }, { name: "slow", status: "timedOut" }]);
    assert.equal(report.complete, false);
    assert.deepEqual(reported.sort(), ["a listener's", "the app's own"]);
  } finally {
    delete globalThis.reportError;
  }
});

test("what cannot be deleted is residue, and where storage is refused a session lives in memory", async () => {
  const browser = createTestBrowser({ user: "ada" });
  browser.residue = ["books (IndexedDB)"];
  const { local, complete } = await browser.openTab().client.logout();
  assert.deepEqual([local.status, local.residue, complete], ["partial", ["books (IndexedDB)"], false]);

  browser.isStorageRefused = true;
  const tab = browser.openTab();
  await tab.signIn("ada");
  await tab.client.handleRedirectCallback();
  assert.deepEqual([tab.client.getSnapshot().storage, tab.client.status], ["memory", "signed-in"]);
  assert.equal(browser.openTab().client.status, "signed-out");
  assert.equal(tab.reload().status, "signed-out");
});

test("calls of an API show what was sent, with the token where it may go", async () => {
  const auth = createTestClient({ user: "ada", allowedOrigins: ["https://api.example.com/v1"] });
  const { api } = auth.tab.browser;
  api.respond(async (request, { token }) => Response.json({ token, body: await request.text() }, { status: 201 }));

  const answer = await auth.fetch("https://api.example.com/v1/notes", { method: "POST", body: "hi", headers: { "X-Kind": "note" } });
  assert.deepEqual([answer.status, await answer.json()], [201, { token: "test-access-token-1", body: "hi" }]);
  await auth.fetch("https://api.example.com/v10");
  await auth.fetch("/local");
  assert.deepEqual(api.requests.map(({ method, url, token, body }) => [method, url, token, body]), [
    ["POST", "https://api.example.com/v1/notes", "test-access-token-1", "hi"],
    ["GET", "https://api.example.com/v10", null, null],
    ["GET", `${APP}/local`, null, null],
  ]);
  assert.equal(api.requests[0].headers["x-kind"], "note");
});

test("for the 401s of one tab there is one refresh a minute, by the virtual clock", async () => {
  const auth = createTestClient({ user: "ada" });
  const { api, clock, provider } = auth.tab.browser;
  api.respond(() => new Response(null, { status: 401 }));
  const refreshes = () => provider.requests.filter(({ endpoint }) => endpoint === "token").length;
  for (let times = 0; times < 3; times += 1) assert.equal((await auth.fetch("/x")).status, 401);
  assert.equal(refreshes(), 1);
  await clock.advance(60_000);
  await auth.fetch("/x");
  assert.equal(refreshes(), 2);
});

test("the module in the place of `nightlatch` makes clients of the tab", async () => {
  const { module, browser } = createTestBrowser({ user: "ada" }).openTab();
  const options = { issuer: "https://id.example", clientId: "spa", redirectUri: `${APP}/callback`, scope: "openid profile" };
  const auth = await module.createClient(options);
  assert.deepEqual([auth.isAuthenticated, auth.tab.browser === browser], [true, true]);
  assert.deepEqual([auth.getUser().iss, auth.getUser().aud], ["https://id.example", "spa"]);
  assert.equal(await codeOf(module.createClient({ ...options, storage: "nowhere" })), "invalid_options");

  module.configure(options);
  assert.equal((await module.client()).status, "signed-in");
  const off = await module.onLogout(() => {});
  off();
  assert.equal(await module.getAccessToken(), "test-access-token-1");
  assert.equal((await module.logout()).complete, true);
  assert.equal(await module.handleRedirectCallback(), null);
  assert.equal(await codeOf(module.getAccessToken()), "login_required");
});

test("metadata that the app gives is taken as it stands, and no other is asked for", async () => {
  const metadata = { issuer: "https://id.example", authorization_endpoint: "https://id.example/auth", token_endpoint: "https://id.example/token" };
  const auth = createTestClient({ issuer: "https://id.example", metadata });
  await auth.tab.signIn("ada");
  await auth.handleRedirectCallback();
  const { tokens, provider } = await auth.logout({ scope: "provider" });
  assert.deepEqual([tokens.refreshToken, tokens.accessToken, provider], ["unsupported", "unsupported", "unsupported"]);
  assert.deepEqual(auth.tab.browser.provider.requests.map(({ endpoint }) => endpoint), ["token"]);
});

test("the way there and back of a sign-out at the provider, and where the provider keeps the user", async () => {
  const auth = createTestClient({ user: "ada", postLogoutRedirectUri: `${APP}/` });
  const report = await auth.logout({ scope: "provider", redirectTo: "/bye", extraParams: { ui_locales: "de" } });
  assert.deepEqual([report.provider, report.complete], ["redirecting", false]);
  assert.equal(auth.tab.navigation.parameters.ui_locales, "de");
  await auth.tab.comeBack();
  const answer = await auth.handleRedirectCallback();
  assert.deepEqual([answer.kind, answer.returnTo, answer.report.provider, answer.report.complete], ["logout", "/bye", "ended", true]);
  assert.equal(auth.tab.browser.provider.user, null);

  const other = createTestClient({ user: "ada" });
  await other.logout({ scope: "provider" });
  await assert.rejects(other.tab.comeBack(), /keeps the user/);
});

test("the entries that take a client take the fake", async () => {
  const auth = createTestClient({ user: "ada", application: { url: "/logout" } });
  const { api, clock } = auth.tab.browser;
  const { app } = await explain(auth);
  assert.deepEqual(app.map(({ layer, reached }) => [layer, reached]), [["local", "yes"], ["tabs", "yes"], ["tokens", "yes"], ["application", "yes"], ["provider", "no"], ["devices", "no"]]);

  const off = followStepUp(auth);
  api.respond(() => new Response(null, { status: 401, headers: { "WWW-Authenticate": 'Bearer error="insufficient_user_authentication", acr_values="gold"' } }));
  assert.equal((await auth.fetch("/transfer")).status, 401);
  await clock.idle();
  assert.deepEqual([auth.tab.navigation.kind, auth.tab.navigation.parameters.acr_values, auth.status], ["login", "gold", "signed-in"]);
  off();

  const signedIn = createTestClient({ user: "ada" });
  const store = authStore(signedIn);
  const shown = [];
  const { document } = globalThis;
  globalThis.document = {}; // A store in a browser opens its client.
  try {
    store.subscribe(({ status }) => shown.push(status));
    await signedIn.tab.browser.clock.idle();
    assert.equal(shown.at(-1), "signed-in");
    await store.logout();
    assert.deepEqual([shown[0], shown.at(-1)], ["loading", "signed-out"]);
  } finally {
    store.close();
    globalThis.document = document;
  }
});

test("user info is what the provider says of the user, and fails as the test has it", async () => {
  const auth = createTestClient({ user: { sub: "ada", name: "Ada Lovelace", email: "ada@example.com" } });
  const { api, provider } = auth.tab.browser;
  assert.deepEqual(await userInfo(auth), { sub: "ada", name: "Ada Lovelace", email: "ada@example.com" });
  assert.deepEqual(provider.requests.map(({ endpoint }) => endpoint), ["discovery", "userinfo"]);
  assert.equal(api.requests.length, 0);

  for (const [fault, code] of [["drop", "network_error"], ["hang", "timeout"], ["malformed", "invalid_response"], [403, "userinfo_refused"]]) {
    provider.fail("userinfo", fault);
    assert.equal(await codeOf(userInfo(auth)), code, String(fault));
  }
  provider.recover();
  provider.revokeAll();
  assert.equal(await codeOf(userInfo(auth)), "login_required", "the token is refused, and so is its refresh");
  assert.equal(auth.status, "signed-out");
});

test("what a test gets wrong is told at once", async () => {
  const auth = createTestClient({ user: "ada" });
  const { browser } = auth.tab;
  assert.throws(() => browser.provider.fail("jwks", 503), RangeError);
  assert.throws(() => browser.provider.fail("token", "slow"), RangeError);
  assert.throws(() => createTestClient({ storage: "nowhere" }), AuthError);
  await assert.rejects(auth.tab.comeBack(), /has not left/);
  await assert.rejects(auth.tab.refuse.call(auth.tab).then(() => auth.tab.comeBack()), /has not left/);
});

test("no token stands in what a client tells", async () => {
  const auth = createTestClient({ user: "ada", postLogoutRedirectUri: `${APP}/` });
  const told = [];
  for (const name of ["signedIn", "signedOut", "tokenRefreshed"]) auth.on(name, (detail) => told.push(detail));
  await auth.getAccessToken({ forceRefresh: true });
  told.push(auth.getSnapshot(), await auth.logout({ scope: "provider" }), await auth.capabilities());
  assert.equal(/test-(access|refresh|id)-token/.test(JSON.stringify(told)), false);
});
