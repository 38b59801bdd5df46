import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessToken, askApi, assertSignedIn, assertSignedOut, comeBack, failure, fillForm, lastIssued,
  leaveForProvider, openApp, openSignedIn, requestTo, started,
} from "./harness/app.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const documents = [
  ["with a slash too many", (issuer) => ({ issuer: `${issuer}/` }), "issuer_mismatch", "security"],
  ["of another tenant", (issuer) => ({ issuer: `${issuer}/tenant` }), "issuer_mismatch", "security"],
  ["of another host", () => ({ issuer: "https://id.example.com" }), "issuer_mismatch", "security"],
  ["that names no issuer", () => ({ issuer: undefined }), "issuer_mismatch", "security"],
  ["whose issuer is a list", (issuer) => ({ issuer: [issuer] }), "issuer_mismatch", "security"],
  ["whose token endpoint is a script", () => ({ token_endpoint: "javascript:alert(1)" }), "insecure_endpoint", "security"],
  ["whose authorization endpoint is on plain http", () => ({ authorization_endpoint: "http://id.example.com/" }), "insecure_endpoint", "security"],
  ["whose revocation endpoint has no scheme", () => ({ revocation_endpoint: "//evil.example/revoke" }), "insecure_endpoint", "security"],
  ["that knows no S256", () => ({ code_challenge_methods_supported: ["plain"] }), "pkce_unsupported", "security"],
  ["without a token endpoint", () => ({ token_endpoint: undefined }), "invalid_response", "server"],
];

test("DISC-2 DISC-4 DISC-6 DISC-8 A5 A30 a metadata document that cannot be right is refused, and nobody is sent anywhere", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  for (const [name, change, code, kind] of documents) {
    world.faults.set("discovery", change(world.issuer));
    await assertRefused(tab, name, code, kind);
  }
});

test("DISC-5 DISC-6 a metadata endpoint that gives no document is refused, and nobody is sent anywhere", async () => {
  stage.world.config.e2e = { options: { requestTimeout: 1 } };
  const tab = await openApp(stage);
  for (const [fault, code, kind] of [
    ["malformed", "invalid_response", "server"],
    ["503", "discovery_refused", "server"],
    ["missing", "discovery_refused", "server"],
    ["drop", "network_error", "transport"],
    ["no-cors", "network_error", "transport"],
    ["hang", "timeout", "transport"],
  ]) {
    stage.world.faults.set("discovery", fault);
    await assertRefused(tab, fault, code, kind);
  }
});

async function assertRefused(tab, name, code, kind) {
  const { world } = stage;
  const error = await failure(tab.run(() => window.auth.login()));
  assert.deepEqual([name, error.code, error.kind], [name, code, kind]);
  assert.equal(await tab.address(), `${world.app}/e2e/`);
  assert.deepEqual(world.requests.filter(({ target, endpoint }) => target === "idp" && endpoint !== "discovery"), []);
  assert.deepEqual(await tab.run(() => ({ ...sessionStorage })), {});
  await assertSignedOut(tab);
}

const foreign = [
  ["with a state that nobody sent", (issuer) => `?code=stolen&state=foreign&iss=${encodeURIComponent(issuer)}`, "state_mismatch"],
  ["that is an error with a state that nobody sent", (issuer) => `?error=access_denied&state=foreign&iss=${encodeURIComponent(issuer)}`, "state_mismatch"],
  ["without a state", () => "?code=stolen", null],
  ["with tokens in the fragment", () => "#access_token=evil&id_token=evil&token_type=Bearer&state=foreign", null],
  ["with a code in the fragment", () => "#code=stolen&state=foreign", null],
];

test("RESP-1 RESP-10 RESP-11 A1 an answer that belongs to no sign-in of this tab is not taken, and leaves the session alone", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const before = lastIssued(stage);
  world.requests.clear();

  for (const [name, answer, code] of foreign) {
    await tab.visit("about:blank");
    await tab.visit(`${world.app}/e2e/callback.html${answer(world.issuer)}`);
    await started(tab);

    const seen = await tab.run(() => [window.answer, window.failure?.code ?? null, window.failure?.isAuthError ?? null]);
    assert.deepEqual([name, ...seen], [name, null, code, code && true]);
    assert.deepEqual(world.requests.filter(({ target }) => target === "idp"), []);
    await assertSignedIn(tab);
    assert.equal(await accessToken(tab), before.accessToken);
  }
});

const foreignIssuers = [
  ["RESP-3 of another provider", ({ issuer, state }) => ({ code: "stolen", state, iss: `${issuer}.evil.example` }), "response_issuer_mismatch"],
  ["RESP-3 that differs by a slash", ({ issuer, state }) => ({ code: "stolen", state, iss: `${issuer}/` }), "response_issuer_mismatch"],
  ["RESP-3 of another provider that is an error", ({ state }) => ({ error: "access_denied", state, iss: "https://evil.example" }), "response_issuer_mismatch"],
  ["RESP-4 that does not say whose it is", ({ state }) => ({ code: "stolen", state }), "response_issuer_mismatch"],
];

for (const [name, answer, code] of foreignIssuers) {
  test(`an answer ${name} is refused, and its code is sent to nobody`, async () => {
    const { world } = stage;
    const tab = await openApp(stage);
    await leaveForProvider(tab);
    const { params } = await requestTo(stage, "authorization");
    await until("the provider asks", () => tab.has("#password"));

    const address = new URL(`${world.app}/e2e/callback.html`);
    address.search = new URLSearchParams(answer({ issuer: world.issuer, state: params.state }));
    await tab.visit(address.href);
    const { failure } = await comeBack(stage, tab);

    assert.equal(failure.code, code);
    assert.equal(failure.kind, "security");
    assert.equal(failure.isAuthError, true);
    assert.equal(world.requests.of("token").length, 0);
    await assertSignedOut(tab);
  });
}

