// The OpenID Foundation's tests of relying parties, made again against this provider, under their names: the profiles basic, config and RP-initiated logout, as far
// as they concern a public client of the code flow. docs/conformance.md lists all of them. One browser goes through them in order; each ends signed in or says otherwise.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";

import { json } from "../../www/faults.mjs";
import { serve } from "../../www/server.mjs";
import {
  accessToken, asksForPassword, assertSignedIn, assertSignedOut, comeBack, events, failure, leaveForGood, leaveForProvider,
  logout, openApp, requestTo, signIn, started,
} from "./harness/app.mjs";
import { Browser } from "./harness/browser.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { until } from "./harness/until.mjs";

const stage = {};
let world;
let tab;

before(async () => {
  world = stage.world = await serve({ mounts: { "/e2e/": join(import.meta.dirname, "pages") } });
  stage.browser = await Browser.launch();
  tab = await openApp(stage);
});
afterEach(() => {
  const problems = world.requests.filter(({ path }) => path === "/problem").map(({ params }) => params.text);
  world.faults.clear();
  world.requests.clear();
  delete world.config.e2e;
  assert.deepEqual(problems, []);
});
after(async () => {
  await stage.browser?.close();
  await world?.close();
});

/** Signs in over the session that there is, and resolves to the error's code, or to null. */
async function again() {
  await leaveForProvider(tab);
  const { failure } = await comeBack(stage, tab);
  return failure?.code ?? null;
}

/** From now on the provider's ID tokens are these. */
function issue(forge) {
  changeTokenAnswer(world, (answer) => ({ ...answer, id_token: forge(opened(answer.id_token).claims, answer.id_token) }));
}

/** Such an ID token is refused, and the session is what it was. */
async function refuses(forge) {
  await signedIn();
  const before = [await accessToken(tab), await user()];
  issue(forge);
  assert.equal(await again(), "id_token_invalid");
  world.faults.clear("token");
  await assertSignedIn(tab);
  assert.deepEqual([await accessToken(tab), await user()], before);
}

/** Such an ID token is taken. */
async function takes(forge) {
  await signedIn();
  const before = await accessToken(tab);
  issue(forge);
  assert.equal(await again(), null);
  await assertSignedIn(tab);
  assert.notEqual(await accessToken(tab), before);
}

const user = () => tab.run(() => window.auth.getUser());
const isSignedIn = () => tab.run(() => window.auth.isAuthenticated);
const signedIn = async () => (await isSignedIn()) || signIn(stage, tab);

/** The key set that the provider publishes. */
function publish(...keys) {
  world.faults.set("jwks", (req, res) => json(req, res, 200, { keys }));
}

test("oidcc-client-test: a sign-in by code, with PKCE, state and nonce", async () => {
  await signIn(stage, tab);
  const [{ params }] = world.requests.of("authorization");
  assert.equal(params.response_type, "code");
  assert.ok(params.state && params.nonce && params.code_challenge_method === "S256");
  assert.equal(world.requests.of("token").length, 1);
  await assertSignedIn(tab);
});

for (const [name, forge] of [
  ["oidcc-client-test-invalid-iss", (claims) => ({ ...claims, iss: `${claims.iss}/` })],
  ["oidcc-client-test-invalid-iss without one", ({ iss, ...claims }) => claims],
  ["oidcc-client-test-missing-sub", ({ sub, ...claims }) => claims],
  ["oidcc-client-test-invalid-aud", (claims) => ({ ...claims, aud: "another-client" })],
  ["oidcc-client-test-missing-aud", ({ aud, ...claims }) => claims],
  ["oidcc-client-test-missing-iat", ({ iat, ...claims }) => claims],
  ["oidcc-client-test-nonce-invalid", (claims) => ({ ...claims, nonce: `${claims.nonce}1` })],
]) {
  test(`${name}: the ID token is refused, and the session stays as it was`, () => refuses((claims) => world.sign(forge(claims))));
}

