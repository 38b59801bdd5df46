import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedOut, events, isActive, lastIssued, openApp, openSignedIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const endsAt = (tab) => tab.run(() => window.auth.getSnapshot().endsAt);
const isOut = (tab) => tab.run(() => window.auth.status === "signed-out");

/** The session is over in these tabs, for this reason, and lives on nowhere. */
async function assertOver(tabs, reason) {
  for (const tab of tabs) {
    await until("the session ends", () => isOut(tab));
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail.reason), [reason]);
    assert.equal(await tab.run(() => window.auth.getSnapshot().endsAt === null), true);
  }
  const { accessToken, refreshToken } = lastIssued(stage);
  for (const token of [refreshToken, accessToken]) await until("it is revoked", async () => !(await isActive(stage, token)));
  for (const tab of tabs) {
    await assertSignedOut(tab);
    assertNothingLeft(stage, await atRest(tab));
  }
}

test("TAB-1 whoever is active in one tab stays signed in in all, and when nobody is any more, the session ends by itself in all and is revoked", async () => {
  stage.world.config.e2e = { options: { idleTimeout: 4 } };
  const one = await openSignedIn(stage);
  const other = await openApp(stage);
  const first = await endsAt(other);
  assert.ok(first > Date.now());

  await until("the session outlives its first end", async () => {
    await one.click("#status");
    return Date.now() > first + 1000;
  });
  for (const tab of [one, other]) {
    assert.equal(await isOut(tab), false);
    await until("the tab knows of the activity", async () => (await endsAt(tab)) > first);
  }

  await assertOver([one, other], "idle");
  assert.ok(Date.now() > first + 1000);
});

test("a session that may last no longer ends, although somebody is active, and a page that comes too late takes it out", async () => {
  stage.world.config.e2e = { options: { maxSession: 4, idleTimeout: 3 } };
  const one = await openSignedIn(stage);
  const other = await openApp(stage);
  await until("the session ends", async () => {
    await one.click("#status");
    return isOut(one);
  });
  await assertOver([one, other], "expired");

  // Nobody is there when it ends.
  const late = await openSignedIn(stage);
  const { refreshToken } = lastIssued(stage);
  // Tabs that come into view on their way out are activity: that moves the end from three seconds to four, and no further.
  const end = (await endsAt(late)) + 1500;
  await late.visit(`${stage.world.app}/e2e/elsewhere.html`);
  await one.visit(`${stage.world.app}/e2e/elsewhere.html`);
  await other.visit(`${stage.world.app}/e2e/elsewhere.html`);
  await until("its time has passed", () => Date.now() > end);
  assert.equal(await isActive(stage, refreshToken), true);

  const next = await openApp(stage);
  await assertSignedOut(next);
  await until("it is revoked", async () => !(await isActive(stage, refreshToken)));
  assertNothingLeft(stage, await atRest(next));
});
