import assert from "node:assert/strict";
import { test } from "node:test";

import {
  assertSignedIn, assertSignedOut, comeBack, fillForm, isActive, lastIssued, leaveForProvider, logout,
  openApp, requestTo, signIn, started,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("RESP-6 an answer that is handled twice at once is one sign-in with one token request", async () => {
  stage.world.config.e2e = { callback: "twice" };
  const tab = await openApp(stage);

  await signIn(stage, tab, { returnTo: "/inbox" });

  const [one, other] = await tab.run(() => window.answers);
  assert.equal(one.kind, "login");
  assert.deepEqual(one, other);
  assert.equal(stage.world.requests.of("token").length, 1);
  await assertSignedIn(tab);
});

test("AUTHZ-4 two calls of login at once lead to one sign-in with one token request", async () => {
  const tab = await openApp(stage);
  await tab.run(() => {
    for (const returnTo of ["/one", "/two"]) window.auth.login({ returnTo }).catch(() => {});
  });
  await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);

  const { answer, failure } = await comeBack(stage, tab);

  assert.equal(failure, null);
  assert.equal(answer.kind, "login");
  assert.equal(stage.world.requests.of("token").length, 1);
  await assertSignedIn(tab);
});

test("RESP-6 AUTHZ-4 an answer that comes a second time is refused without a token request, and the session stays", async () => {
  const tab = await openApp(stage);
  const address = await answerOfProvider(tab);
  await tab.visit(address);
  assert.equal((await comeBack(stage, tab)).answer.kind, "login");

  await tab.visit(`${stage.world.app}/e2e/`);
  await tab.visit(address);
  const { failure } = await comeBack(stage, tab);

  assert.equal(failure.code, "state_mismatch");
  assert.equal(stage.world.requests.of("token").length, 1);
  await assertSignedIn(tab);
});

test("RESP-1 AUTHZ-4 A4 an answer that is carried into another tab is refused there, and serves the one that it belongs to", async () => {
  const tab = await openApp(stage);
  const address = await answerOfProvider(tab);
  const stranger = await openApp(stage);

  await stranger.visit(address);
  const { failure } = await comeBack(stage, stranger);
  assert.equal(failure.code, "state_mismatch");
  assert.equal(stage.world.requests.of("token").length, 0);

  await tab.visit(address);
  assert.equal((await comeBack(stage, tab)).answer.kind, "login");
});

test("an answer can be given by hand, and the page's own address stays as it is", async () => {
  const tab = await openApp(stage);
  const address = await answerOfProvider(tab);
  await tab.visit(`${stage.world.app}/e2e/?mine=1`);
  await started(tab);

  const answer = await tab.run((address) => window.auth.handleRedirectCallback(address), address);

  assert.equal(answer.kind, "login");
  assert.equal(await tab.address(), `${stage.world.app}/e2e/?mine=1`);
  await assertSignedIn(tab);
});

test("an address without an answer in it gives null, and is left as it is", async () => {
  const tab = await openApp(stage);
  await tab.visit(`${stage.world.app}/e2e/?code=42&page=2#top`);
  await started(tab);

  assert.equal(await tab.run(() => window.answer === null && window.failure === null), true);
  assert.equal(await tab.address(), `${stage.world.app}/e2e/?code=42&page=2#top`);
});

test("RESP-14 REV-10 a sign-in that is overtaken by a logout in another tab is discarded, and its tokens are revoked", async () => {
  const tab = await openApp(stage);
  const other = await openApp(stage);
  const address = await answerOfProvider(tab);
  stage.world.faults.set("token", "late:1500");
  await tab.visit(address);
  await requestTo(stage, "token");

  await logout(other);
  const { answer, failure } = await comeBack(stage, tab);

  assert.equal(answer, null);
  assert.equal(failure.code, "sign_in_superseded");
  const { accessToken, refreshToken } = lastIssued(stage);
  await requestTo(stage, "revocation", ({ params }) => params.token === refreshToken);
  await until("both tokens are revoked", async () => !(await isActive(stage, refreshToken)) && !(await isActive(stage, accessToken)));
  for (const page of [tab, other]) {
    await assertSignedOut(page);
    await page.reload();
    await started(page);
    await assertSignedOut(page);
  }
});

test("RESP-14 an answer that comes after somebody has signed out elsewhere is not even exchanged", async () => {
  const tab = await openApp(stage);
  const other = await openApp(stage);
  const address = await answerOfProvider(tab);

  await logout(other);
  await tab.visit(address);
  const { failure } = await comeBack(stage, tab);

  assert.equal(failure.code, "sign_in_superseded");
  assert.equal(stage.world.requests.of("token").length, 0);
  await assertSignedOut(tab);
});

/** Signs in at the provider and catches the address of its answer before any page has handled it. */
async function answerOfProvider(tab) {
  const configured = stage.world.config.e2e;
  stage.world.config.e2e = { ...configured, callback: "never" };
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);
  await until("the provider has answered", async () => (await tab.address()).startsWith(`${stage.world.app}/e2e/callback.html?`));
  await started(tab);
  const address = await tab.address();
  stage.world.config.e2e = configured;
  return address;
}
