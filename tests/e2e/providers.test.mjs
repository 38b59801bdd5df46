import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { assertSignedOut, isActive, isThrough, lastIssued, leaveForGood, leaveForProvider, logout, openSignedIn, requestTo, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const endpoint = (path) => stage.world.issuer + path;

/** Opens the app with a provider's row, whose addresses are here, and signs in. */
function openWith(row, own = {}, e2e = {}) {
  stage.world.config.e2e = { ...e2e, provider: { row, own } };
  return openSignedIn(stage);
}

const openWithGoogle = () => openWith("google", { revocation: { endpoint: endpoint("/token/revocation") } });
const openWithCognito = (e2e) =>
  openWith("cognito", { revocation: { endpoint: endpoint("/token/revocation") }, logout: { endpoint: endpoint("/session/end") } }, e2e);

/** The revocations that reached the provider: what a log of theirs would have. */
const asked = () => stage.world.requests.of("revocation").map(({ method, params, search, authorization }) => ({ method, params, search, authorization }));

/** Answers as a server that has never heard of CORS. */
function opaque(req, res) {
  res.statusCode = 200;
  res.setHeader("Content-Type", "application/json");
  res.end("{}");
}

test("REV-14 REV-15 A28 Google: tokens are revoked by a form without CORS, and the report says unknown, never revoked", async () => {
  const tab = await openWithGoogle();
  const { accessToken, refreshToken } = lastIssued(stage);
  stage.world.faults.set("revocation", opaque);

  const report = await logout(tab, { scope: "provider", revoke: "grant" });

  assert.deepEqual(report.tokens, { refreshToken: "unknown", accessToken: "unknown" });
  assert.deepEqual(report.problems, []);
  assert.equal(report.complete, false);
  // Google has no end of session, whatever the metadata here says.
  assert.equal(report.provider, "unsupported");
  assert.deepEqual(asked(), [
    { method: "POST", params: { token: refreshToken }, search: "", authorization: false },
    { method: "POST", params: { token: accessToken }, search: "", authorization: false },
  ]);
  assert.equal(stage.world.requests.filter(({ endpoint, method }) => endpoint === "revocation" && method === "OPTIONS").length, 0);
  await assertSignedOut(tab);
  assertNothingLeft(stage, await atRest(tab));
});

test("REV-17 Google: an ordinary sign-out leaves the consent alone, and says so", async () => {
  const tab = await openWithGoogle();
  const { refreshToken } = lastIssued(stage);

  const report = await logout(tab);

  assert.deepEqual(report.tokens, { refreshToken: "skipped", accessToken: "skipped" });
  assert.deepEqual(asked(), []);
  assert.equal(await isActive(stage, refreshToken), true);
  await assertSignedOut(tab);
  const { mayBeAlive, endSession } = await tab.run(() => window.auth.capabilities());
  assert.deepEqual(mayBeAlive.map(({ kind }) => kind), ["logout"]);
  assert.equal(endSession, false);
});

test("LOUT-11 REV-5 Cognito: the refresh token alone is revoked, and the page leaves with Cognito's own parameters", async () => {
  const tab = await openWithCognito();
  const { refreshToken } = lastIssued(stage);
  stage.world.faults.set("end_session", (req, res) => {
    const isRight = Object.keys(req.params).sort().join() === "client_id,logout_uri";
    res.writeHead(isRight ? 302 : 400, isRight ? { Location: req.params.logout_uri } : {}).end();
  });

  await leaveForGood(tab);
  const { method, params } = await requestTo(stage, "end_session");

  assert.equal(method, "GET");
  assert.deepEqual(params, { client_id: stage.world.clientId, logout_uri: `${stage.world.app}/e2e/` });
  assert.deepEqual(asked(), [{ method: "POST", params: { token: refreshToken, client_id: stage.world.clientId }, search: "", authorization: false }]);
  assert.equal(await isActive(stage, refreshToken), false);
  // The way back proves nothing: the person is signed out, and the next sign-in has the provider ask.
  await until("the user is back", async () => (await tab.address()) === `${stage.world.app}/e2e/`);
  await started(tab);
  await isThrough(tab);
  await assertSignedOut(tab);
  stage.world.requests.clear();
  await leaveForProvider(tab);
  assert.equal((await requestTo(stage, "authorization")).params.prompt, "login");
});

test("REV-5 Cognito: the report says that access tokens are not revoked", async () => {
  const tab = await openWithCognito();
  const report = await logout(tab);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "unsupported" });
  assert.deepEqual(report.problems, []);
  assert.equal(report.complete, false);
});

