import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { assertSignedIn, assertSignedOut, isActive, isThrough, lastIssued, openApp, openSignedIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const refused = (body) => (req, res) => json(req, res, 400, body);

const faults = [
  {
    name: "REV-6 REV-7 a revocation endpoint that answers 503",
    set: (faults) => faults.set("revocation", "503"),
    tokens: "failed",
    problems: ["revocation_refused"],
  },
  {
    name: "REV-7 REV-8 a revocation endpoint that never answers",
    set: (faults) => faults.set("revocation", "hang"),
    tokens: "unknown",
    problems: ["timeout"],
  },
  {
    name: "REV-7 REV-14 a revocation endpoint that CORS forbids",
    set: (faults) => faults.set("revocation", "no-cors"),
    tokens: "unknown",
    problems: ["network_error"],
  },
  {
    name: "REV-16 DISC-6 a provider without a revocation endpoint",
    early: true,
    set: (faults) => faults.set("revocation", "missing"),
    tokens: "unsupported",
    problems: [],
  },
  {
    name: "REV-7 REV-8 a provider that is gone altogether",
    set: (faults) => faults.set("provider", "drop"),
    tokens: "unknown",
    problems: ["network_error"],
  },
  {
    name: "REV-5 a revocation endpoint that takes no token of any kind",
    set: (faults) => faults.set("revocation", refused({ error: "unsupported_token_type" })),
    tokens: "unsupported",
    problems: [],
  },
  {
    name: "REV-7 a revocation endpoint that does not know the client",
    set: (faults) => faults.set("revocation", refused({ error: "invalid_client" })),
    tokens: "failed",
    problems: ["revocation_refused"],
  },
];

for (const { name, early = false, set, tokens, problems } of faults) {
  test(`${name} leaves nobody signed in, in no tab, and the report says what came of it`, async () => {
    if (early) set(stage.world.faults);
    const tab = await openSignedIn(stage);
    const others = [await openApp(stage), await openApp(stage, { hidden: true })];
    for (const other of others) await assertSignedIn(other);
    if (!early) set(stage.world.faults);

    const atOnce = await tab.run(() => {
      window.leaving = window.auth.logout({ timeout: 2 });
      return window.auth.isAuthenticated;
    });
    assert.equal(atOnce, false);
    for (const other of others) {
      await until("the other tab is signed out", async () => (await other.run(() => window.auth.status)) === "signed-out", 3000);
    }
    const report = await tab.run(() => window.leaving);

    assert.equal(report.local.status, "cleared");
    assert.deepEqual(report.tokens, { refreshToken: tokens, accessToken: tokens });
    assert.deepEqual(report.problems, problems);
    assert.equal(report.complete, false);
    assert.ok(report.durationMs < 4000, `${report.durationMs} ms with a time-out of 2000`);

    for (const page of [tab, ...others]) {
      await assertSignedOut(page);
      assertNothingLeft(stage, await atRest(page));
      await page.reload();
      await started(page);
      await assertSignedOut(page);
    }
  });
}

test("REV-4 A28 a 200 means revoked, whatever stands in its body", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("revocation", (req, res) => json(req, res, 200, { error: "invalid_token" }));

  const report = await tab.run(() => window.auth.logout());

  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  assert.equal(report.complete, true);
});

test("REV-3 a refresh token that is refused does not keep the access token from being revoked", async () => {
  const tab = await openSignedIn(stage);
  const { accessToken } = lastIssued(stage);
  stage.world.faults.set("revocation", (req, res, next) =>
    req.params.token_type_hint === "refresh_token" ? json(req, res, 503, {}) : next(),
  );

  const report = await tab.run(() => window.auth.logout());

  assert.deepEqual(report.tokens, { refreshToken: "failed", accessToken: "revoked" });
  assert.equal(await isActive(stage, accessToken), false);
});

test("LOUT-6 A29 a logout at a provider that is gone answers nothing and still signs out", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("provider", "drop");

  await tab.run(() => void window.auth.logout({ scope: "provider", timeout: 2 }).catch(() => {}));
  const other = await openApp(stage);

  // Until the first tab gives up it is on its way to the provider, for all that others know.
  await isThrough(other);
  await assertSignedOut(other);
  assertNothingLeft(stage, await atRest(other));
});

test("DISC-5 a logout needs no discovery: a page that has just been loaded signs out of a provider that does not answer", async () => {
  await openSignedIn(stage);
  stage.world.faults.set("provider", "hang");
  const tab = await openApp(stage);
  await assertSignedIn(tab);

  const report = await tab.run(() => window.auth.logout({ timeout: 1 }));

  assert.deepEqual(report.tokens, { refreshToken: "unknown", accessToken: "unknown" });
  await assertSignedOut(tab);
});
