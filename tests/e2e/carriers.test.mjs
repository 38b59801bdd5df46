import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessToken, assertSignedIn, assertSignedOut, events, failure, lastIssued, logout, openApp, openSignedIn,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

for (const [carrier, without] of [["storage event", "channel"], ["channel", "storage-event"]]) {
  test(`TAB-2 the ${carrier} alone is enough to sign a tab out`, async () => {
    const tab = await openSignedIn(stage);
    const deaf = await openApp(stage, { without });
    await assertSignedIn(deaf);

    await logout(tab);

    await until("the tab is signed out by itself", async () => (await events(deaf, "signedOut")).length > 0);
    await assertSignedOut(deaf);
  });
}

test("TAB-2 TAB-10 a tab that no message reaches hands out nothing, and is signed out by its next use", async () => {
  const tab = await openSignedIn(stage);
  const deaf = await openApp(stage, { without: "channel,storage-event" });
  await assertSignedIn(deaf);

  await logout(tab);

  assert.equal((await failure(accessToken(deaf))).code, "login_required");
  await assertSignedOut(deaf);
  assert.equal((await events(deaf, "signedOut")).length, 1);
});

test("TAB-2 a logout of a tab without a channel reaches the others", async () => {
  const deaf = await openApp(stage, { without: "channel" });
  const tab = await openSignedIn(stage);
  await assertSignedIn(deaf);

  await logout(deaf);

  await until("the other tab is signed out by itself", async () => (await events(tab, "signedOut")).length > 0);
  await assertSignedOut(tab);
});

test("TAB-5 A12 what goes over the channel holds no secret, and nonsense on it changes nothing", async () => {
  const tab = await openSignedIn(stage);
  const listener = await openApp(stage);
  await listener.run(() => {
    window.heard = [];
    const NativeChannel = window.BroadcastChannel;
    window.overhear = (name) => {
      const channel = new NativeChannel(name);
      channel.onmessage = ({ data }) => window.heard.push(data);
      return channel;
    };
  });
  const name = await channelName();
  await listener.run((name) => void (window.spy = window.overhear(name)), name);
  await accessToken(tab, { forceRefresh: true });
  await until("something was said", () => listener.run(() => window.heard.length > 0));

  await listener.run(() => {
    const nonsense = [null, 7, "signed-out", [], {}, { generation: -1 }, { generation: 1e300 }, "x".repeat(100_000)];
    for (const message of nonsense) window.spy.postMessage(message);
  });
  await assertSignedIn(tab);

  await logout(tab);
  await until("the logout was told", () => listener.run(() => window.auth.status === "signed-out"));
  const text = await listener.run(() => JSON.stringify(window.heard));
  const { accessToken: token, refreshToken, idToken } = lastIssued(stage);
  for (const secret of [token, refreshToken, idToken, "u-1815"]) assert.equal(text.includes(secret), false);
});

test("TAB-2 TAB-3 clearing the browser's storage by hand wakes the tabs, and costs nobody more than a look", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);

  await tab.run(() => localStorage.clear());

  await assertSignedIn(tab);
  await assertSignedIn(other);
});

/** The name of the channel that the client opens: what a tab hears under it is what every script of the origin could. */
async function channelName() {
  const tab = await openApp(stage, { without: "named-channel" });
  return tab.run(() => window.channels[0]);
}
