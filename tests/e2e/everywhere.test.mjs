// The sign-out on all devices: whom it asks, what it waits for, and what it never claims. The answers to it are simulated by harness/scripted.mjs.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { strictPolicy } from "../../www/static.mjs";
import { assertSignedIn, assertSignedOut, comeBack, isActive, lastIssued, openSignedIn } from "./harness/app.mjs";
import { Scripted } from "./harness/scripted.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const scripted = new Scripted();
before(() => scripted.open());
after(() => scripted.close());
const stage = setStage({ csp: ({ issuer, api }) => strictPolicy({ issuer, api: `${api} ${scripted.origin}` }) });
beforeEach(() => scripted.reset());

/** Opens the app with a row whose address for all devices is here. The sign-in has the scope `email`, and not those of the rows. */
function openWith(row, devices = {}) {
  stage.world.config.e2e = { provider: { row, own: { devices: { endpoint: `${scripted.origin}/devices`, scope: "email", ...devices } } }, options: { issuer: stage.world.issuer } };
  return openSignedIn(stage);
}

/** Signs out on all devices, without waiting for it. */
const begin = (tab, options) =>
  tab.run((options) => {
    const { provider } = window.options;
    // What this page was answered before is no answer to this.
    window.answer = window.failure = null;
    window.everywhere = import("/nightlatch/everywhere.js").then(({ logoutEverywhere }) => logoutEverywhere(window.auth, { provider, ...options }));
  }, options);

async function everywhere(tab, options) {
  await begin(tab, { scope: "app", ...options });
  return tab.run(() => window.everywhere);
}

const asked = () => scripted.at("/devices").map(({ method, authorization, text, target }) => ({ method, authorization, text, target }));
const revocations = () => stage.world.requests.of("revocation");

test("LOUT-15 each provider that ends sessions on all devices is asked in its own words, and a yes is ended", async () => {
  for (const [row, request] of [
    ["entra", { method: "POST", authorization: "Bearer AT", text: "", target: undefined }],
    ["keycloak", { method: "DELETE", authorization: "Bearer AT", text: "", target: undefined }],
    ["okta", { method: "DELETE", authorization: "Bearer AT", text: "", target: undefined }],
    ["cognito", { method: "POST", authorization: undefined, text: '{"AccessToken":"AT"}', target: "AWSCognitoIdentityProviderService.GlobalSignOut" }],
  ]) {
    scripted.reset();
    scripted.answers["/devices"] = { status: 204 };
    const tab = await openWith(row);
    const { accessToken } = lastIssued(stage);
    const report = await everywhere(tab);
    assert.deepEqual([report.devices, report.reason, report.scope], ["ended", undefined, "everywhere"], row);
    assert.ok(report.timings.devices >= 0);
    const real = (text) => text?.replace("AT", accessToken);
    const [path, ...more] = asked();
    assert.deepEqual([path, more], [{ ...request, authorization: real(request.authorization), text: real(request.text) }, []], row);
    // Cookies are the page's; the token is in the body or the header, and nowhere else.
    assert.deepEqual(scripted.requests.map(({ cookie, query }) => [cookie, query]), [[undefined, {}]]);
    await assertSignedOut(tab);
  }
});

test("LOUT-6 LOUT-7 the sign-out waits for no answer, and the revocation for the token that it is asked with", async () => {
  let answer;
  scripted.answers["/devices"] = () => new Promise((resolve) => (answer = () => resolve({ status: 204 })));
  const tab = await openWith("okta");
  const { accessToken, refreshToken } = lastIssued(stage);
  await begin(tab, { scope: "app", timeout: 30 });
  await until("the provider is asked", () => asked().length > 0);

  await until("nobody is signed in here", () => tab.run(() => window.auth.status === "signed-out"));
  await assertSignedOut(tab);
  assert.equal(revocations().length, 0);
  assert.deepEqual([await isActive(stage, accessToken), await isActive(stage, refreshToken)], [true, true]);

  answer();
  const report = await tab.run(() => window.everywhere);
  assert.deepEqual([report.devices, report.tokens, report.complete], ["ended", { refreshToken: "revoked", accessToken: "revoked" }, true]);
});

