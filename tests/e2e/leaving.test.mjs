import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedIn, assertSignedOut, isActive, lastIssued, logout, openApp, openSignedIn, requestTo } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("REV-12 a logout in a tab that is closed at once still revokes both tokens", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const { accessToken, refreshToken } = lastIssued(stage);

  await tab.run(() => void window.auth.logout());
  await tab.close();

  await requestTo(stage, "revocation", ({ params }) => params.token === refreshToken);
  await until("both tokens are revoked", async () => !(await isActive(stage, refreshToken)) && !(await isActive(stage, accessToken)));
  await assertSignedOut(other);
});

test("REV-12 a logout in a page that goes elsewhere in the same breath still signs out and revokes the refresh token", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const { refreshToken } = lastIssued(stage);

  await tab.run(() => {
    window.auth.logout();
    location.assign("elsewhere.html");
  });

  await requestTo(stage, "revocation", ({ params }) => params.token === refreshToken);
  await until("the refresh token is revoked", async () => !(await isActive(stage, refreshToken)));
  await assertSignedOut(other);
  assertNothingLeft(stage, await atRest(other));
});

test("a session survives that its page goes elsewhere and the user comes back", async (t) => {
  const tab = await openSignedIn(stage);
  await goElsewhere(tab);

  await tab.run(() => history.back());
  await until("the user is back", () => tab.run(() => window.started));

  t.diagnostic((await tab.run(() => window.restored)) ? "restored from the back/forward cache" : "loaded anew");
  await assertSignedIn(tab);
});

for (const [carriers, without] of [
  ["that was told", undefined],
  ["that was not told", "channel"],
  ["that no message could reach", "channel,storage-event"],
]) {
  test(`WEB-1 TAB-10 a page ${carriers}, and is brought back after a logout in another tab, is signed out and hands out nothing`, async (t) => {
    // The very page that was kept, and not a new one in its place.
    stage.world.config.e2e = { options: { restored: "event" } };
    const other = await openApp(stage, { without });
    const tab = await openSignedIn(stage);
    await assertSignedIn(other);
    await goElsewhere(tab);
    await logout(other);

    await tab.run(() => history.back());
    await until("the user is back", () => tab.run(() => window.started));

    t.diagnostic((await tab.run(() => window.restored)) ? "restored from the back/forward cache" : "loaded anew");
    const token = await tab.run(() => window.auth.getAccessToken().catch(({ code }) => code));
    assert.equal(token, "login_required");
    await until("the page shows it", async () => (await tab.text("#status")) === "signed-out");
    await assertSignedOut(tab);
  });
}

async function goElsewhere(tab) {
  await tab.run(() => location.assign("elsewhere.html"));
  await until("the page has gone", async () => (await tab.address()).endsWith("/elsewhere.html"));
}