test("REV-19 what the outbox keeps is sent later in the provider's own words", async () => {
  const tab = await openWithCognito({ outbox: {} });
  const { refreshToken } = lastIssued(stage);
  stage.world.faults.set("provider", "drop");
  const { tokens } = await logout(tab);
  assert.deepEqual(tokens, { refreshToken: "queued", accessToken: "unsupported" });
  stage.world.faults.clear();
  stage.world.requests.clear();
  await tab.run(() => void dispatchEvent(new Event("online")));
  await until("the refresh token is revoked", async () => !(await isActive(stage, refreshToken)));
  assert.deepEqual(asked()[0].params, { token: refreshToken, client_id: stage.world.clientId });
});

test("REV-7 Keycloak: a 200 that holds an error is not taken for a yes", async () => {
  const tab = await openWith("keycloak");
  const { accessToken, refreshToken } = lastIssued(stage);
  stage.world.faults.set("revocation", (req, res) => json(req, res, 200, { error: "invalid_token", error_description: "Invalid token" }));

  const report = await logout(tab);

  assert.deepEqual(report.tokens, { refreshToken: "unknown", accessToken: "unknown" });
  assert.equal(report.complete, false);
  const standard = (token, token_type_hint) => ({ token, token_type_hint, client_id: stage.world.clientId });
  assert.deepEqual(asked().map(({ params }) => params), [standard(refreshToken, "refresh_token"), standard(accessToken, "access_token")]);
  await assertSignedOut(tab);
});

test("REV-7 Twitch: a refusal of a token that is gone already counts as revoked", async () => {
  const tab = await openWith("twitch", { revocation: { endpoint: endpoint("/token/revocation") } });
  const { accessToken } = lastIssued(stage);
  stage.world.faults.set("revocation", (req, res) => json(req, res, 400, { status: 400, message: "Invalid token" }));
  const report = await logout(tab);
  assert.deepEqual(report.tokens, { refreshToken: "unsupported", accessToken: "revoked" });
  assert.deepEqual(asked().map(({ params }) => params), [{ token: accessToken, client_id: stage.world.clientId }]);
});

test("REV-16 Dropbox: the access token goes in the header and takes the refresh token along", async () => {
  const tab = await openWith("dropbox", { revocation: { endpoint: endpoint("/token/revocation") } });
  const { accessToken } = lastIssued(stage);
  const headers = [];
  stage.world.faults.set("revocation", (req, res) => {
    headers.push(req.headers.authorization, req.headers["content-type"], req.headers["content-length"]);
    json(req, res, 200, null);
  });
  const report = await logout(tab);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  assert.deepEqual(headers, [`Bearer ${accessToken}`, undefined, "0"]);
  assert.deepEqual(asked().map(({ params, search }) => ({ params, search })), [{ params: {}, search: "" }]);
});

test("REV-16 LOUT-14 a provider that asks for a secret gets no request, and the report and capabilities() say so", async () => {
  const tab = await openWith("apple");
  const report = await logout(tab);
  assert.deepEqual(report.tokens, { refreshToken: "unsupported", accessToken: "unsupported" });
  assert.deepEqual(asked(), []);
  const { revocation, endSession } = await tab.run(() => window.auth.capabilities());
  assert.deepEqual({ revocation, endSession }, { revocation: false, endSession: false });
});

test("LOUT-3 Okta: without an ID token the page does not leave for an error page, and comes back by itself with the report", async () => {
  const tab = await openWith("okta");
  await logout(tab);
  stage.world.requests.clear();
  await leaveForGood(tab);
  const answer = await until("the page is back", () => tab.run(() => window.started && window.answer));
  assert.equal(answer.kind, "logout");
  assert.equal(answer.report.provider, "unknown");
  assert.equal(stage.world.requests.of("end_session").length, 0);
});

test("DISC-7 the issuer comes from the row, an option of the app's own goes before it, and what is no provider is refused", async () => {
  const { issuer } = stage.world;
  stage.world.config.e2e = { provider: { row: "google", own: { options: { issuer } } }, options: { issuer: null } };
  const tab = await openSignedIn(stage);
  const { iss } = await tab.run(() => window.auth.getUser());
  assert.equal(iss, issuer);
  const code = await tab.run(async () => {
    const { google } = await import("/nightlatch/providers.js");
    return window.nightlatch.createClient({ ...window.options, provider: google }).catch((error) => error.code);
  });
  assert.equal(code, "invalid_options");
});