for (const [what, answer, devices] of [
  ["a refusal", { status: 403, body: "{}" }, "failed"],
  ["silence", () => new Promise(() => {}), "unknown"],
]) {
  test(`LOUT-6 LOUT-15 ${what} is ${devices}, never ended, and everything else of the sign-out is done`, async () => {
    scripted.answers["/devices"] = answer;
    const tab = await openWith("keycloak");
    const { refreshToken } = lastIssued(stage);
    const report = await everywhere(tab, { timeout: 1 });
    assert.deepEqual([report.devices, report.complete, report.tokens.refreshToken], [devices, false, "revoked"]);
    assert.equal(await isActive(stage, refreshToken), false);
    await assertSignedOut(tab);
  });
}

test("REV-12 LOUT-6 a page that goes away while the question is open still revokes", async () => {
  scripted.answers["/devices"] = () => new Promise(() => {});
  const tab = await openWith("okta");
  const { refreshToken } = lastIssued(stage);
  await begin(tab, { scope: "app", timeout: 60 });
  await until("the provider is asked", () => asked().length > 0);
  await until("nobody is signed in here", () => tab.run(() => window.auth.status === "signed-out"));
  await tab.visit(`${stage.world.app}/e2e/elsewhere.html`);
  await until("the refresh token is revoked", async () => !(await isActive(stage, refreshToken)));
});

test("LOUT-15 what cannot be asked is unsupported, with the reason, and no request leaves", async () => {
  const tab = await openWith("okta", { scope: "okta.myAccount.sessions.manage" });
  const dry = await everywhere(tab, { dryRun: true });
  assert.deepEqual([dry.devices, dry.reason.code], ["unsupported", "scope_missing"]);
  const report = await everywhere(tab);
  assert.deepEqual([report.devices, report.reason.code, report.complete], ["unsupported", "scope_missing", false]);
  assert.match(report.reason.text, /Okta asks for the scope okta\.myAccount\.sessions\.manage/);
  const again = await everywhere(tab);
  assert.deepEqual([again.devices, again.reason.code], ["failed", "not_signed_in"]);
  const none = await tab.run(async () => (await import("/nightlatch/everywhere.js")).logoutEverywhere(window.auth, { scope: "app" }));
  assert.deepEqual([none.devices, none.reason.code], ["unsupported", "not_configured"]);
  assert.deepEqual([scripted.requests, scripted.preflights], [[], []]);
});

test("LOUT-15 a call that cannot be right is refused, asks nobody, and leaves the session as it was", async () => {
  const tab = await openWith("keycloak");
  const code = await tab.run(async () => {
    const { logoutEverywhere } = await import("/nightlatch/everywhere.js");
    return logoutEverywhere(window.auth, { provider: window.options.provider, redirectTo: "https://elsewhere.example/" }).catch((error) => error.code);
  });
  assert.deepEqual([code, scripted.requests, scripted.preflights], ["redirect_refused", [], []]);
  await assertSignedIn(tab);
});

test("LOUT-15 the report of the way back from the provider knows what was known of the devices", async () => {
  scripted.answers["/devices"] = { status: 204 };
  const tab = await openWith("keycloak");
  await begin(tab, { scope: "provider" });
  const { answer } = await comeBack(stage, tab);
  assert.equal(answer.kind, "logout");
  const report = await tab.run(async () => (await import("/nightlatch/everywhere.js")).everywhereReport(window.answer.report));
  assert.deepEqual([report.scope, report.provider, report.devices], ["everywhere", "ended", "ended"]);
  const again = await tab.run(async () => (await import("/nightlatch/everywhere.js")).everywhereReport(window.answer.report));
  assert.deepEqual([again.devices, await tab.run(() => Object.keys(sessionStorage))], ["unknown", []]);
});

test("LOUT-15 the app's own address goes before the provider's, with the app's cookies and CSRF token", async () => {
  const tab = await openWith("okta");
  const devices = { url: "/session/end", csrf: { cookie: "XSRF-TOKEN" } };
  await tab.run(() => fetch("/session", { method: "POST" }));
  const report = await everywhere(tab, { devices });
  assert.deepEqual([report.devices, scripted.requests], ["ended", []]);
  assert.equal(stage.world.requests.of("application").length, 1);
  // An address that cannot be one stops nothing.
  assert.equal((await everywhere(tab, { devices: { url: "http://[" } })).devices, "unknown");
  // There is no session any more: the server says no, and so does the report.
  assert.equal((await everywhere(tab, { devices })).devices, "failed");
});
