import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessToken, askApi, assertSignedIn, assertSignedOut, events, lastIssued, openApp, openSignedIn, signIn,
  started,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("a second tab and a third, which nobody looks at, are signed in without asking anyone", async () => {
  await openSignedIn(stage);
  stage.world.requests.clear();

  const second = await openApp(stage);
  const third = await openApp(stage, { hidden: true });

  assert.equal(await third.run(() => document.visibilityState), "hidden");
  for (const tab of [second, third]) {
    await assertSignedIn(tab);
    assert.equal(await accessToken(tab), lastIssued(stage).accessToken);
    assert.equal(await askApi(tab), 200);
  }
  assert.equal(stage.world.requests.of("token").length, 0);
  assert.equal(stage.world.requests.of("authorization").length, 0);
});

test("TAB-6 tabs that were open and signed out follow a sign-in, and say so once", async () => {
  const waiting = [await openApp(stage), await openApp(stage, { hidden: true })];

  await signIn(stage, await openApp(stage));

  for (const tab of waiting) {
    await until("the tab follows", async () => (await tab.run(() => window.auth.status)) === "signed-in");
    await assertSignedIn(tab);
    const heard = await events(tab, "signedIn");
    assert.deepEqual(heard.map(({ detail }) => detail.user.sub), ["u-1815"]);
  }
});

test("TAB-7 TAB-8 TAB-9 A16 no lock is held and none is waited for, so none can be orphaned, stolen or kept by a page that is away", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  stage.world.faults.set("token", "slow:1000");
  const held = await tab.run(async () => {
    const refresh = window.auth.getAccessToken({ forceRefresh: true });
    const during = await navigator.locks.query();
    await refresh;
    const after = await navigator.locks.query();
    return [during, after].flatMap(({ held, pending }) => [...held, ...pending]);
  });
  assert.deepEqual(held, []);
  await assertSignedIn(other);
});

test("TOK-11 a token that one tab has refreshed is the token of all", async () => {
  const one = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);

  const token = await accessToken(one, { forceRefresh: true });

  await until("the other tab follows", async () => (await accessToken(other)) === token);
});

test("a tab that dies with a refresh under way holds up no other", async () => {
  stage.world.config.e2e = { options: { requestTimeout: 2 } };
  const doomed = await openSignedIn(stage);
  const other = await openApp(stage);
  stage.world.faults.set("token", "hang");
  await doomed.run(() => {
    window.asked = window.auth.getAccessToken({ forceRefresh: true }).catch(() => {});
  });
  await until("the refresh is under way", () => stage.world.requests.of("token").length > 1);
  await doomed.close();
  stage.world.faults.clear();

  const token = await accessToken(other, { forceRefresh: true });

  assert.equal(token, lastIssued(stage).accessToken);
  assert.equal(await askApi(other), 200);
});

test("TAB-12 two clients of one origin keep their sessions apart", async () => {
  const tab = await openSignedIn(stage);

  const status = await tab.run(async () => {
    window.stranger = await window.nightlatch.createClient({ ...window.options, clientId: "another-client" });
    const before = window.stranger.status;
    await window.stranger.logout();
    return [before, window.stranger.status];
  });

  assert.deepEqual(status, ["signed-out", "signed-out"]);
  await assertSignedIn(tab);
  await tab.reload();
  await started(tab);
  await assertSignedIn(tab);
});

test("RESP-5 A3 two providers do not share an address to come back to, unless the client of the one is closed", async () => {
  const tab = await openApp(stage);

  const said = await tab.run(async () => {
    const { createClient } = window.nightlatch;
    const tried = (options) => createClient({ ...window.options, ...options }).then((client) => client, ({ code, message }) => [code, message]);
    const issuer = `${window.options.issuer}/tenant`;
    const refused = await tried({ issuer });
    const apart = await tried({ issuer, redirectUri: `${window.options.redirectUri}?tenant` });
    apart.close();
    window.auth.close();
    const after = await tried({ issuer });
    return [refused, after.status];
  });

  assert.deepEqual(said, [["invalid_options", "another provider's client on this page has this `redirectUri`"], "signed-out"]);
});

test("a client that was closed answers no more, and the session stays", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);

  const code = await tab.run(async () => {
    window.auth.close();
    return window.auth.getAccessToken().catch((error) => error.code);
  });

  assert.equal(code, "client_closed");
  await assertSignedIn(other);
  await tab.reload();
  await started(tab);
  await assertSignedIn(tab);
  await tab.run(() => window.auth.logout());
  await assertSignedOut(tab);
});
