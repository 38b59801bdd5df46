import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { accessToken, assertSignedIn, assertSignedOut, events, failure, lastIssued, logout, openApp, openSignedIn, requestTo } from "./harness/app.mjs";
import { evilOrigin } from "./harness/evil.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();
const evil = evilOrigin();

const userInfo = (tab, options = {}) =>
  tab.run(async (options) => {
    const { userInfo } = await import("/nightlatch/userinfo.js");
    return userInfo(window.auth, options);
  }, options);

const asked = () => stage.world.requests.of("userinfo");

/** Answers in the provider's place. */
const answers = (body, { status = 200, type = "application/json", headers = {} } = {}) =>
  stage.world.faults.set("userinfo", (req, res) => {
    const cors = { "Access-Control-Allow-Origin": req.headers.origin, "Access-Control-Expose-Headers": "WWW-Authenticate" };
    res.writeHead(status, { "Content-Type": type, ...cors, ...headers }).end(typeof body === "string" ? body : JSON.stringify(body));
  });

/** Answers 401 to every token but those given out from now on. */
function refuseOld() {
  const { accessToken: old } = lastIssued(stage);
  stage.world.faults.set("userinfo", (req, res, next) =>
    req.headers.authorization === `Bearer ${old}` ? json(req, res, 401, { error: "invalid_token" }) : next(),
  );
}

test("IDT-13 the provider tells more of who is signed in, at the address of its metadata, for the token in the header", async () => {
  const tab = await openSignedIn(stage);
  const { sub, name } = await tab.run(() => window.auth.getUser());

  const told = await userInfo(tab);

  assert.deepEqual([told.sub, told.name, told.iss], [sub, name, undefined]);
  const [request] = asked();
  assert.deepEqual([request.method, request.search, request.authorization], ["GET", "", true]);
  // It is not the app's to allow: the address is the provider's own.
  assert.deepEqual(await tab.run(() => window.options.allowedOrigins), [stage.world.api]);
  await assertSignedIn(tab);

  stage.world.requests.clear();
  await tab.run(async () => {
    const { userInfo } = await import("/nightlatch/userinfo.js");
    for (const time of [1, 2]) await userInfo(window.auth, { timeout: time * 10 });
  });
  assert.ok(stage.world.requests.of("discovery").length < 2, "the metadata is asked for once");
  assert.equal(asked().length, 2, "the user each time");
});

test("IDT-13 A26 A11 an answer about somebody else, or that is none, is not used, and the session stays", async () => {
  const tab = await openSignedIn(stage);
  const { sub } = await tab.run(() => window.auth.getUser());
  const signed = stage.world.sign({ iss: stage.world.issuer, aud: stage.world.clientId, sub });
  const wrong = [
    [{ sub: "somebody-else", name: "Mallory" }],
    [{ name: "Mallory" }],
    [{ sub: [sub] }],
    [[{ sub }]],
    ["null"],
    ["<!doctype html><p>Sign in first</p>", { type: "text/html" }],
    [`{"sub":"${sub}"`],
    [signed, { type: "application/jwt" }],
    [{ sub, filler: "x".repeat(1 << 20) }],
  ];
  for (const [body, how] of wrong) {
    answers(body, how);
    const error = await failure(userInfo(tab));
    assert.deepEqual([error.code, error.kind], ["invalid_response", "server"], JSON.stringify(body).slice(0, 60));
    assert.equal(error.message.includes("Mallory"), false);
  }
  answers(`{"sub":"${sub}","__proto__":{"polluted":true},"address":{"__proto__":{"polluted":true},"locality":"London"}}`);
  const told = await tab.run(async () => {
    const { userInfo } = await import("/nightlatch/userinfo.js");
    const told = await userInfo(window.auth);
    return [told.polluted, {}.polluted, told.address.polluted, told.address.locality, Object.isFrozen(told), Object.isFrozen(told.address)];
  });
  assert.deepEqual(told, [null, null, null, "London", true, true]);
  await assertSignedIn(tab);
});