test("oidcc-client-test-idtoken-sig-none: an ID token that nobody signed is refused, since this client never asks for one", () =>
  refuses((_claims, token) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`));

test("oidcc-client-test-idtoken-sig-rs256: an ID token that is signed with RS256 is taken", () => takes((claims) => world.sign(claims)));

test("rp-id_token-sig-es256: an ID token that is signed with ES256 is taken", () => takes((claims) => world.sign(claims, { key: "es256" })));

test("oidcc-client-test-invalid-sig-rs256: an ID token with a broken RS256 signature is refused", () => refuses((claims) => spoilt(world.sign(claims))));

test("oidcc-client-test-invalid-sig-es256: an ID token with a broken ES256 signature is refused", () =>
  refuses((claims) => spoilt(world.sign(claims, { key: "es256" }))));

test("oidcc-client-test-invalid-sig-rs256: so is one of another key, under a name that the provider's key has, and one of an algorithm that the key is not for", async () => {
  await refuses((claims) => world.sign(claims, { key: "other-rs256", header: { kid: "rs256" } }));
  await refuses((claims) => world.sign(claims, { header: { kid: "es256" } }));
  await refuses((claims) => world.sign(claims, { header: { alg: "PS256" } }));
});

test("oidcc-client-test-kid-absent-single-jwks: without a `kid` the one key that there is proves the signature", async () => {
  publish(world.publicKey("rs256", { kid: undefined }));
  await takes((claims) => world.sign(claims, { header: { kid: undefined } }));
  await refuses((claims) => world.sign(claims, { key: "other-rs256", header: { kid: undefined } }));
});

test("oidcc-client-test-kid-absent-multiple-jwks: without a `kid` and with several keys the token is refused, or every key is tried", async () => {
  publish(world.publicKey("rs256"), world.publicKey("next-rs256"));
  await signedIn();
  issue((claims) => world.sign(claims, { key: "next-rs256", header: { kid: undefined } }));
  assert.ok([null, "id_token_invalid"].includes(await again()));
  await refuses((claims) => world.sign(claims, { key: "other-rs256", header: { kid: undefined } }));
});

test("IDT-13 oidcc-client-test-userinfo-bearer-header, oidcc-client-test-scope-userinfo-claims: userinfo is asked for with the access token in the header", async () => {
  await checksUserinfo();
  let header;
  world.faults.set("userinfo", (req, _res, next) => {
    header = req.headers.authorization;
    next();
  });
  await becomesVisible();
  await until("userinfo is asked for", () => header);
  const { search } = world.requests.of("userinfo")[0];
  assert.deepEqual([header, search], [`Bearer ${await accessToken(tab)}`, ""]);
  // What the scopes ask for stands in the ID token: nothing of userinfo is taken but the subject.
  const { name, email } = await user();
  assert.ok(name && email);
  await assertSignedIn(tab);
});

test("IDT-13 A26 oidcc-client-test-userinfo-invalid-sub: an answer about somebody else is taken for nobody, and ends the session", async () => {
  await checksUserinfo();
  world.faults.set("userinfo", (req, res) => json(req, res, 200, { sub: "somebody-else", name: "Mallory" }));
  await becomesVisible();
  await until("the app is signed out", async () => (await events(tab, "signedOut")).length > 0);
  assert.equal(JSON.stringify(await events(tab, "signedOut")).includes("Mallory"), false);
  await assertSignedOut(tab);
});

async function checksUserinfo() {
  await signedIn();
  world.config.e2e = { check: { every: 0 } };
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  world.requests.clear();
}

const becomesVisible = () => tab.run(() => void document.dispatchEvent(new Event("visibilitychange")));

test("oidcc-client-test-refresh-token: a refresh brings another access token, and its ID token needs no nonce", async () => {
  await signedIn();
  const before = [await accessToken(tab), await user()];
  changeTokenAnswer(world, ({ id_token, ...answer }) => {
    const { nonce, ...claims } = opened(id_token).claims;
    return { ...answer, id_token: world.sign(claims) };
  });
  assert.notEqual(await accessToken(tab, { forceRefresh: true }), before[0]);
  assert.equal((await user()).sub, before[1].sub);
  await assertSignedIn(tab);
});

for (const [name, claims] of [
  ["oidcc-client-test-refresh-token-invalid-issuer", { iss: "https://other.example" }],
  ["oidcc-client-test-refresh-token-invalid-sub", { sub: "somebody-else" }],
  ["oidcc-client-test-refresh-token-invalid-aud", { aud: "another-client" }],
]) {
  test(`IDT-10 ${name}: the answer is refused, and the session ends`, async () => {
    await signedIn();
    issue((own) => world.sign({ ...own, ...claims }));
    assert.equal((await failure(accessToken(tab, { forceRefresh: true }))).code, "login_required");
    await assertSignedOut(tab);
  });
}

test("oidcc-client-test-discovery-openid-config: the endpoints are those of the metadata", async () => {
  await signedOut();
  world.faults.set("discovery", { token_endpoint: `${world.issuer}/token?as=published` });
  await signIn(stage, tab);
  assert.deepEqual(world.requests.of("token").map(({ search }) => search), ["?as=published"]);
  assert.ok(world.requests.of("discovery").length > 0);
});

test("oidcc-client-test-discovery-issuer-mismatch: metadata of another issuer is not used at all", async () => {
  await signedOut();
  world.faults.set("discovery", { issuer: `${world.issuer}/other` });
  world.requests.clear();
  assert.equal(await again(), "issuer_mismatch");
  assert.deepEqual(world.requests.filter(({ target, endpoint }) => target === "idp" && endpoint !== "discovery"), []);
  await assertSignedOut(tab);
});

test("oidcc-client-test-discovery-jwks-uri-keys: the keys are those at the `jwks_uri` of the metadata", async () => {
  await signedOut();
  world.faults.set("discovery", { jwks_uri: `${world.issuer}/jwks?as=published` });
  await signIn(stage, tab);
  assert.deepEqual([...new Set(world.requests.of("jwks").map(({ search }) => search))], ["?as=published"]);
});

test("oidcc-client-test-signing-key-rotation: a key that came after the last sign-in is found, and one that has gone counts no more", async () => {
  await signedIn();
  publish(world.publicKey("next-rs256"));
  await takes((claims) => world.sign(claims, { key: "next-rs256" }));
  await refuses((claims) => world.sign(claims, { key: "rs256" }));
});

test("oidcc-client-test-signing-key-rotation-just-before-signing: a key that came in the middle of the sign-in is found", async () => {
  await takes((claims) => {
    publish(world.publicKey("last-rs256"));
    return world.sign(claims, { key: "last-rs256" });
  });
  // The provider knows what it has signed itself: that is what the tests after this one send back to it.
  world.faults.clear();
  assert.equal(await again(), null);
});

test("oidcc-client-test-rp-init-logout: the way back from the provider counts with its state", async () => {
  await signedIn();
  await leaveForGood(tab);
  const { answer } = await comeBack(stage, tab);
  const { params } = await requestTo(stage, "end_session");
  assert.ok(params.id_token_hint && params.post_logout_redirect_uri && params.state);
  assert.deepEqual([answer.kind, answer.report.provider], ["logout", "ended"]);
  await assertSignedOut(tab);
});

for (const [name, answer] of [
  ["oidcc-client-test-rp-init-logout-other-state", "?state=another"],
  ["oidcc-client-test-rp-init-logout-no-state", ""],
]) {
  test(`${name}: the way back is no answer, nothing is reported as ended, and nobody is signed in`, async () => {
    await signedIn();
    world.faults.set("end_session", (req, res) => res.writeHead(303, { Location: `${req.params.post_logout_redirect_uri}${answer}` }).end());
    await leaveForGood(tab);
    await requestTo(stage, "end_session");
    await until("the page is back", async () => (await tab.address()) === `${world.app}/e2e/${answer}`);
    await started(tab);
    // Whether the provider's session has ended nobody knows, so the page goes on saying that it is being ended.
    assert.deepEqual(await tab.run(() => [window.answer, window.failure, window.auth.getUser()]), [null, null, null]);
    assert.equal((await failure(accessToken(tab))).code, "login_required");
    await leaveForProvider(tab);
    await until("the provider asks for the password", () => asksForPassword(tab));
    await tab.visit(`${world.app}/e2e/`);
    await started(tab);
  });
}

async function signedOut() {
  if (await isSignedIn()) await logout(tab);
  // What the page knows of the provider ends with it.
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
}

/** The same token with one bit of its signature changed. */
function spoilt(token) {
  const [header, claims, signature] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[9] ^= 1;
  return [header, claims, bytes.toString("base64url")].join(".");
}
