import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";

import { json } from "../../www/faults.mjs";
import { strictPolicy } from "../../www/static.mjs";
import { accessToken, askApi, askApiWith, assertSignedIn, assertSignedOut, comeBack, events, failure, fillForm, isActive, lastIssued, leaveForProvider, logout, openApp, openSignedIn, requestTo, signIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNoSecret, assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

beforeEach(() => {
  for (const name in stage.world.dpop) delete stage.world.dpop[name];
  stage.world.config.e2e = { dpop: true };
});

const claimsOf = ({ proof }) => JSON.parse(Buffer.from(proof.split(".")[1], "base64url"));
const headerOf = ({ proof }) => JSON.parse(Buffer.from(proof.split(".")[0], "base64url"));
const keyOf = (request) => headerOf(request).jwk.x;
const of = (endpoint) => stage.world.requests.of(endpoint);
const forceRefresh = (tab) => accessToken(tab, { forceRefresh: true });

async function keys(tab) {
  const { databases } = await atRest(tab);
  return databases["nightlatch-dpop"]?.entries.map(({ value }) => value) ?? [];
}

/** Deletes every key, as somebody who clears databases does. */
const loseKeys = (tab) =>
  tab.run(async () => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await done(indexedDB.open("nightlatch-dpop"));
    await done(database.transaction("entries", "readwrite").objectStore("entries").clear());
    database.close();
  });

test("DPOP-1 DPOP-3 DPOP-8 the tokens are bound to a key that cannot be exported, and the API takes them with a proof alone", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);

  const [{ params: asked }] = of("authorization");
  const [exchange] = of("token");
  const { cnf, token_type: kind } = await world.introspect(lastIssued(stage).accessToken);
  assert.equal(kind, "DPoP");
  assert.equal(asked.dpop_jkt, cnf.jkt);
  assert.equal(claimsOf(exchange).htu, `${world.issuer}/token`);
  assert.equal(claimsOf(exchange).htm, "POST");
  assert.equal(claimsOf(exchange).ath, undefined);

  assert.equal(await askApi(tab), 200);
  const [call] = of("api");
  assert.equal(keyOf(call), keyOf(exchange));
  assert.equal(call.authorization, true);
  assert.equal(await askApiWith(stage, lastIssued(stage).accessToken), 401, "whoever copies the token cannot use it");

  const kept = await keys(tab);
  assert.deepEqual(kept.map(({ key, jkt }) => [key, jkt]), [["key: private ECDSA sealed", cnf.jkt]]);
  const refused = await tab.run(async () => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await done(indexedDB.open("nightlatch-dpop"));
    const [{ key }] = await done(database.transaction("entries").objectStore("entries").getAll());
    database.close();
    const names = [];
    for (const format of ["jwk", "pkcs8"]) await crypto.subtle.exportKey(format, key).catch(({ name }) => names.push(name));
    return names;
  });
  assert.deepEqual(refused, ["InvalidAccessError", "InvalidAccessError"]);
  assertNoSecret(stage, await atRest(tab));
});

test("DPOP-1 DPOP-4 the key survives a reload and is every tab's: a refresh has a proof with the key that the token is bound to", async () => {
  const tab = await openSignedIn(stage);
  const [exchange] = of("token");
  await tab.reload();
  await started(tab);
  await forceRefresh(tab);
  const other = await openApp(stage);
  await assertSignedIn(other);
  await forceRefresh(other);
  assert.equal(await askApi(other), 200);
  assert.equal(await askApi(tab), 200);

  const sent = [...of("token"), ...of("api")];
  assert.equal(sent.length, 5);
  assert.deepEqual([...new Set(sent.map(keyOf))], [keyOf(exchange)]);
  assert.equal(new Set(sent.map((request) => claimsOf(request).jti)).size, 5);
  assert.equal((await keys(tab)).length, 1);
});

test("DPOP-2 a call has a proof of its own method and address, and a body passes through", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const echoed = await tab.run(async () => {
    const answer = await window.auth.fetch(`${window.api}/echo?a=b#c`, { method: "post", body: "words" });
    return { status: answer.status, body: (await answer.json()).body };
  });
  assert.deepEqual(echoed, { status: 200, body: "words" });
  const { htm, htu } = claimsOf(of("api")[0]);
  assert.deepEqual([htm, htu], ["POST", `${world.api}/echo`]);
});

