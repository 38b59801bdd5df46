import assert from "node:assert/strict";
import { createSign, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";

import { accessToken, assertSignedIn, assertSignedOut, comeBack, fillForm, lastIssued, leaveForProvider, openApp, openSignedIn, requestTo, signIn, started } from "./harness/app.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const answer = async (tab) => {
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);
  return comeBack(stage, tab);
};

test("IDT-3 A24 an ID token that another key has signed signs nobody in, and the tokens that came with it do not live on", async () => {
  const { world } = stage;
  const evil = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const tab = await openApp(stage);
  changeTokenAnswer(world, (answer) => {
    const { header, claims } = opened(answer.id_token);
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
    const text = `${encode({ ...header, alg: "RS256", kid: "rs256", jwk: evil.publicKey.export({ format: "jwk" }) })}.${encode(claims)}`;
    return { ...answer, id_token: `${text}.${createSign("sha256").update(text).sign(evil.privateKey, "base64url")}` };
  });

  const { failure } = await answer(tab);

  assert.deepEqual([failure.code, failure.message], ["id_token_invalid", "the ID token's signature is wrong"]);
  await assertSignedOut(tab);
  await requestTo(stage, "revocation", ({ params }) => params.token === lastIssued(stage).refreshToken);
  // Once beside the tokens, and once more in case they had changed meanwhile.
  assert.equal(world.requests.of("jwks").length, 2);
});

test("IDT-8 an ID token of another access token signs nobody in", async () => {
  const tab = await openApp(stage);
  changeTokenAnswer(stage.world, (answer) => ({ ...answer, id_token: stage.world.sign({ ...opened(answer.id_token).claims, at_hash: "x".repeat(22) }) }));

  assert.equal((await answer(tab)).failure.message, "the ID token's `at_hash` is another");
  await assertSignedOut(tab);
});

test("IDT-3 where the provider's keys cannot be had nobody is signed in, unless the app does without; a session goes on", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  world.faults.set("jwks", "no-cors");

  const { failure } = await answer(tab);
  assert.deepEqual([failure.code, failure.message], ["id_token_invalid", "the provider's keys cannot be read"]);
  await assertSignedOut(tab);

  world.faults.clear("jwks");
  await signIn(stage, tab);
  world.faults.set("jwks", "503");
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  await assertSignedIn(tab);
  const before = lastIssued(stage).accessToken;
  assert.notEqual(await accessToken(tab, { forceRefresh: true }), before);
  await assertSignedIn(tab);
});

test("an app that does without signatures asks for no keys", async () => {
  stage.world.config.e2e = { options: { dangerouslySkipIdTokenSignature: true } };
  const tab = await openSignedIn(stage);
  await assertSignedIn(tab);
  assert.equal(stage.world.requests.of("jwks").length, 0);
});
