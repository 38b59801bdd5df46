import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { logout, lastIssued, openApp, openSignedIn, requestTo } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

test("RS-1 RS-2 the token goes to allowed addresses, in the header alone, and to no others", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const { accessToken } = lastIssued(stage);
  world.requests.clear();

  const answer = await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).json());
  assert.equal(answer.sub, "u-1815");
  await tab.run((issuer) => window.auth.fetch(`${issuer}/jwks`).then((answer) => answer.text()), world.issuer);

  assert.deepEqual(world.requests.of("api").map(({ authorization }) => authorization), [true]);
  assert.deepEqual(world.requests.of("jwks").map(({ authorization }) => authorization), [false]);
  const parameters = world.requests.filter(({ origin }) => origin === world.app).map(({ params }) => params);
  assert.equal(JSON.stringify(parameters).includes(accessToken), false);
});

test("RS-2 an allowed address with a path allows that path and what lies under it", async () => {
  const { world } = stage;
  world.config.e2e = { options: { allowedOrigins: [`${world.api}/me`] } };
  const tab = await openSignedIn(stage);
  world.requests.clear();

  const statuses = await tab.run(async () => {
    const statuses = [];
    for (const path of ["/me", "/me/again", "/men", "/echo", "/me/../echo", "/me/%2e%2e/echo"]) {
      statuses.push((await window.auth.fetch(`${window.api}${path}`)).status);
    }
    return statuses;
  });

  assert.deepEqual(statuses, [200, 404, 401, 401, 401, 401]);
  assert.deepEqual(world.requests.of("api").map(({ authorization }) => authorization), [true, true, false, false, false, false]);
});

test("RS-2 without a list the token goes to the page's own origin alone", async () => {
  const { world } = stage;
  world.config.e2e = { options: { allowedOrigins: null } };
  const tab = await openSignedIn(stage);

  const status = await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).status);

  assert.equal(status, 401);
  assert.equal(world.requests.of("api")[0].authorization, false);
});

test("RS-2 an address that an allowed one redirects to gets neither the token nor a request", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("api", (_req, res) => {
    res.writeHead(307, { "Access-Control-Allow-Origin": world.app, Location: `${world.issuer}/me` });
    res.end();
  });

  const refused = await tab.run(() => window.auth.fetch(`${window.api}/me`).then(() => false, () => true));

  assert.equal(refused, true);
  assert.equal(world.requests.of("userinfo").length, 0);
});

test("RS-3 a 401 is answered by one refresh and one more try, with the whole body again", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  let asked = 0;
  world.faults.set("api", (req, res, next) => ((asked += 1) === 1 ? json(req, res, 401, { error: "invalid_token" }) : next()));

  const answer = await tab.run(async () => {
    const answer = await window.auth.fetch(`${window.api}/echo`, { method: "POST", body: "the same words", headers: { "Content-Type": "text/plain" } });
    return answer.json();
  });

  assert.deepEqual(answer, { sub: "u-1815", type: "text/plain", body: "the same words" });
  assert.equal(world.requests.of("api").length, 2);
  assert.deepEqual(world.requests.of("token").map(({ params }) => params.grant_type), ["refresh_token"]);
});

test("RS-3 an API that always says 401 is asked twice and no more", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("api", (req, res) => json(req, res, 401, { error: "invalid_token" }));

  const status = await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).status);

  assert.equal(status, 401);
  assert.equal(world.requests.of("api").length, 2);
  assert.equal(world.requests.of("token").length, 1);
});

test("RS-6 a logout ends what is under way, and no call after it carries a token", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("api", "hang");
  await tab.run(() => {
    const ended = (call) => call.then(() => "answered", (error) => error.name);
    // Of one address, Chromium would hold back the second request for the answer to the first.
    window.calls = Promise.all(Array.from({ length: 3 }, (_, at) => ended(window.auth.fetch(`${window.api}/me?${at}`))));
  });
  await until("three calls have arrived", () => world.requests.of("api").length === 3);

  await logout(tab);

  for (const name of await tab.run(() => window.calls)) assert.ok(["AbortError", "AuthError"].includes(name), name);
  await until("the API has lost them", () => world.requests.of("api").every(({ aborted }) => aborted));
  world.faults.clear();
  const code = await tab.run(() => window.auth.fetch(`${window.api}/me`).then(({ status }) => String(status), (error) => error.code));
  assert.equal(code, "login_required");
  assert.equal(world.requests.of("api").length, 3);
});

test("RS-6 a logout in another tab ends what is under way here", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  world.faults.set("api", "hang");
  await tab.run(() => {
    window.call = window.auth.fetch(`${window.api}/me`).then(() => "answered", () => "ended");
  });
  await requestTo(stage, "api");

  await logout(other);

  assert.equal(await tab.run(() => window.call), "ended");
});

test("the app's own signal still ends a call", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("api", "hang");
  await tab.run(() => {
    window.controller = new AbortController();
    window.call = window.auth.fetch(`${window.api}/me`, { signal: window.controller.signal }).then(() => "answered", (error) => error.name);
  });
  await requestTo(stage, "api");

  const name = await tab.run(() => {
    window.controller.abort();
    return window.call;
  });

  assert.equal(name, "AbortError");
});
