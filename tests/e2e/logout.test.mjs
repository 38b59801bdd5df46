import assert from "node:assert/strict";
import { test } from "node:test";

import {
  askApiWith, assertSignedIn, assertSignedOut, events, failure, isActive, lastIssued, logout, openApp,
  openSignedIn, signIn, started,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("TAB-1 STO-4 REV-1 a logout in one tab ends everything: every tab, everything stored, both tokens", async (t) => {
  const first = await openSignedIn(stage);
  const others = [await openApp(stage), await openApp(stage, { hidden: true })];
  for (const tab of [first, ...others]) await assertSignedIn(tab);
  const { accessToken, refreshToken } = lastIssued(stage);
  assert.equal(await askApiWith(stage, accessToken), 200);

  const { calledAt, report } = await first.run(async () => ({ calledAt: Date.now(), report: await window.auth.logout() }));

  for (const tab of others) {
    const [end] = await until("the tab hears of it", async () => {
      const heard = await events(tab, "signedOut");
      return heard.length > 0 && heard;
    });
    t.diagnostic(`a ${end.hidden ? "hidden" : "visible"} tab was signed out ${end.at - calledAt} ms after the call`);
    assert.ok(end.at - calledAt <= 1000, `${end.at - calledAt} ms`);
  }
  for (const tab of [first, ...others]) {
    await assertSignedOut(tab);
    assert.equal((await events(tab, "signedOut")).length, 1);
    assertNothingLeft(stage, await atRest(tab));
  }
  assert.deepEqual((await events(first, "signedOut"))[0].detail, { reason: "logout" });
  assert.deepEqual((await events(others[0], "signedOut"))[0].detail, { reason: "otherTab" });

  assert.equal(await isActive(stage, accessToken), false);
  assert.equal(await isActive(stage, refreshToken), false);
  assert.equal(await askApiWith(stage, accessToken), 401);

  assert.equal(report.scope, "app");
  assert.equal(report.complete, true);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  assert.equal(report.local.status, "cleared");
  assert.deepEqual(report.local.residue, []);
  assert.equal(report.tabs.acknowledged, 2);
  assert.equal(report.provider, "skipped");
  assert.deepEqual(report.problems, []);

  for (const tab of [first, ...others]) {
    await tab.reload();
    await started(tab);
    await assertSignedOut(tab);
  }
});

test("REV-1 REV-2 REV-3 the refresh token is revoked before the access token, each by a plain form POST", async () => {
  const tab = await openSignedIn(stage);
  const { accessToken, refreshToken } = lastIssued(stage);

  await logout(tab);

  const asked = stage.world.requests.filter(({ endpoint }) => endpoint === "revocation");
  assert.deepEqual(
    asked.map(({ method, params, authorization }) => ({ method, ...params, authorization })),
    [
      { method: "POST", token: refreshToken, token_type_hint: "refresh_token", client_id: stage.world.clientId, authorization: false },
      { method: "POST", token: accessToken, token_type_hint: "access_token", client_id: stage.world.clientId, authorization: false },
    ],
  );
});

test("REV-10 what is revoked is what the tabs hold now, not what this tab was given at the sign-in", async () => {
  const first = await openSignedIn(stage);
  const second = await openApp(stage);
  await second.run(() => window.auth.getAccessToken({ forceRefresh: true }));
  const { accessToken, refreshToken } = lastIssued(stage);

  await logout(first);

  // Both leave at once; WebKit may let the second arrive first.
  const revoked = stage.world.requests.of("revocation").map(({ params }) => params.token);
  assert.deepEqual(revoked.sort(), [accessToken, refreshToken].sort());
  assert.equal(await isActive(stage, refreshToken), false);
  assert.equal(await isActive(stage, accessToken), false);
});

test("REV-18 five logouts at once are one, and share its report", async () => {
  const tab = await openSignedIn(stage);

  const reports = await tab.run(() => Promise.all(Array.from({ length: 5 }, () => window.auth.logout())));

  assert.equal(reports.length, 5);
  for (const report of reports) assert.deepEqual(report, reports[0]);
  assert.equal(reports[0].complete, true);
  assert.equal(stage.world.requests.of("revocation").length, 2);
  assert.equal((await events(tab, "signedOut")).length, 1);
});

test("REV-18 LOUT-8 logouts in three tabs at once all report, and none fails", async () => {
  const tabs = [await openSignedIn(stage), await openApp(stage), await openApp(stage)];
  const { accessToken, refreshToken } = lastIssued(stage);

  for (const tab of tabs) {
    await tab.run(() => {
      window.leaving = window.auth.logout();
    });
  }
  for (const tab of tabs) {
    const report = await tab.run(() => window.leaving);
    assert.equal(report.complete, true);
    await assertSignedOut(tab);
  }

  assert.equal(await isActive(stage, refreshToken), false);
  assert.equal(await isActive(stage, accessToken), false);
});

test("LOUT-8 a logout of nobody is no error, and says that there was no token", async () => {
  const tab = await openApp(stage);

  const report = await logout(tab);

  assert.equal(report.complete, true);
  assert.deepEqual(report.tokens, { refreshToken: "none", accessToken: "none" });
  assert.equal(stage.world.requests.of("revocation").length, 0);
  await assertSignedOut(tab);
});

test("REV-17 a logout that shall not revoke says so, and lets the tokens live", async () => {
  const tab = await openSignedIn(stage);

  const report = await logout(tab, { revoke: false });

  assert.deepEqual(report.tokens, { refreshToken: "skipped", accessToken: "skipped" });
  assert.equal(stage.world.requests.of("revocation").length, 0);
  assert.equal(await isActive(stage, lastIssued(stage).refreshToken), true);
  await assertSignedOut(tab);
});

test("REV-9 nobody is authenticated from the moment of the call, and no token is handed out while the network is asked", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("revocation", "late:1500");

  const seen = await tab.run(async () => {
    window.leaving = window.auth.logout();
    const { isAuthenticated, status } = window.auth;
    const token = await window.auth.getAccessToken().catch(({ code }) => code);
    return { isAuthenticated, status, token, user: window.auth.getUser() };
  });

  assert.deepEqual(seen, { isAuthenticated: false, status: "signing-out", token: "login_required", user: null });
  assert.equal((await tab.run(() => window.leaving)).complete, true);
});

test("a person who has signed out can sign in again, and stays it in every tab", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await logout(tab);

  await signIn(stage, tab);

  await assertSignedIn(tab);
  await until("the other tab follows", async () => (await other.run(() => window.auth.status)) === "signed-in");
  await assertSignedIn(other);
  await other.reload();
  await started(other);
  await assertSignedIn(other);
});

test("AUTHZ-13 after a logout of the app the provider still knows the user, and lets the next sign-in through without a password", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab);
  stage.world.requests.clear();

  const answer = await signIn(stage, tab);

  assert.equal(answer.user.sub, "u-1815");
  assert.equal(stage.world.requests.of("interaction").length, 0);
});

test("an option that cannot be right is refused before anything happens", async () => {
  const tab = await openSignedIn(stage);

  for (const [options, code] of [
    [{ scope: "planet" }, "invalid_options"],
    [{ clear: "some" }, "invalid_options"],
    [{ timeout: -1 }, "invalid_options"],
    [{ scope: "provider", redirectTo: "https://evil.example/" }, "redirect_refused"],
  ]) {
    const error = await failure(logout(tab, options));
    assert.equal(error.code, code);
  }

  await assertSignedIn(tab);
  assert.equal(stage.world.requests.of("revocation").length, 0);
});
