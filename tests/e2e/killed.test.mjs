import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedIn, assertSignedOut, events, openApp, openSignedIn, requestTo } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

/** Begins a logout, and ends before anything of it is committed. */
async function beginAndDie(tab) {
  await tab.run(() => {
    // No transaction of this tab comes to an end any more.
    IDBDatabase.prototype.transaction = () => ({ objectStore: () => ({ get: () => ({}) }) });
    window.auth.logout();
  });
  await tab.kill();
}

async function assertHeard(other) {
  await until("the other tab is signed out", async () => (await events(other, "signedOut")).length > 0);
  await assertSignedOut(other);
}

test("a tab that is killed in the middle of a logout, before anything is committed, leaves nobody signed in", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);

  await beginAndDie(tab);

  await assertHeard(other);
  const fresh = await openApp(stage);
  await assertSignedOut(fresh);
  const rest = await atRest(fresh);
  assertNothingLeft(stage, rest);
  // Nobody could open what it left, so nobody could revoke it: that is not forgotten.
  const [{ value }] = rest.databases.nightlatch.records;
  assert.deepEqual(value.head.ledger.map(({ kind }) => kind), ["unopened"]);
});

test("a tab that sees the deletion of the key share later than the mark is signed out all the same", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);
  await other.run(() => {
    // Cookies and storage events come by different ways between processes (measured in both browsers).
    const { cookie } = document;
    Object.defineProperty(document, "cookie", { get: () => cookie, configurable: true });
    window.addEventListener("storage", () => setTimeout(() => delete document.cookie, 300));
  });

  await beginAndDie(tab);

  await assertHeard(other);
});

test("a tab that is killed while its revocations are under way leaves nobody signed in", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);
  stage.world.faults.set("revocation", "hang");

  await tab.run(() => void window.auth.logout());
  await requestTo(stage, "revocation");
  await tab.kill();

  await assertHeard(other);
  const fresh = await openApp(stage);
  await assertSignedOut(fresh);
  assertNothingLeft(stage, await atRest(fresh));
  assert.equal(stage.world.requests.of("token").length, 1);
});