test("RS-2 DPOP-3 an address that is not allowed gets neither token nor proof", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  await tab.run((issuer) => window.auth.fetch(`${issuer}/jwks`).then((answer) => answer.text()), world.issuer);
  const [{ authorization, proof }] = of("jwks").slice(-1);
  assert.deepEqual([authorization, proof], [false, undefined]);
});

test("DPOP-5 provider and API each have their own nonce, a request that lacks it is sent once more, and each proof is new", async () => {
  const { world } = stage;
  Object.assign(world.dpop, { nonceAtProvider: true, nonceAtApi: "api-1" });
  const tab = await openSignedIn(stage);
  assert.deepEqual(of("token").map(({ status }) => status), [400, 200]);
  assert.equal(await askApi(tab), 200);
  assert.deepEqual(of("api").map(({ status }) => status), [401, 200]);
  await forceRefresh(tab);
  assert.equal(of("token").length, 3, "the nonce is known by now");

  world.dpop.nonceAtApi = "api-2";
  const body = await tab.run(async () => (await (await window.auth.fetch(`${window.api}/echo`, { method: "POST", body: "twice" })).json()).body);
  assert.equal(body, "twice", "the body too is sent once more");
  // An answer that is fine may bring the next one.
  world.faults.set("api", (req, res, next) => (res.once("finish", () => (world.dpop.nonceAtApi = undefined)), next()));
  assert.equal(await askApi(tab), 200);
  assert.deepEqual(of("api").map((request) => claimsOf(request).nonce ?? null), [null, "api-1", "api-1", "api-2", "api-2"]);
  const atProvider = of("token").map((request) => claimsOf(request).nonce);
  assert.equal(atProvider[0], undefined);
  assert.ok(atProvider.slice(1).every((nonce) => nonce && !nonce.startsWith("api-")));
  const sent = [...of("token"), ...of("api")].map((request) => claimsOf(request).jti);
  assert.equal(new Set(sent).size, sent.length);
  assert.equal(of("token").filter(({ params }) => params.grant_type === "authorization_code").every(({ params }, _at, [first]) => params.code === first.params.code), true);
});

test("DPOP-5 a server that always asks for another nonce is asked twice, and no more", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  let number = 0;
  const headers = () => ({ "DPoP-Nonce": `n-${(number += 1)}`, "Access-Control-Expose-Headers": "DPoP-Nonce, WWW-Authenticate" });
  world.faults.set("api", (req, res) => json(req, res, 401, {}, { ...headers(), "WWW-Authenticate": 'DPoP error="use_dpop_nonce"' }));
  assert.equal(await askApi(tab), 401);
  assert.equal(of("api").length, 2);
  assert.equal(of("token").length, 0, "a nonce is not what a refresh brings");

  world.faults.set("token", (req, res) => json(req, res, 400, { error: "use_dpop_nonce" }, headers()));
  const error = await failure(forceRefresh(tab));
  assert.deepEqual([error.code, error.error], ["token_refused", "use_dpop_nonce"]);
  assert.equal(of("token").length, 2);
  world.faults.clear();
  await assertSignedIn(tab);
});

test("DPOP-5 RS-3 an API that asks for a nonce and then refuses the token gets another token", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.dpop.nonceAtApi = "api-1";
  const refused = `DPoP ${lastIssued(stage).accessToken}`;
  const headers = { "WWW-Authenticate": 'DPoP error="invalid_token"', "Access-Control-Expose-Headers": "WWW-Authenticate" };
  world.faults.set("api", (req, res, next) =>
    req.headers.authorization === refused && claimsOf({ proof: req.headers.dpop }).nonce ? json(req, res, 401, {}, headers) : next(),
  );
  assert.equal(await askApi(tab), 200);
  assert.deepEqual(of("api").map(({ status }) => status), [401, 401, 200]);
});

