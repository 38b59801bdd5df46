import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { assertSignedOut, isActive, lastIssued, logout, openSignedIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNoSecret, assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

async function openWith(outbox = {}) {
  stage.world.config.e2e = { outbox };
  return openSignedIn(stage);
}

const goOnline = (tab) => tab.run(() => void dispatchEvent(new Event("online")));
const attempts = () => stage.world.requests.of("revocation").length;

async function kept(tab) {
  const { databases } = await atRest(tab);
  return databases["nightlatch-outbox"].entries.length;
}

async function assertRevoked() {
  const { accessToken, refreshToken } = lastIssued(stage);
  await until("both tokens are revoked", async () => !(await isActive(stage, accessToken)) && !(await isActive(stage, refreshToken)));
}

async function assertEmpty(tab) {
  await until("the outbox is empty", async () => (await kept(tab)) === 0);
  assertNothingLeft(stage, await atRest(tab));
}

test("REV-19 what an offline logout could not revoke is kept sealed, and revoked when the browser is online again", async () => {
  const tab = await openWith();
  stage.world.faults.set("provider", "drop");
  const report = await logout(tab);

  assert.deepEqual(report.tokens, { refreshToken: "queued", accessToken: "queued" });
  assert.deepEqual(report.problems, ["network_error"]);
  assert.equal(report.complete, false);
  await assertSignedOut(tab);
  assert.equal(await kept(tab), 2);
  assertNoSecret(stage, await atRest(tab));

  stage.world.faults.clear();
  await goOnline(tab);
  await assertRevoked();
  await assertEmpty(tab);
  await assertSignedOut(tab);
});

test("REV-19 the next start of the app revokes what is still in the outbox", async () => {
  const tab = await openWith();
  stage.world.faults.set("provider", "drop");
  await logout(tab);
  stage.world.faults.clear();
  await tab.reload();
  await started(tab);
  await assertRevoked();
  await assertEmpty(tab);
  await assertSignedOut(tab);
});

test("REV-6 a provider that is not available is asked again when it said to come back", async () => {
  const tab = await openWith();
  stage.world.faults.set("revocation", (req, res) =>
    json(req, res, 503, { error: "temporarily_unavailable" }, { "Retry-After": "1", "Access-Control-Expose-Headers": "Retry-After" }),
  );
  const { tokens } = await logout(tab);
  assert.deepEqual(tokens, { refreshToken: "queued", accessToken: "queued" });
  stage.world.faults.clear();
  await assertRevoked();
  await assertEmpty(tab);
});

test("REV-6 a page that has been loaded since asks again when the provider said to come back", async () => {
  const tab = await openWith();
  stage.world.faults.set("revocation", (req, res) =>
    json(req, res, 503, { error: "temporarily_unavailable" }, { "Retry-After": "6", "Access-Control-Expose-Headers": "Retry-After" }),
  );
  await logout(tab);
  stage.world.faults.clear();
  await tab.reload();
  await started(tab);
  await assertRevoked();
  await assertEmpty(tab);
});

test("REV-7 a refusal is an answer: nothing is kept", async () => {
  const tab = await openWith();
  stage.world.faults.set("revocation", "400");
  const { tokens } = await logout(tab);
  assert.deepEqual(tokens, { refreshToken: "failed", accessToken: "failed" });
  await assertEmpty(tab);
});

test("REV-19 what is kept is bounded in number: the oldest is destroyed", async () => {
  const tab = await openWith({ limit: 1 });
  stage.world.faults.set("provider", "drop");
  await logout(tab);
  assert.equal(await kept(tab), 1);
  stage.world.faults.clear();
  await goOnline(tab);
  await assertEmpty(tab);
});

test("REV-19 what is kept is bounded in attempts, and then destroyed", async () => {
  const tab = await openWith({ attempts: 2 });
  // Not "drop": a browser may send once more what a connection has lost.
  stage.world.faults.set("revocation", "hang");
  await logout(tab, { timeout: 1 });
  assert.equal(attempts(), 2);
  await goOnline(tab);
  await until("each was sent twice", () => attempts() === 4);
  await until("a third attempt destroys them", async () => (await goOnline(tab), (await kept(tab)) === 0));
  assert.equal(attempts(), 4);
  await assertEmpty(tab);
});

test("REV-19 what is kept is bounded in time, and then destroyed unsent", async () => {
  const tab = await openWith({ maxAge: 0 });
  stage.world.faults.set("provider", "drop");
  await logout(tab);
  stage.world.requests.clear();
  stage.world.faults.clear();
  await goOnline(tab);
  await assertEmpty(tab);
  assert.equal(attempts(), 0);
});

test("REV-19 without its share in the cookie nothing in the outbox can be opened, and it is destroyed", async () => {
  const tab = await openWith();
  stage.world.faults.set("provider", "drop");
  await logout(tab);
  stage.world.requests.clear();
  stage.world.faults.clear();
  // As the browser does when it is closed.
  await tab.run(() => {
    for (const cookie of document.cookie.split("; ")) document.cookie = `${cookie.split("=")[0]}=; Path=/; Max-Age=0`;
  });
  await goOnline(tab);
  await assertEmpty(tab);
  assert.equal(attempts(), 0);
});
