import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import {
  accessToken, askApiWith, assertSignedIn, assertSignedOut, events, failure, isActive, lastIssued, openApp,
  openSignedIn,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("TOK-11 a refresh puts a new pair of tokens in place of the old one", async () => {
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage);

  const token = await accessToken(tab, { forceRefresh: true });

  const after = lastIssued(stage);
  assert.equal(token, after.accessToken);
  assert.notEqual(token, before.accessToken);
  assert.notEqual(after.refreshToken, before.refreshToken);
  assert.equal(await askApiWith(stage, token), 200);
  assert.equal(await isActive(stage, after.refreshToken), true);
  assert.equal(await isActive(stage, before.refreshToken), false);
  assert.equal(stage.world.requests.of("token").at(-1).params.refresh_token, before.refreshToken);

  await tab.reload();
  await until("the app has started", () => tab.run(() => window.started));
  assert.equal(await accessToken(tab), token);
});

test("a token that is good for long enough is handed out as it is, one that is not is refreshed first", async () => {
  stage.world.setAccessTokenTtl(60);
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage);

  assert.equal(await accessToken(tab), before.accessToken);
  assert.equal(await accessToken(tab, { minValidity: 10 }), before.accessToken);
  assert.equal(stage.world.requests.of("token").length, 1);

  const token = await accessToken(tab, { minValidity: 120 });
  assert.equal(token, lastIssued(stage).accessToken);
  assert.notEqual(token, before.accessToken);
});

test("a token that has ended is replaced before it is handed out", async () => {
  stage.world.setAccessTokenTtl(2);
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage);
  await until("the provider lets go of the token", async () => !(await isActive(stage, before.accessToken)));
  stage.world.setAccessTokenTtl(300);

  const token = await accessToken(tab);

  assert.equal(await askApiWith(stage, token), 200);
  assert.equal((await events(tab, "tokenRefreshed")).length, 1);
});

test("TOK-12 A23 however many calls and tabs ask at once, one refresh leaves the browser and all get its token", async () => {
  const tabs = [await openSignedIn(stage), await openApp(stage), await openApp(stage)];
  stage.world.faults.set("token", "late:700");
  stage.world.requests.clear();

  for (const tab of tabs) {
    await tab.run(() => {
      window.asked = Promise.all(Array.from({ length: 5 }, () => window.auth.getAccessToken({ forceRefresh: true })));
    });
  }
  const given = [];
  for (const tab of tabs) given.push(...(await tab.run(() => window.asked)));

  assert.equal(given.length, 15);
  assert.deepEqual([...new Set(given)], [lastIssued(stage).accessToken]);
  assert.equal(stage.world.requests.of("token").length, 1);
});

test("TOK-9 a provider that is down costs nobody the session", async () => {
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage);

  for (const [fault, code] of [["503", "token_refused"], ["malformed", "invalid_response"], ["drop", "network_error"]]) {
    stage.world.faults.set("token", fault);
    const error = await failure(accessToken(tab, { forceRefresh: true }));
    assert.equal(error.code, code, fault);
    stage.world.faults.clear("token");
    assert.equal(await tab.run(() => window.auth.isAuthenticated), true, fault);
    await tab.run(() => void dispatchEvent(new Event("online"))); // Else the provider is left alone for a while.
  }

  assert.equal(await accessToken(tab), before.accessToken);
  assert.ok((await events(tab, "refreshFailed")).length >= 1);
});

test("TOK-9 after a failure the provider is left alone, callers are told the same at once, and the event `online` ends that", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("token", "503:300");
  stage.world.requests.clear();
  const ask = () => failure(accessToken(tab, { forceRefresh: true }));

  for (let call = 0; call < 5; call += 1) {
    const { code, status } = await ask();
    assert.deepEqual([code, status], ["token_refused", 503]);
  }
  assert.equal(stage.world.requests.of("token").length, 1);
  assert.equal((await events(tab, "refreshFailed")).length, 1);
  assert.equal(await accessToken(tab), lastIssued(stage).accessToken);

  stage.world.faults.clear("token");
  assert.equal((await ask()).code, "token_refused");
  await tab.run(() => void dispatchEvent(new Event("online")));
  assert.equal(await accessToken(tab, { forceRefresh: true }), lastIssued(stage).accessToken);
  assert.equal(stage.world.requests.of("token").length, 2);
});

const driven = (env.BROWSER ?? "chromium") === "chromium";
test("TOK-9 TOK-10 offline the session stays and says so, and goes on when the browser is online again", { skip: !driven && "this driver takes no browser offline" }, async () => {
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage).accessToken;
  stage.world.requests.clear();

  await tab.offline(true);
  const { code, kind } = await failure(accessToken(tab, { forceRefresh: true }));
  assert.deepEqual([code, kind], ["network_error", "transport"]);
  assert.equal(await accessToken(tab), before);
  assert.equal(await tab.run(() => window.auth.isAuthenticated), true);
  assert.equal((await events(tab, "refreshFailed")).length, 1);
  assert.equal(stage.world.requests.of("token").length, 0);

  await tab.offline(false);
  await until("the browser is online", () => tab.run(() => navigator.onLine));
  await until("a new token comes", async () => (await accessToken(tab, { forceRefresh: true }).catch(() => before)) !== before);
  assert.equal(stage.world.requests.of("token").length, 1);
});

test("TOK-9 TOK-15 a refresh token that the provider no longer takes ends the session in every tab", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await assertSignedIn(other);
  await revokeAtProvider(lastIssued(stage).refreshToken);

  const error = await failure(accessToken(tab, { forceRefresh: true }));

  assert.equal(error.code, "login_required");
  await assertSignedOut(tab);
  assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "revoked" }]);
  await until("the other tab follows", async () => (await other.run(() => window.auth.status)) === "signed-out");
  await assertSignedOut(other);
});

test("TOK-13 a refresh whose answer was lost is sent once more; a provider that then refuses the token ends the session", async () => {
  stage.world.config.e2e = { options: { requestTimeout: 1 } };
  const tab = await openSignedIn(stage);
  loseAnswers(1);
  stage.world.requests.clear();

  const error = await failure(accessToken(tab, { forceRefresh: true }));

  assert.equal(error.code, "login_required");
  await assertSignedOut(tab);
  assert.equal(stage.world.requests.of("token").length, 2);
});

test("TOK-13 a provider that never answers a refresh is asked twice by one call, and the session stays", async () => {
  stage.world.config.e2e = { options: { requestTimeout: 1 } };
  const tab = await openSignedIn(stage);
  loseAnswers(Infinity);
  stage.world.requests.clear();

  const error = await failure(accessToken(tab, { forceRefresh: true }));

  assert.equal(error.code, "timeout");
  assert.equal(error.kind, "transport");
  assert.equal(stage.world.requests.of("token").length, 2);
  await assertSignedIn(tab);
});

// The provider does its work and the answer never comes. (A connection that breaks would not do: browsers repeat such a request by themselves.)
function loseAnswers(count) {
  let lost = 0;
  stage.world.faults.set("token", (_req, res, next) => {
    if ((lost += 1) <= count) res.end = () => res;
    next();
  });
}

async function revokeAtProvider(token) {
  const { world } = stage;
  await fetch(`${world.issuer}/token/revocation`, { method: "POST", body: new URLSearchParams({ token, client_id: world.clientId }) });
  assert.equal(await isActive(stage, token), false);
}