test("RESP-2 an answer that says a thing twice is refused", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  await leaveForProvider(tab);
  const { params } = await requestTo(stage, "authorization");
  await until("the provider asks", () => tab.has("#password"));

  await tab.visit(`${world.app}/e2e/callback.html?code=a&code=b&state=${params.state}&iss=${encodeURIComponent(world.issuer)}`);
  const { failure } = await comeBack(stage, tab);

  assert.equal(failure.isAuthError, true);
  assert.equal(failure.code, "invalid_response");
  assert.equal(world.requests.of("token").length, 0);
});

const forgeries = [
  ["IDT-4 for another audience", (claims) => ({ ...claims, aud: "another-client" })],
  ["IDT-5 for us and one we do not know", (claims) => ({ ...claims, aud: [claims.aud, "another-client"] })],
  ["IDT-4 of another issuer", (claims) => ({ ...claims, iss: `${claims.iss}/` })],
  ["IDT-4 about nobody", ({ sub, ...claims }) => claims],
  ["IDT-6 that has ended", (claims) => ({ ...claims, exp: claims.iat - 600 })],
  ["IDT-7 for another sign-in", (claims) => ({ ...claims, nonce: "foreign" })],
  ["IDT-7 without a nonce", ({ nonce, ...claims }) => claims],
];

for (const [name, forge] of forgeries) {
  test(`an ID token ${name} signs nobody in, and the tokens that came with it do not live on`, async () => {
    const { world } = stage;
    const tab = await openApp(stage);
    changeTokenAnswer(world, (answer) => ({ ...answer, id_token: world.sign(forge(opened(answer.id_token).claims)) }));
    await leaveForProvider(tab);
    await until("the provider asks", () => tab.has("#password"));
    await fillForm(stage, tab);

    const { failure } = await comeBack(stage, tab);

    assert.equal(failure.code, "id_token_invalid");
    assert.equal(failure.kind, "security");
    assert.equal(failure.isAuthError, true);
    await assertSignedOut(tab);
    assert.equal(world.requests.of("api").length, 0);
    await requestTo(stage, "revocation", ({ params }) => params.token === lastIssued(stage).refreshToken);
  });
}

test("IDT-2 an ID token that nobody signed is refused", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  changeTokenAnswer(world, (answer) => {
    const { claims } = opened(answer.id_token);
    const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
    return { ...answer, id_token: `${encode({ alg: "none" })}.${encode(claims)}.` };
  });
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);

  assert.equal((await comeBack(stage, tab)).failure.code, "id_token_invalid");
  await assertSignedOut(tab);
});

const changed = (change) => (_faults, world) => changeTokenAnswer(world, change);

const exchanges = [
  ["TOK-3 with broken JSON", (faults) => faults.set("token", "malformed"), "invalid_response", "server"],
  ["TOK-3 with a refusal", (faults) => faults.set("token", "400"), "token_refused", "server"],
  ["TOK-9 with 503", (faults) => faults.set("token", "503"), "token_refused", "server"],
  ["TOK-10 that CORS forbids", (faults) => faults.set("token", "no-cors"), "network_error", "transport"],
  ["TOK-4 with a token of another kind", changed((answer) => ({ ...answer, token_type: "mac" })), "invalid_response", "server"],
  ["TOK-3 without an access token", changed(({ access_token, ...answer }) => answer), "invalid_response", "server"],
];

for (const [name, set, code, kind] of exchanges) {
  test(`an exchange that is answered ${name} signs nobody in`, async () => {
    const { world } = stage;
    const tab = await openApp(stage);
    set(world.faults, world);
    await leaveForProvider(tab);
    await until("the provider asks", () => tab.has("#password"));
    await fillForm(stage, tab);

    const { failure } = await comeBack(stage, tab);

    assert.deepEqual([failure.code, failure.kind, failure.isAuthError], [code, kind, true]);
    await assertSignedOut(tab);
    await tab.reload();
    await started(tab);
    await assertSignedOut(tab);
    assert.equal(world.requests.of("token").length, 1);
  });
}

test("DISC-2 an existing session outlives a provider that gives itself another name", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("discovery", { issuer: "https://id.example.com" });

  await tab.visit(`${stage.world.app}/e2e/`);
  await started(tab);

  await assertSignedIn(tab);
  assert.equal(await askApi(tab), 200);
});

test("IDT-10 A25 a refresh that brings somebody else's ID token ends the session and its tokens", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  changeTokenAnswer(world, (answer) => ({ ...answer, id_token: world.sign({ ...opened(answer.id_token).claims, sub: "u-1906" }) }));

  await failure(accessToken(tab, { forceRefresh: true }));

  await assertSignedOut(tab);
  await requestTo(stage, "revocation", ({ params }) => params.token === lastIssued(stage).refreshToken);
});

test("options that cannot be right are refused when the client is created", async () => {
  const tab = await openApp(stage);

  for (const options of [
    { issuer: "" },
    { issuer: "http://id.example.com" },
    { issuer: 7 },
    { clientId: "" },
    { redirectUri: "https://evil.example/callback" },
    { redirectUri: "/callback" },
    { storage: "cloud" },
    { requestTimeout: -1 },
    { allowedOrigins: "everywhere" },
  ]) {
    const error = await failure(tab.run((options) => window.nightlatch.createClient({ ...window.options, ...options }), options));
    assert.equal(error.kind === "usage" || error.kind === "security", true, `${JSON.stringify(options)}: ${error.code}`);
  }
});
