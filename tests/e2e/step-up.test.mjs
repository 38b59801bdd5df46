import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { askApi, asksForPassword, assertSignedIn, comeBack, events, fillForm, leaveForProvider, logout, openSignedIn, requestTo, signIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

/** An API that answers so. */
function challenges(challenge, { status = 401, expose = true, body = { words: "untouched" } } = {}) {
  stage.world.faults.set("api", (req, res) => json(req, res, status, body, { "WWW-Authenticate": challenge, ...(expose && { "Access-Control-Expose-Headers": "WWW-Authenticate" }) }));
}

// (The driver makes null of what is missing.)
const asked = async (tab) => (await events(tab, "stepUpRequired")).map(({ detail }) => Object.fromEntries(Object.entries(detail).filter(([, value]) => value !== null)));

test("RS-4 RS-5 a challenge for another sign-in becomes an event, the answer is given back as it came, and nothing is refreshed", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const user = 'error="insufficient_user_authentication"';
  const told = [];
  for (const [challenge, detail, status = 401] of [
    [`Bearer ${user}, error_description="A different authentication level is required", acr_values="myACR"`, { acrValues: "myACR" }],
    [`Bearer ${user}, max_age="5"`, { maxAge: 5 }],
    [`bEARER realm="a", ${user.toUpperCase().replace(/"INS.*/, user.slice(6))}, ACR_VALUES = "a b" ,MAX_AGE=0`, { acrValues: "a b", maxAge: 0 }],
    ['Bearer error="insufficient_scope", scope="books:read books:write"', { scope: "books:read books:write" }, 403],
    ["Bearer error=insufficient_scope", {}, 401],
    // (Firefox shows a page none of several lines.)
    [['Basic realm="x, Bearer", charset="UTF-8"', "Negotiate YmVhcmVy==", `Bearer ${user}, max_age="60"`, 'DPoP algs="ES256"'].join(", "), { maxAge: 60 }],
    [`DPoP error="invalid_token", acr_values="not this", Bearer error="invalid_token", Bearer ${user}, acr_values="this"`, { acrValues: "this" }],
    [`Bearer ${user}, acr_values="say \\"a\\\\b\\", c", acr_values="twice"`, { acrValues: 'say "a\\b", c' }],
    ...["-1", "1.5", "5s", "0x10", "1e3", "", "99999999999999999999"].map((age) => [`Bearer ${user}, max_age="${age}"`, {}]),
    [`,,  , Bearer ,${user} ,, , max_age= 5, __proto__="a", constructor=b`, { maxAge: 5 }],
    [`Bearer ${user}, acr_values="open`, {}],
  ]) {
    challenges(challenge, { status });
    world.requests.clear();
    told.push(detail);

    const answer = await tab.run(async () => {
      const answer = await window.auth.fetch(`${window.api}/me`);
      return { status: answer.status, body: await answer.json() };
    });

    assert.deepEqual(answer, { status, body: { words: "untouched" } });
    assert.deepEqual(await asked(tab), told, String(challenge));
    assert.equal(world.requests.of("api").length, 1);
    assert.equal(world.requests.of("token").length, 0);
  }
  await assertSignedIn(tab);
});

test("RS-4 what is no challenge for another sign-in is no event: another scheme's, another error, words in a quoted string, one that is not exposed", async () => {
  const tab = await openSignedIn(stage);
  for (const [challenge, options] of [
    ['Bearer error="insufficient_scope", scope="a"', { status: 403, expose: false }],
    ['DPoP error="insufficient_scope"', { status: 403 }],
    ['Bearer error="invalid_request"', { status: 403 }],
    ['Bearer realm="error=\\"insufficient_scope\\""', { status: 403 }],
    ['Bearer, Basic error="insufficient_scope"', { status: 403 }],
    ['Bearer error="insufficient_scope', { status: 403 }],
    ["\"'=,;==\"\"\\,Bearer=\"", { status: 403 }],
  ]) {
    challenges(challenge, options);
    assert.equal(await askApi(tab), 403, challenge);
    assert.deepEqual(await asked(tab), [], challenge);
  }
  assert.equal(stage.world.requests.of("token").length, 1, "the sign-in's own");
});

