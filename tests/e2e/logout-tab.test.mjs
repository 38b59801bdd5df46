import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessToken, askApi, assertSignedIn, assertSignedOut, isActive, lastIssued, logout, openApp, openSignedIn,
  signIn, started,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";

const stage = setStage();

test("a logout of one tab ends that tab and no other, and its tokens live on", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);

  const report = await logout(tab, { scope: "tab" });

  assert.equal(report.scope, "tab");
  assert.equal(report.complete, true);
  assert.deepEqual(report.tokens, { refreshToken: "skipped", accessToken: "skipped" });
  await assertSignedOut(tab);
  await assertSignedIn(other);
  assert.equal(await askApi(other), 200);
  assert.equal(stage.world.requests.of("revocation").length, 0);
  assert.equal(await isActive(stage, lastIssued(stage).refreshToken), true);
});

test("a tab that was signed out alone stays so over a reload, while a new tab is signed in", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab, { scope: "tab" });

  await tab.reload();
  await started(tab);

  await assertSignedOut(tab);
  await assertSignedIn(await openApp(stage));
});

test("a tab that was signed out alone does not follow a refresh of the others", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await logout(tab, { scope: "tab" });

  await accessToken(other, { forceRefresh: true });

  await assertSignedOut(tab);
  await assertSignedIn(other);
});

test("a tab that was signed out alone can sign in again", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab, { scope: "tab" });

  await signIn(stage, tab);

  await assertSignedIn(tab);
});

test("a logout of the app in the one tab that had left ends the others too", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const { accessToken: token, refreshToken } = lastIssued(stage);
  await logout(tab, { scope: "tab" });

  const report = await logout(tab);

  assert.equal(report.complete, true);
  await assertSignedOut(other);
  assert.equal(await isActive(stage, refreshToken), false);
  assert.equal(await isActive(stage, token), false);
});
