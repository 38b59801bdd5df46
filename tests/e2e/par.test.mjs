import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { json } from "../../www/faults.mjs";
import { askApi, assertSignedIn, assertSignedOut, comeBack, failure, fillForm, leaveForProvider, logout, openApp, openSignedIn, requestTo, signIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

beforeEach(() => {
  stage.world.config.e2e = { par: true };
});

const of = (endpoint) => stage.world.requests.of(endpoint);
const pushes = () => of("pushed_authorization_request");
const asked = () => of("authorization").filter(({ path }) => path === "/auth");
const login = (tab, options) => tab.run((options) => window.auth.login(options), options);

test("AUTHZ-14 a sign-in is pushed by POST, and the address has the client and the reference alone", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  const answer = await signIn(stage, tab, { returnTo: "/e2e/?a=b#c", maxAge: 600, extraParams: { ui_locales: "eo" } });
  assert.equal(answer.returnTo, "/e2e/?a=b#c");
  await assertSignedIn(tab);

  const [push] = pushes();
  assert.deepEqual([push.method, push.status, push.search], ["POST", 201, ""]);
  assert.deepEqual(Object.keys(push.params).sort(), [
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "max_age",
    "nonce",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "ui_locales",
  ]);
  const [{ params }] = asked();
  assert.deepEqual(Object.keys(params).sort(), ["client_id", "request_uri"]);
  assert.equal(params.client_id, world.clientId);
  assert.equal(await askApi(tab), 200);
  await logout(tab);
  await assertSignedOut(tab);
});

test("AUTHZ-14 whoever clicks twice pushes twice, and each reference is used once", async () => {
  const tab = await openApp(stage);
  await tab.run(() => {
    window.answer = window.failure = null;
    for (const _ of [1, 2]) window.auth.login().catch(() => {});
  });
  await until("the provider asks", () => tab.has("#password"));
  assert.equal(pushes().length, 2);
  assert.equal(new Set(pushes().map(({ params }) => params.state)).size, 2);
  const references = asked().map(({ params }) => params.request_uri);
  assert.equal(new Set(references).size, references.length);
  await fillForm(stage, tab);
  assert.equal((await comeBack(stage, tab)).failure, null);

  // Once it is used, it is nobody's any more: the provider's own rule, and what comes of an address from the history.
  const { status } = await fetch(`${stage.world.issuer}/auth?${new URLSearchParams({ client_id: stage.world.clientId, request_uri: references.at(-1) })}`, { redirect: "manual" });
  assert.equal(status, 400);
});

test("AUTHZ-14 what the provider does not take is an error, and the page stays", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  const taken = { request_uri: "urn:x", expires_in: 60 };
  for (const [status, body, expected] of [
    [400, { error: "invalid_request", error_description: 'no "such" thing\n' }, { code: "authorization_refused", status: 400, error: "invalid_request", errorDescription: "no ?such? thing?" }],
    [405, {}, { code: "authorization_refused", status: 405 }],
    [413, {}, { code: "authorization_refused", status: 413 }],
    [429, {}, { code: "authorization_refused", status: 429 }],
    [503, {}, { code: "authorization_refused", status: 503 }],
    [200, taken, { code: "invalid_response" }],
    [201, {}, { code: "invalid_response" }],
    [201, { ...taken, request_uri: 5 }, { code: "invalid_response" }],
    [201, { ...taken, expires_in: 0 }, { code: "invalid_response" }],
    [201, { request_uri: "urn:x" }, { code: "invalid_response" }],
    [201, [], { code: "invalid_response" }],
  ]) {
    world.faults.set("pushed_authorization_request", (req, res) => json(req, res, status, body));
    const error = await failure(login(tab));
    for (const name in expected) assert.equal(error[name], expected[name], `${status} ${JSON.stringify(body)}: ${name}`);
  }
  for (const [fault, code] of [["malformed", "invalid_response"], ["drop", "network_error"], ["no-cors", "network_error"]]) {
    world.faults.set("pushed_authorization_request", fault);
    assert.equal((await failure(login(tab))).code, code, fault);
  }
  assert.deepEqual(asked(), []);
  assert.equal(await tab.address(), `${world.app}/e2e/`);
  assert.deepEqual(await tab.run(() => ({ ...sessionStorage })), {}, "nothing waits for an answer");
  world.faults.clear();
  await signIn(stage, tab);
});

test("AUTHZ-14 metadata without the endpoint, of another issuer or with one that is not https is refused", async () => {
  const { world } = stage;
  for (const [metadata, code] of [
    [{ pushed_authorization_request_endpoint: undefined }, "invalid_response"],
    [{ pushed_authorization_request_endpoint: "http://id.example/par" }, "insecure_endpoint"],
    [{ issuer: "http://127.0.0.1:1" }, "issuer_mismatch"],
  ]) {
    world.faults.set("discovery", metadata);
    const tab = await openApp(stage);
    assert.equal((await failure(login(tab))).code, code);
  }
  assert.deepEqual(pushes(), []);
});

test("AUTHZ-14 DPOP-8 a provider that insists gets pushed requests and bound tokens; without them its refusal is told", async () => {
  const { world } = stage;
  world.config.e2e = { par: true, dpop: true, options: { clientId: world.strictClientId } };
  const tab = await openSignedIn(stage);
  assert.match(pushes()[0].params.dpop_jkt, /^[\w-]{43}$/);
  assert.deepEqual(Object.keys(asked()[0].params).sort(), ["client_id", "request_uri"]);
  assert.equal((await world.introspect(world.issued.at(-1).accessToken)).cnf.jkt, pushes()[0].params.dpop_jkt);
  assert.equal(await askApi(tab), 200);
  await logout(tab);

  world.config.e2e = { options: { clientId: world.strictClientId } };
  const other = await openApp(stage);
  await leaveForProvider(other);
  await requestTo(stage, "authorization", ({ params }) => params.code_challenge);
  const { failure: error } = await comeBack(stage, other);
  assert.deepEqual([error.code, error.error], ["authorization_refused", "invalid_request"]);
  assert.match(error.errorDescription, /Pushed Authorization Request/i);
});