test("DPOP-6 a nonce that cannot be read is said to be so, and nothing is sent again", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("token", (req, res) => json(req, res, 400, { error: "use_dpop_nonce" }, { "DPoP-Nonce": "n" }));
  const error = await failure(forceRefresh(tab));
  assert.deepEqual([error.code, error.error], ["token_refused", "use_dpop_nonce"]);
  assert.match(error.errorDescription, /DPoP-Nonce cannot be read.*Access-Control-Expose-Headers/);
  assert.equal(of("token").length, 1);

  Object.assign(world.dpop, { nonceAtApi: "api-1", hidden: true });
  // What the page says is no problem of this page.
  const said = await tab.run(async () => {
    const words = [];
    console.warn = (word) => words.push(word);
    return [(await window.auth.fetch(`${window.api}/me`)).status, ...words];
  });
  assert.equal(said[0], 401);
  assert.match(said[1], /DPoP-Nonce cannot be read.*Access-Control-Expose-Headers/);
  assert.equal(of("api").length, 1);
});

test("DPOP-7 with a clock that is an hour ahead a provider that gives nonces lets one in, and one that refuses is not asked for ever", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  await tab.run(() => {
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
  });
  world.requests.clear();
  await forceRefresh(tab);
  // The provider goes by its nonce, which the sign-in has brought.
  assert.deepEqual(of("token").map((request) => [request.status, typeof claimsOf(request).nonce]), [[200, "string"]]);

  world.requests.clear();
  world.faults.set("token", (req, res) => json(req, res, 400, { error: "invalid_dpop_proof" }));
  const error = await failure(forceRefresh(tab));
  assert.deepEqual([error.code, error.error], ["token_refused", "invalid_dpop_proof"]);
  assert.equal(of("token").length, 1);
});

/** The provider's answer, changed. */
function answersWith(change) {
  stage.world.faults.set("token", (_req, res, next) => {
    const end = res.end.bind(res);
    res.end = (body) => {
      const text = JSON.stringify(change(JSON.parse(body)));
      res.setHeader("Content-Length", Buffer.byteLength(text));
      return end(text);
    };
    next();
  });
}

test("DPOP-3 A27 a bearer token where a bound one was asked for is refused, and revoked", async () => {
  const { world } = stage;
  const tab = await openApp(stage);
  answersWith((body) => ({ ...body, token_type: "Bearer" }));
  await leaveForProvider(tab);
  await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, tab);
  const { failure: error } = await comeBack(stage, tab);
  assert.equal(error.code, "invalid_response");
  await assertSignedOut(tab);
  const { accessToken: access, refreshToken } = lastIssued(stage);
  await until("both are revoked", async () => !(await isActive(stage, access)) && !(await isActive(stage, refreshToken)));
  await until("its key is gone", async () => (await keys(tab)).length === 0);
  assert.equal(of("token").length, 1);
  world.faults.clear();
});

test("DPOP-4 without its key a session ends cleanly: at the next refresh, or at the next call of an API", async () => {
  for (const use of [(tab) => failure(forceRefresh(tab)), (tab) => failure(tab.run(() => window.auth.fetch(`${window.api}/me`)))]) {
    const tab = await openSignedIn(stage);
    await loseKeys(tab);
    stage.world.requests.clear();
    const { code } = await use(tab);
    assert.equal(code, "login_required");
    await assertSignedOut(tab);
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail.reason), ["revoked"]);
    assert.equal(of("token").length, 0);
    assert.equal(of("api").length, 0);
    await until("what cannot be used is revoked", async () => !(await isActive(stage, lastIssued(stage).refreshToken)));
    await signIn(stage, tab);
    assert.equal(await askApi(tab), 200);
  }
});

test("DPOP-9 DPOP-10 a sign-out destroys the key when its revocations, which have no proof, are answered; the next sign-in has another", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  assert.equal(await askApi(other), 200);
  const first = keyOf(of("token")[0]);
  const held = [];
  world.faults.set("revocation", (_req, _res, next) => held.push(next));

  await tab.run(() => void (window.report = window.auth.logout()));
  await until("both revocations are there", () => held.length === 2);
  assert.equal((await keys(other)).length, 1, "until they are answered");
  for (const answer of held) answer();
  const report = await tab.run(() => window.report);

  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  assert.deepEqual(of("revocation").map(({ proof }) => proof), [undefined, undefined]);
  assert.deepEqual(stage.world.requests.filter(({ endpoint, method }) => endpoint === "revocation" && method === "OPTIONS"), []);
  assert.deepEqual(await keys(tab), []);
  assertNothingLeft(stage, await atRest(tab));
  await assertSignedOut(other);

  world.faults.clear();
  world.requests.clear();
  await signIn(stage, tab);
  assert.notEqual(keyOf(of("token")[0]), first);
  assert.equal((await keys(tab)).length, 1);
});

