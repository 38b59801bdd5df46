import assert from "node:assert/strict";
import { test } from "node:test";

import {
  asksForPassword, assertSignedIn, assertSignedOut, comeBack, isActive, isThrough, lastIssued, leaveForGood,
  leaveForProvider, logout, openApp, openSignedIn, requestTo, started,
} from "./harness/app.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("LOUT-1 LOUT-5 LOUT-15 a logout at the provider comes back with every layer confirmed, and the next sign-in asks for the password", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const { accessToken, refreshToken } = lastIssued(stage);

  await leaveForGood(tab, { redirectTo: "/goodbye" });
  const { answer, failure } = await comeBack(stage, tab);

  assert.equal(failure, null);
  assert.equal(answer.kind, "logout");
  assert.equal(new URL(answer.returnTo, stage.world.app).href, `${stage.world.app}/goodbye`);
  const { report } = answer;
  assert.equal(report.scope, "provider");
  assert.equal(report.provider, "ended");
  assert.equal(report.complete, true);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  assert.equal(report.local.status, "cleared");
  assert.equal(report.tabs.acknowledged, 1);
  assert.equal(await tab.address(), `${stage.world.app}/e2e/`);

  for (const page of [tab, other]) {
    await assertSignedOut(page);
    assertNothingLeft(stage, await atRest(page));
  }
  assert.equal(await isActive(stage, refreshToken), false);
  assert.equal(await isActive(stage, accessToken), false);

  await leaveForProvider(tab);
  await until("the provider asks for the password", () => asksForPassword(tab));
});

test("LOUT-2 LOUT-4 LOUT-5 the provider gets the ID token, the registered address and a state of its own", async () => {
  const tab = await openSignedIn(stage);
  const { idToken } = lastIssued(stage);

  await leaveForGood(tab);
  await comeBack(stage, tab);

  const asked = stage.world.requests.of("end_session");
  assert.equal(asked.length, 1);
  const { state, ...rest } = asked[0].params;
  assert.deepEqual(rest, { client_id: stage.world.clientId, id_token_hint: idToken, post_logout_redirect_uri: `${stage.world.app}/e2e/` });
  assert.ok(state.length >= 22, "128 bits");
});

test("LOUT-10 A20 with a form, no address that the browser or the provider keeps holds the ID token", async () => {
  const tab = await openSignedIn(stage);
  const { idToken } = lastIssued(stage);
  await tab.run(async () => {
    window.auth.close();
    window.auth = await window.nightlatch.createClient({ ...window.options, endSessionMethod: "post" });
  });

  await leaveForGood(tab);
  const { answer } = await comeBack(stage, tab);

  assert.equal(answer.report.provider, "ended");
  assert.equal(answer.report.complete, true);
  const [asked, ...more] = stage.world.requests.of("end_session");
  assert.equal(more.length, 0);
  assert.equal(asked.method, "POST");
  assert.equal(asked.params.id_token_hint, idToken);
  assert.equal(asked.search, "");
  await leaveForProvider(tab);
  await until("the provider asks for the password", () => asksForPassword(tab));
});

test("LOUT-9 an ID token of 12 KB, too long for an address, goes in a form", async () => {
  const { world } = stage;
  changeTokenAnswer(world, (answer) => ({
    ...answer,
    id_token: world.sign({ ...opened(answer.id_token).claims, roles: Array.from({ length: 600 }, (_, at) => `role-${at}-of-many`) }),
  }));
  const tab = await openSignedIn(stage);

  await leaveForGood(tab);
  const asked = await requestTo(stage, "end_session");

  assert.equal(asked.method, "POST");
  assert.ok(asked.params.id_token_hint.length > 12_000);
  assert.equal(asked.search, "");
  const { answer } = await comeBack(stage, tab);
  assert.equal(answer.report.provider, "ended");
  await assertSignedOut(tab);
});

test("LOUT-6 LOUT-7 everything local and both tokens are done before the page leaves for the provider", async () => {
  const tab = await openSignedIn(stage);

  await leaveForGood(tab);
  await requestTo(stage, "end_session");

  const order = stage.world.requests.map(({ endpoint }) => endpoint).filter((endpoint) => ["revocation", "end_session"].includes(endpoint));
  assert.deepEqual(order, ["revocation", "revocation", "end_session"]);
  // The first tab may still be on its way back.
  const other = await openApp(stage);
  await isThrough(other);
  await assertSignedOut(other);
});

test("LOUT-6 a provider that dies in the middle leaves nobody signed in", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("end_session", "drop");

  await leaveForGood(tab).catch(() => {});
  await requestTo(stage, "end_session");

  const other = await openApp(stage);
  await isThrough(other);
  await assertSignedOut(other);
  assertNothingLeft(stage, await atRest(other));
});

test("LOUT-14 a provider without such an endpoint is reported, and the rest is done", async () => {
  stage.world.faults.set("end_session", "missing");
  const tab = await openSignedIn(stage);

  const report = await logout(tab, { scope: "provider" });

  assert.equal(report.provider, "unsupported");
  assert.equal(report.complete, false);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  await assertSignedOut(tab);
});

test("LOUT-5 A6 A7 an address that only looks like the way back from a logout is no answer, and signs nobody out", async () => {
  const tab = await openSignedIn(stage);

  await tab.visit(`${stage.world.app}/e2e/?state=forged`);
  await started(tab);

  assert.equal(await tab.run(() => window.answer), undefined);
  await assertSignedIn(tab);
});

test("LOUT-3 LOUT-16 a user whom the provider asks, and who declines, comes back and stays signed out of the app", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab);

  // Without a session there is no ID token to prove who is meant.
  await leaveForGood(tab);
  await until("the provider asks first", () => tab.has("#no"));
  await tab.click("#no");
  await comeBack(stage, tab);

  await assertSignedOut(tab);
  assert.equal(stage.world.requests.of("end_session")[0].params.client_id, stage.world.clientId);
});

test("without an address to come back to the provider keeps the user, and the app is signed out", async () => {
  stage.world.config.e2e = { options: { postLogoutRedirectUri: null } };
  const tab = await openSignedIn(stage);

  await leaveForGood(tab);
  await until("the provider has the page", async () => (await tab.address()).startsWith(stage.world.issuer));
  await requestTo(stage, "end_session_page", ({ path }) => path === "/session/end/success");

  assert.equal(stage.world.requests.of("end_session")[0].params.post_logout_redirect_uri, undefined);
  const other = await openApp(stage);
  await isThrough(other);
  await assertSignedOut(other);
});

test("LOUT-11 the app's own parameters go to the provider with the sign-out, and none in the place of nightlatch's", async () => {
  const tab = await openSignedIn(stage);
  await leaveForGood(tab, { extraParams: { ui_locales: "de en", logout_hint: "ada" } });
  const { params } = await requestTo(stage, "end_session");
  assert.equal(params.ui_locales, "de en");
  assert.equal(params.logout_hint, "ada");
  assert.ok(params.id_token_hint);
});
