import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { accessToken, assertSignedIn, isActive, lastIssued, openApp, openSignedIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();
const TABS = 20;
const CALLS = 20;
// 50 rounds are a run of their own: NIGHTLATCH_ROUNDS=50.
const rounds = Number(env.NIGHTLATCH_ROUNDS ?? 1);

test(`TOK-11 TOK-12 TOK-14 ${TABS} tabs that ask ${CALLS} times each when the token ends send one refresh, and all get its token`, async () => {
  const { world } = stage;
  const first = await openSignedIn(stage);
  const tabs = [first];
  while (tabs.length < TABS) tabs.push(await openApp(stage));

  for (let round = 0; round < rounds; round++) {
    // A token that has ended: the next one is good for long.
    world.setAccessTokenTtl(1);
    await accessToken(first, { forceRefresh: true });
    world.setAccessTokenTtl(300);
    world.requests.clear();
    const at = Date.now() + 2000;
    for (const tab of tabs) {
      await tab.run(
        (calls, at) => {
          const ask = () => window.auth.getAccessToken();
          window.asked = new Promise((resolve) => setTimeout(resolve, at - Date.now())).then(() => Promise.all(Array.from({ length: calls }, ask)));
          window.asked.catch(() => {});
        },
        CALLS,
        at,
      );
    }
    const tokens = new Set();
    for (const tab of tabs) for (const token of await tab.run(() => window.asked)) tokens.add(token);

    assert.equal(world.requests.of("token").length, 1, `round ${round}`);
    assert.deepEqual([...tokens], [lastIssued(stage).accessToken]);
    assert.equal(await isActive(stage, lastIssued(stage).refreshToken), true);
  }
});

for (const [how, end, skip] of [
  ["is closed", (tab) => tab.close()],
  ["goes elsewhere", (tab) => tab.run(() => location.assign("elsewhere.html"))],
  ["is killed", (tab) => tab.kill()],
  ["is frozen", (tab) => tab.freeze(), (env.BROWSER ?? "chromium") !== "chromium" && "this driver freezes no tab"],
]) {
  test(`TOK-13 where the tab that refreshes ${how} in the middle, the others are stalled by nothing and nobody's session is lost`, { skip }, async () => {
    const { world } = stage;
    stage.world.config.e2e = { options: { requestTimeout: 2 } };
    const doomed = await openSignedIn(stage);
    const others = [await openApp(stage), await openApp(stage), await openApp(stage)];
    world.setAccessTokenTtl(1);
    await accessToken(doomed, { forceRefresh: true });
    world.setAccessTokenTtl(300);
    world.faults.set("token", "hang");
    world.requests.clear();
    await doomed.run(() => void window.auth.getAccessToken({ minValidity: 2 }).catch(() => {}));
    await until("the refresh is on its way", () => world.requests.of("token").length === 1);
    world.faults.clear();
    await end(doomed);

    for (const tab of others) await tab.run(() => void (window.asked = window.auth.getAccessToken({ minValidity: 2 })).catch(() => {}));
    const tokens = new Set();
    for (const tab of others) tokens.add(await tab.run(() => window.asked));

    // What was hanging has never been dealt with, so the refresh token was still good.
    assert.equal(world.requests.of("token").length, 2);
    assert.deepEqual([...tokens], [lastIssued(stage).accessToken]);
    for (const tab of others) await assertSignedIn(tab);
  });
}
