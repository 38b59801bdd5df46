import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedOut, isActive, lastIssued, logout, openApp, openSignedIn, requestTo, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

for (const place of ["another tab", "the same tab"]) {
  test(`REV-10 TAB-4 A9 a refresh in ${place} that is answered after the logout is revoked, not stored`, async () => {
    const refreshing = await openSignedIn(stage);
    const before = lastIssued(stage);
    const leaving = place === "another tab" ? await openApp(stage) : refreshing;
    stage.world.faults.set("token", "late:1500");
    await refreshing.run(() => {
      window.asked = window.auth.getAccessToken({ forceRefresh: true }).then(() => "handed out", (error) => error.code);
    });
    await requestTo(stage, "token", ({ params }) => params.refresh_token === before.refreshToken);
    const late = await until("the provider has rotated the token", () => stage.world.issued.at(-1).refreshToken !== before.refreshToken && lastIssued(stage));

    await logout(leaving);
    assert.equal(await refreshing.run(() => window.asked), "login_required");

    await requestTo(stage, "revocation", ({ params }) => params.token === late.refreshToken);
    for (const token of [before.refreshToken, before.accessToken, late.refreshToken, late.accessToken]) {
      await until("the token is dead", async () => !(await isActive(stage, token)));
    }
    for (const tab of new Set([refreshing, leaving])) {
      await assertSignedOut(tab);
      assertNothingLeft(stage, await atRest(tab));
      await tab.reload();
      await started(tab);
      await assertSignedOut(tab);
    }
  });
}

test("REV-10 A9 a refresh that the provider gets to see only after the logout brings nothing back", async () => {
  const refreshing = await openSignedIn(stage);
  const other = await openApp(stage);
  const { refreshToken } = lastIssued(stage);
  stage.world.faults.set("token", "slow:1000");
  await refreshing.run(() => {
    window.asked = window.auth.getAccessToken({ forceRefresh: true }).then(() => "handed out", (error) => error.code);
  });
  await requestTo(stage, "token", ({ params }) => params.refresh_token === refreshToken);

  await logout(other);

  assert.equal(await refreshing.run(() => window.asked), "login_required");
  const asked = await until("the provider has answered the refresh", () => stage.world.requests.of("token").at(-1).status);
  assert.equal(asked, 400);
  for (const tab of [refreshing, other]) {
    await assertSignedOut(tab);
    assertNothingLeft(stage, await atRest(tab));
  }
});