test("DPOP-9 a sign-out that revokes nothing destroys the keys of all that it ends", async () => {
  const { world } = stage;
  for (const [options, asked] of [[{}, { revoke: false }], [{ storage: "tab" }, {}], [{ storage: "memory" }, {}]]) {
    world.config.e2e = { dpop: true, options };
    const tab = await openSignedIn(stage);
    assert.equal(await askApi(tab), 200);
    await logout(tab, asked);
    await until("no key is left", async () => (await keys(tab)).length === 0);
  }
});

test("DPOP-9 a session that another sign-in replaces takes its key with it, and leaves the new one's", async () => {
  const tab = await openSignedIn(stage);
  const [before] = await keys(tab);
  await signIn(stage, tab);
  await until("the old key is gone", async () => !(await keys(tab)).some(({ jkt }) => jkt === before.jkt));
  assert.equal((await keys(tab)).length, 1);
  assert.equal(await askApi(tab), 200);
  await forceRefresh(tab);
});

test("DPOP-8 TAB-2 two tabs that sign in at once have a key each, and the session that stays has the right one", async () => {
  const [one, two] = [await openApp(stage), await openApp(stage)];
  await leaveForProvider(one);
  await leaveForProvider(two);
  for (const tab of [one, two]) await until("the provider asks", () => tab.has("#password"));
  await fillForm(stage, one);
  await comeBack(stage, one);
  await fillForm(stage, two);
  await comeBack(stage, two);
  const asked = of("authorization").filter(({ params }) => params.dpop_jkt).map(({ params }) => params.dpop_jkt);
  assert.equal(new Set(asked).size, 2);
  for (const tab of [one, two]) {
    await assertSignedIn(tab);
    await forceRefresh(tab);
    assert.equal(await askApi(tab), 200);
  }
});

test("DPOP-8 where the browser refuses its database, a sign-in that leaves the page is bound to no key that would be lost with it", async () => {
  const tab = await openApp(stage, { without: "indexeddb" });
  await leaveForProvider(tab);
  const { params } = await requestTo(stage, "authorization");
  assert.equal(params.dpop_jkt, undefined);
});

describe("with the provider on the app's own site", () => {
  const csp = (config) => `${strictPolicy(config).replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self' ${config.issuer}`;
  const stage = setStage({ csp, sameSite: true });
  const of = (endpoint) => stage.world.requests.of(endpoint);
  const silently = (tab) =>
    tab.run(async () => {
      const { loginSilently } = await import("/nightlatch/silent.js");
      return (await loginSilently(window.auth))?.sub;
    });

  beforeEach(() => {
    stage.world.config.e2e = { dpop: true };
  });

  test("DPOP-8 a sign-in in a frame is bound too", async () => {
    const tab = await openSignedIn(stage);
    await logout(tab);
    stage.world.requests.clear();
    assert.equal(await silently(tab), "u-1815");
    const { cnf } = await stage.world.introspect(stage.world.issued.at(-1).accessToken);
    assert.equal(of("authorization").find(({ params }) => params.prompt === "none").params.dpop_jkt, cnf.jkt);
    assert.equal(await askApi(tab), 200);
  });

  test("DPOP-1 where the browser refuses its database the key lives as long as the page", async () => {
    await openSignedIn(stage);
    const tab = await openApp(stage, { without: "indexeddb" });
    assert.equal(await silently(tab), "u-1815");
    assert.equal(await tab.run(() => window.auth.getSnapshot().storage), "memory");
    assert.equal(await askApi(tab), 200);
    assert.ok(of("api").at(-1).proof);
    await logout(tab);
    await assertSignedOut(tab);
  });
});
