import assert from "node:assert/strict";
import { test } from "node:test";

import { asksForPassword, assertSignedOut, failure, leaveForProvider, openApp, signIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("RESP-13 A6 a target outside the app is refused before anybody leaves the page", async () => {
  const { world } = stage;
  const { host } = new URL(world.app);
  const tab = await openApp(stage);

  for (const returnTo of [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "\t//evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,hi",
    "blob:https://evil.example/1",
    `http://${host}@evil.example/`,
    `http://${host}.evil.example/`,
    `https://${host}/`,
    world.issuer,
  ]) {
    const { code, kind } = await failure(tab.run((returnTo) => window.auth.login({ returnTo }), returnTo));
    assert.deepEqual([returnTo, code, kind], [returnTo, "redirect_refused", "security"]);
    assert.equal(await tab.address(), `${world.app}/e2e/`);
  }

  assert.deepEqual(world.requests.of("authorization"), []);
  assert.deepEqual(await tab.run(() => ({ ...sessionStorage })), {});
  await assertSignedOut(tab);
});

test("RESP-13 a backslash that is written as %5c is refused like any other: somebody will decode it", async () => {
  const tab = await openApp(stage);

  await leaveForProvider(tab, { returnTo: "/%5cevil.example/" });

  const sentAway = () => stage.world.requests.of("authorization").length > 0 && { code: "sent away" };
  const { code } = await until("the call is refused, or not", async () => sentAway() || tab.run(() => window.failure));
  assert.equal(code, "redirect_refused");
});

test("RESP-13 a target inside the app is kept", async () => {
  const { world } = stage;
  const tab = await openApp(stage);

  for (const returnTo of ["/inbox?folder=1#top", "/", `${world.app}/e2e/?page=2`, "/a/https://b"]) {
    const answer = await signIn(stage, tab, { returnTo });
    assert.equal(new URL(answer.returnTo, world.app).href, new URL(returnTo, world.app).href);
    await tab.visit(`${world.app}/e2e/`);
    await started(tab);
  }
});

test("without a target the user comes back to where they were", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  await tab.visit(`${world.app}/e2e/?folder=2#mail`);
  await started(tab);

  const answer = await signIn(stage, tab);

  assert.equal(new URL(answer.returnTo, world.app).href, `${world.app}/e2e/?folder=2#mail`);
});

test("RESP-13 A6 A10 a target that somebody puts into the storage of a sign-in under way is not followed", async () => {
  const tab = await openApp(stage);
  await leaveForProvider(tab, { returnTo: "/inbox" });
  await until("the provider asks", () => asksForPassword(tab));
  await tab.visit(`${stage.world.app}/e2e/`);
  await started(tab);
  const spoilt = await tab.run(() => {
    for (const [key, value] of Object.entries({ ...sessionStorage })) sessionStorage.setItem(key, value.replaceAll("/inbox", "//evil.example/"));
    return JSON.stringify({ ...sessionStorage });
  });
  assert.ok(spoilt.includes("//evil.example/"), spoilt);
  const { state } = stage.world.requests.of("authorization")[0].params;

  await tab.visit(`${stage.world.app}/e2e/callback.html?${new URLSearchParams({ error: "access_denied", state, iss: stage.world.issuer })}`);
  await until("the answer is handled", () => tab.run(() => window.started));

  const { answer, failure } = await tab.run(() => ({ answer: window.answer, failure: window.failure }));
  assert.equal(answer, null);
  assert.ok(["state_mismatch", "authorization_refused"].includes(failure.code), failure.code);
  assert.equal(JSON.stringify(failure).includes("evil"), false);
});