test("TOK-9 a token that is refused is renewed once, and a refusal says what the provider says", async () => {
  const tab = await openSignedIn(stage);
  refuseOld();
  assert.equal((await userInfo(tab)).sub, "u-1815");
  assert.equal(stage.world.requests.of("token").length, 2);

  const challenge = 'Bearer error="insufficient_scope", error_description="more \\"is\\" needed", scope="openid profile"';
  answers({}, { status: 403, headers: { "WWW-Authenticate": challenge } });
  const { code, kind, status, error } = await failure(userInfo(tab));
  assert.deepEqual([code, kind, status, error], ["userinfo_refused", "server", 403, "insufficient_scope"]);
  await until("the app is told what to ask for", async () => (await events(tab, "stepUpRequired")).length === 1);

  answers({}, { status: 503 });
  assert.deepEqual([(await failure(userInfo(tab))).status, stage.world.requests.of("token").length], [503, 2]);
  await assertSignedIn(tab);
});

test("RS-2 A18 where there is no answer the error says so, and a redirect takes the token nowhere", async () => {
  const tab = await openSignedIn(stage);
  const codes = {};
  for (const fault of ["drop", "no-cors", "hang"]) {
    stage.world.faults.set("userinfo", fault);
    codes[fault] = (await failure(userInfo(tab, { timeout: fault === "hang" ? 0.5 : 10 }))).code;
  }
  answers("", { status: 307, headers: { Location: `${evil.origin}/userinfo` } });
  codes.redirect = (await failure(userInfo(tab))).code;
  assert.deepEqual(codes, { drop: "network_error", "no-cors": "network_error", hang: "timeout", redirect: "network_error" });
  await assertSignedIn(tab);
});

test("RS-5 what is asked when somebody signs out is nobody's, and who is not signed in asks nothing", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("userinfo", "hang");
  await tab.run(async () => {
    const { userInfo } = await import("/nightlatch/userinfo.js");
    window.told = userInfo(window.auth).catch(({ code }) => code);
  });
  await requestTo(stage, "userinfo");
  await logout(tab);
  assert.equal(await tab.run(() => window.told), "login_required");

  stage.world.requests.clear();
  assert.equal((await failure(userInfo(tab))).code, "login_required");
  assert.deepEqual(asked(), []);
  await assertSignedOut(tab);
});

test("DISC-6 DISC-10 an address that is missing, another issuer's or not https is refused, and gets no token", async () => {
  const tab = await openSignedIn(stage);
  const cases = [
    [{ userinfo_endpoint: undefined }, "invalid_response"],
    [{ userinfo_endpoint: 7 }, "invalid_response"],
    [{ userinfo_endpoint: "http://id.example/me" }, "insecure_endpoint"],
    [{ issuer: "https://other.example" }, "issuer_mismatch"],
  ];
  for (const [metadata, code] of cases) {
    const page = await openApp(stage); // What a page has read, it does not read again.
    stage.world.faults.set("discovery", metadata);
    assert.equal((await failure(userInfo(page))).code, code, JSON.stringify(metadata));
  }
  stage.world.faults.set("discovery", "500");
  const { code, status } = await failure(userInfo(tab));
  assert.deepEqual([code, status], ["discovery_refused", 500]);
  assert.deepEqual(asked(), []);

  // An address that the app gives needs no metadata.
  assert.equal((await userInfo(tab, { url: `${stage.world.issuer}/me` })).sub, "u-1815");
  for (const [options, code] of [[{ url: "me" }, "invalid_options"], [{ url: "http://id.example/me" }, "insecure_endpoint"], [{ timeout: 0 }, "invalid_options"]]) {
    assert.equal((await failure(userInfo(tab, options))).code, code);
  }
});

test("DPOP-10 a bound token goes to the userinfo endpoint with its proof, and a look there does not end the session", async () => {
  stage.world.config.e2e = { dpop: true, check: { every: 0 } };
  const tab = await openSignedIn(stage);
  const headers = [];
  stage.world.faults.set("userinfo", (req, _res, next) => {
    if (req.method === "GET") headers.push([req.headers.authorization.split(" ")[0], typeof req.headers.dpop]);
    next();
  });

  assert.equal((await userInfo(tab)).sub, "u-1815");
  await tab.run(() => void document.dispatchEvent(new Event("visibilitychange")));
  await until("the look has been answered", () => headers.length === 2);

  assert.deepEqual(headers, [["DPoP", "string"], ["DPoP", "string"]]);
  await tab.run(() => new Promise((resolve) => setTimeout(resolve, 200)));
  await assertSignedIn(tab);
  assert.ok(await accessToken(tab));
});