test("RS-3 RS-5 a second try that is challenged is an event too", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  const answers = ['Bearer error="invalid_token"', 'Bearer error="insufficient_user_authentication", acr_values="a"'];
  world.faults.set("api", (req, res) => json(req, res, 401, {}, { "WWW-Authenticate": answers.shift(), "Access-Control-Expose-Headers": "WWW-Authenticate" }));

  assert.equal(await askApi(tab), 401);

  assert.deepEqual(await asked(tab), [{ acrValues: "a" }]);
  assert.equal(world.requests.of("api").length, 2);
  assert.equal(world.requests.of("token").length, 1);
});

test("RS-5 what the event carries is what `login` takes", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  challenges('Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="7", scope="books:read openid"');
  await askApi(tab);
  world.requests.clear();

  await leaveForProvider(tab, (await asked(tab))[0]);

  const { params } = await requestTo(stage, "authorization");
  assert.equal(params.acr_values, "gold silver");
  assert.equal(params.max_age, "7");
  assert.equal(params.scope, "openid profile email offline_access books:read");
});

test("RS-5 by `nightlatch/step-up` a sign-in begins by itself, carries the challenge, and does not go in circles", async () => {
  const { world } = stage;
  world.config.e2e = { stepUp: { loginHint: "ada" } };
  const tab = await openSignedIn(stage);
  const challenge = 'Bearer error="insufficient_user_authentication", max_age="0"';

  for (const round of ["first session", "second session"]) {
    challenges(challenge);
    world.requests.clear();
    // Calls that fail together begin one sign-in.
    await tab.run(() => void Promise.all([1, 2, 3].map((at) => window.auth.fetch(`${window.api}/me?${at}`))));
    const { params } = await requestTo(stage, "authorization");
    assert.deepEqual([params.max_age, params.login_hint], ["0", "ada"], round);
    await until("the provider asks for the password, although it knows the user", () => asksForPassword(tab));
    await fillForm(stage, tab);
    const { answer, failure } = await comeBack(stage, tab);
    assert.equal(failure, null);
    assert.equal(new URL(answer.returnTo, world.app).pathname, "/e2e/callback.html");

    world.requests.clear();
    assert.equal(await askApi(tab), 401);
    assert.deepEqual(await asked(tab), [{ maxAge: 0 }]);
    await assertSignedIn(tab);
    assert.equal(world.requests.of("authorization").length, 0, "the API is not satisfied: that is for the app to say");

    world.faults.clear();
    await logout(tab);
    assert.equal(await tab.run(() => sessionStorage.length), 0);
    await signIn(stage, tab);
  }
});

test("RS-5 an API whose challenges are never the same is not followed for ever", async () => {
  const { world } = stage;
  world.config.e2e = { stepUp: {} };
  const tab = await openSignedIn(stage);
  let number = 0;
  world.faults.set("api", (req, res) =>
    json(req, res, 401, {}, { "WWW-Authenticate": `Bearer error="insufficient_user_authentication", scope="s${(number += 1)}"`, "Access-Control-Expose-Headers": "WWW-Authenticate" }),
  );
  const begun = () => world.requests.of("authorization").filter(({ params }) => /s\d+$/.test(params.scope ?? "")).length;

  for (let round = 1; round <= 5; round += 1) {
    await tab.run(() => {
      window.answer = null;
      void window.auth.fetch(`${window.api}/me`).catch(() => {});
    });
    await until(`sign-in ${round} has begun`, () => begun() === round);
    await comeBack(stage, tab);
  }
  assert.equal(await askApi(tab), 401);
  await assertSignedIn(tab);
  assert.equal(begun(), 5);
});
