import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import {
  accessToken, askApi, assertSignedIn, assertSignedOut, comeBack, events, fillForm, lastIssued,
  leaveForProvider, openApp, openSignedIn, requestTo, signIn,
} from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("a person signs in through the provider's own form, and the API answers", async () => {
  const tab = await openApp(stage);
  await assertSignedOut(tab);

  const answer = await signIn(stage, tab, { returnTo: "/inbox" });

  assert.equal(answer.kind, "login");
  assert.equal(answer.user.sub, "u-1815");
  assert.equal(new URL(answer.returnTo, stage.world.app).href, `${stage.world.app}/inbox`);
  await assertSignedIn(tab);
  assert.equal(await askApi(tab), 200);
});

test("a wrong password signs nobody in, and the right one after it does", async () => {
  const tab = await openApp(stage);
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#password"));
  await tab.fill("#username", "ada");
  await tab.fill("#password", "byron");
  await tab.click("#sign-in");
  await until("the provider says no", () => tab.has("#error"));
  assert.equal(stage.world.requests.of("token").length, 0);

  await fillForm(stage, tab);

  assert.equal((await comeBack(stage, tab)).answer.kind, "login");
});

test("RESP-7 A20 the address holds nothing of the answer afterwards, and a reload does not answer again", async () => {
  const tab = await openSignedIn(stage);

  assert.equal(await tab.address(), `${stage.world.app}/e2e/callback.html`);

  await tab.reload();
  await until("the page is there again", () => tab.run(() => window.started));
  assert.deepEqual(await tab.run(() => [window.answer, window.failure]), [null, null]);
  assert.equal(stage.world.requests.of("token").length, 1);
});

test("AUTHZ-1 AUTHZ-2 AUTHZ-4 AUTHZ-5 AUTHZ-6 every sign-in asks for a code, with a state, a nonce and a challenge of its own", async () => {
  const tab = await openApp(stage);
  await signIn(stage, tab);
  await tab.visit(`${stage.world.app}/e2e/?x=1#y`);
  await until("the app has started", () => tab.run(() => window.started));
  await signIn(stage, tab);

  const asked = stage.world.requests.filter(({ endpoint, path }) => endpoint === "authorization" && path === "/auth").map(({ params }) => params);
  assert.equal(asked.length, 2);
  for (const params of asked) {
    assert.equal(params.response_type, "code");
    assert.equal(params.code_challenge_method, "S256");
    assert.equal(params.redirect_uri, `${stage.world.app}/e2e/callback.html`);
    assert.ok(params.scope.split(" ").includes("openid"));
  }
  for (const member of ["state", "nonce", "code_challenge"]) {
    const [one, other] = asked.map((params) => params[member]);
    assert.ok(one.length >= 22 && other.length >= 22, `${member} has 128 bits`);
    assert.notEqual(one, other, member);
  }
});

test("TOK-1 the code is exchanged by one plain form POST that proves the challenge and needs no preflight", async () => {
  const { world } = stage;
  await openSignedIn(stage);

  const [authorization] = world.requests.of("authorization");
  const exchange = world.requests.filter(({ endpoint }) => endpoint === "token");
  assert.equal(exchange.length, 1);
  const [{ method, params, authorization: header }] = exchange;
  assert.equal(method, "POST");
  assert.equal(header, false);
  assert.deepEqual(Object.keys(params).sort(), ["client_id", "code", "code_verifier", "grant_type", "redirect_uri"]);
  assert.equal(params.redirect_uri, authorization.params.redirect_uri);
  assert.match(params.code_verifier, /^[\w.~-]{43,128}$/);
  assert.equal(createHash("sha256").update(params.code_verifier).digest("base64url"), authorization.params.code_challenge);
});

test("the access token that is handed out is the one that the provider issued", async () => {
  const tab = await openSignedIn(stage);

  assert.equal(await accessToken(tab), lastIssued(stage).accessToken);
});

test("the snapshot is frozen, stays the same object until something changes, and says what is true", async () => {
  const tab = await openSignedIn(stage);

  const seen = await tab.run(() => {
    const one = window.auth.getSnapshot();
    return { ...one, same: one === window.auth.getSnapshot(), frozen: Object.isFrozen(one), user: one.user.name, now: Date.now() };
  });

  assert.equal(seen.same, true);
  assert.equal(seen.frozen, true);
  assert.equal(seen.status, "signed-in");
  assert.equal(seen.isAuthenticated, true);
  assert.equal(seen.user, "Ada Lovelace");
  assert.equal(seen.storage, "browser");
  assert.deepEqual(seen.scope.split(" ").sort(), ["email", "offline_access", "openid", "profile"]);
  assert.ok(seen.expiresAt > seen.now + 200_000 && seen.expiresAt <= seen.now + 300_000, `${seen.expiresAt - seen.now} ms left of 300 s`);
});

test("the app hears of a sign-in once, with the user and without a token", async () => {
  const tab = await openSignedIn(stage);

  const heard = await events(tab, "signedIn");

  assert.equal(heard.length, 1);
  assert.equal(heard[0].detail.user.sub, "u-1815");
  const { accessToken: secret, idToken } = lastIssued(stage);
  const text = JSON.stringify(await tab.run(() => [window.events, window.answer, window.said]));
  assert.equal([secret, idToken].some((token) => text.includes(token)), false);
});

test("AUTHZ-7 options of the call reach the provider, and cannot replace what the client sets itself", async () => {
  const tab = await openApp(stage);

  const error = await tab.run(() => window.auth.login({ extraParams: { state: "mine" } }).catch(({ code }) => code));
  assert.equal(error, "invalid_options");

  await leaveForProvider(tab, { prompt: "login", loginHint: "grace", maxAge: 0, acrValues: "urn:a urn:b", extraParams: { ui_locales: "de" } });
  const { params } = await requestTo(stage, "authorization");
  const { prompt, login_hint, max_age, acr_values, ui_locales } = params;
  assert.deepEqual(
    { prompt, login_hint, max_age, acr_values, ui_locales },
    { prompt: "login", login_hint: "grace", max_age: "0", acr_values: "urn:a urn:b", ui_locales: "de" },
  );
});

test("a user who turns back at the provider gets the provider's own word for it, and stays signed out", async () => {
  const tab = await openApp(stage);
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#cancel"));

  await tab.click("#cancel");

  const { failure } = await comeBack(stage, tab);
  assert.equal(failure.isAuthError, true);
  assert.equal(failure.code, "authorization_refused");
  assert.equal(failure.kind, "server");
  assert.equal(failure.error, "access_denied");
  assert.equal(await tab.address(), `${stage.world.app}/e2e/callback.html`);
  await assertSignedOut(tab);
  assert.equal(stage.world.requests.of("token").length, 0);
});

test("another user who signs in takes the place of the first in every tab", async () => {
  const first = await openSignedIn(stage);
  const second = await openApp(stage);
  await assertSignedIn(second);

  await signIn(stage, second, { account: "grace", prompt: "login" });

  assert.equal(await second.run(() => window.auth.getUser().sub), "u-1906");
  await until("the first tab follows", async () => (await first.run(() => window.auth.getUser()?.sub)) === "u-1906");
  assert.equal(await accessToken(first), lastIssued(stage).accessToken);
});
