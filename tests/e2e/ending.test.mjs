import assert from "node:assert/strict";
import { test } from "node:test";

import {
  asksForPassword, assertSignedIn, assertSignedOut, comeBack, events, isThrough, leaveForGood, leaveForProvider, logout, openApp, openSignedIn, requestTo, signIn,
  started,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const capabilities = (tab) => tab.run(() => window.auth.capabilities());

test("LOUT-6 while a tab is on its way to the provider the others show it, for a while, and whoever signs in there is asked", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);
  stage.world.faults.set("end_session", "hang");

  await leaveForGood(tab);
  await requestTo(stage, "end_session");
  await until("the other tab shows it", () => other.run(() => window.auth.status === "signing-out"));
  assert.deepEqual((await events(other, "signedOut")).map(({ detail }) => detail), [{ reason: "otherTab" }]);

  // The provider never answers, and nobody says so.
  await isThrough(other);
  await assertSignedOut(other);
  await leaveForProvider(other);
  await until("the provider asks for the password", () => asksForPassword(other));
});

test("LOUT-14 where a provider cannot end its session, the next sign-in asks for the password although it still knows the user", async () => {
  stage.world.faults.set("end_session", "missing");
  const tab = await openSignedIn(stage);

  const report = await logout(tab, { scope: "provider" });
  assert.equal(report.provider, "unsupported");
  await assertSignedOut(tab);

  const silent = await tab.run(() => window.auth.login({ prompt: "none" }).catch(({ code }) => code));
  assert.equal(silent, "login_required");
  await leaveForProvider(tab);
  await until("the provider asks for the password", () => asksForPassword(tab));
  assert.equal(stage.world.requests.of("authorization").at(-1).params.prompt, "login");
});

test("a sign-out of the app alone lets the provider recognise the user", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab);

  await signIn(stage, tab);

  await assertSignedIn(tab);
  assert.equal(stage.world.requests.of("authorization").at(-1).params.prompt, undefined);
});

test("LOUT-3 LOUT-16 whoever declined at the provider is signed out here, is not reported as signed out there, and is asked the next time", async () => {
  const tab = await openSignedIn(stage);
  await logout(tab);

  await leaveForGood(tab);
  await until("the provider asks first", () => tab.has("#no"));
  await tab.click("#no");
  const { answer } = await comeBack(stage, tab);

  assert.equal(answer.report.provider, "unknown");
  assert.equal(answer.report.complete, false);
  await assertSignedOut(tab);
  await leaveForProvider(tab);
  await until("the provider asks for the password", () => asksForPassword(tab));
});

test("when the provider has sent the user back, no tab waits any more", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);

  await leaveForGood(tab);
  const { answer } = await comeBack(stage, tab);

  assert.equal(answer.report.provider, "ended");
  await assertSignedOut(tab);
  await isThrough(other);
  assert.deepEqual((await capabilities(other)).mayBeAlive, []);
});

test("a dry run says what would be asked, sends nothing and changes nothing", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const before = stage.world.requests.length;

  for (const scope of ["tab", "app", "provider"]) {
    const report = await logout(tab, { scope, dryRun: true });
    assert.equal(report.local.status, "planned", scope);
    assert.equal(report.complete, false, scope);
    assert.equal(report.tokens.refreshToken, scope === "tab" ? "skipped" : "planned");
    assert.equal(report.provider, scope === "provider" ? "planned" : "skipped");
  }

  assert.equal(stage.world.requests.length, before);
  for (const page of [tab, other]) await assertSignedIn(page);
});

test("capabilities are what the provider's metadata offers, and where the session really lives", async () => {
  const tab = await openApp(stage);
  const can = await capabilities(tab);
  assert.deepEqual(can, { storage: "browser", revocation: true, endSession: true, mayBeAlive: [] });

  stage.world.faults.set("end_session", "missing");
  stage.world.faults.set("revocation", "missing");
  const without = await openApp(stage, { without: "indexeddb" });
  assert.deepEqual(await capabilities(without), { storage: "memory", revocation: false, endSession: false, mayBeAlive: [] });
});

test("what may still be valid at the provider is told at the next start, and holds no secret", async () => {
  stage.world.faults.set("revocation", "503");
  const tab = await openSignedIn(stage);
  const report = await logout(tab);
  assert.equal(report.tokens.refreshToken, "failed");

  const { mayBeAlive } = await capabilities(await openApp(stage));

  assert.deepEqual(mayBeAlive.map((note) => Object.keys(note).sort()), [["at", "id", "kind"]]);
  assert.equal(mayBeAlive[0].kind, "logout");
  assert.ok(Math.abs(mayBeAlive[0].at - report.startedAt) < 60_000);
});

test("LOUT-12 no address of the app signs anybody out", async () => {
  const tab = await openSignedIn(stage);
  const asked = () => stage.world.requests.filter(({ endpoint }) => ["revocation", "end_session"].includes(endpoint)).length;

  for (const address of ["?logout=1", "?logout=true&scope=everywhere", "?state=nobody", "callback.html?state=nobody&code=x", "callback.html?state=nobody&error=x"]) {
    await tab.visit(`${stage.world.app}/e2e/${address}`);
    await started(tab).catch((error) => assert.match(error.message, /state/, address));
    await until("the app shows where it stands", async () => (await tab.run(() => document.querySelector("#status").textContent)) === "signed-in");
  }

  assert.equal(asked(), 0);
  const other = await openApp(stage);
  await assertSignedIn(other);
});
