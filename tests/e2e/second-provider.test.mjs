import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { accessToken, asksForPassword, assertSignedIn, assertSignedOut, comeBack, leaveForGood, leaveForProvider, logout, openApp, signIn } from "./harness/app.mjs";
import { startSecondProvider } from "./harness/second-provider.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage({ csp: false });
let second;

beforeEach(async () => {
  second = await startSecondProvider(stage.world);
  stage.world.config.e2e = { options: { issuer: second.issuer, clientId: second.clientId }, provider: { row: "betterAuth" } };
  stage.world.accounts = [second.account];
});
afterEach(() => second.close());

const inside = async () => {
  const tab = await openApp(stage);
  await signIn(stage, tab, { account: second.account.username });
  return tab;
};
const forms = (path) => second.requests.filter((request) => request.path.endsWith(path) && request.form.size > 0).map(({ form }) => Object.fromEntries(form));
/** Its refresh tokens, as they were sent. */
const sent = () => forms("/oauth2/token").map((form) => form.refresh_token).filter(Boolean);

test("TOK-11 REV-1 REV-3 at a provider of another codebase a person signs in, the token is refreshed with rotation for all tabs, and a sign-out revokes what is left", async () => {
  const tab = await inside();
  const other = await openApp(stage);
  await assertSignedIn(tab);
  await assertSignedIn(other);
  assert.equal(await tab.run(() => window.auth.getUser().iss), second.issuer);

  const first = await accessToken(tab);
  const [renewed, shared] = await Promise.all([accessToken(tab, { forceRefresh: true }), accessToken(other, { forceRefresh: true })]);
  assert.notEqual(renewed, first);
  const [one, another] = sent();
  assert.notEqual(one, another, "a refresh token was sent twice");
  assert.ok(shared);

  const report = await logout(tab);

  assert.deepEqual([report.tokens, report.complete], [{ refreshToken: "revoked", accessToken: "revoked" }, true]);
  await assertSignedOut(tab);
  await until("the other tab follows", async () => (await other.run(() => window.auth.status)) === "signed-out");
  const [{ token }] = forms("/oauth2/revoke");
  assert.equal(await second.isAlive(token), false);
});

test("LOUT-1 LOUT-5 at a provider of another codebase its session ends, the way back is proven, and the next sign-in asks for the password", async () => {
  const tab = await inside();

  // Only the app's session: the provider still knows the person.
  await logout(tab);
  await signIn(stage, tab);
  await assertSignedIn(tab);

  await leaveForGood(tab);
  const { answer } = await comeBack(stage, tab);
  assert.deepEqual([answer.kind, answer.report.provider, answer.report.complete], ["logout", "ended", true]);
  await assertSignedOut(tab);

  await leaveForProvider(tab);
  await until("the provider asks", () => asksForPassword(tab));
});

test("REV-7 without its row the same provider's answer to a token that went with the other one is what it says: a refusal", async () => {
  delete stage.world.config.e2e.provider;
  const tab = await inside();

  const report = await logout(tab);

  assert.deepEqual([report.tokens, report.complete], [{ refreshToken: "revoked", accessToken: "failed" }, false]);
  await assertSignedOut(tab);
});
