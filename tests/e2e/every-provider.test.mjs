// Every row of nightlatch/providers in a browser: sign-in, `logout()` in each scope, `disconnect()`, a sign-in in the place of another. What is real: the package,
// the browser, the sign-in at a certified provider. What is simulated: the answers to revocations and to the end of the session, by harness/scripted.mjs, as the
// rows' sources have them.
import assert from "node:assert/strict";
import { env } from "node:process";
import { after, before, beforeEach, test } from "node:test";

import * as providers from "../../pkg/providers.js";
import { strictPolicy } from "../../www/static.mjs";
import { OK, standard, TABLE } from "../modules/table.mjs";
import { lastIssued, leaveForGood, logout, openSignedIn, signIn } from "./harness/app.mjs";
import { Scripted } from "./harness/scripted.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const scripted = new Scripted();
before(() => scripted.open());
after(() => scripted.close());
// One page, one client after the other, signed in in a frame where the provider need not ask: so that a walk takes seconds.
const csp = ({ issuer, api }) =>
  `${strictPolicy({ issuer, api: `${api} ${scripted.origin}` }).replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self' ${issuer}`;
const stage = setStage({ csp, sameSite: true });
beforeEach(() => scripted.reset());

const ROWS = Object.keys(TABLE);
const GRANT = ["discord", "facebook", "google"];
/** What the core makes of what it hears (`tests/modules`): the outcome in the report. */
const outcome = (heard) => ({ 200: "revoked", 400: "unsupported", 0: "unknown" })[heard.status];

// Both leave at once; WebKit may let the second arrive first.
const inOrder = (requests) => (env.BROWSER === "webkit" ? requests.toSorted((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other))) : requests);

/** What is expected of a row in the words of its table, with the tokens that were issued. */
function expected(name) {
  const { asked, heard, left, answer } = { ...standard, answer: OK, ...TABLE[name] };
  const { accessToken, refreshToken, idToken } = lastIssued(stage);
  const real = { RT: refreshToken, AT: accessToken, spa: stage.world.clientId };
  const form = (text) => Object.fromEntries([...new URLSearchParams(text ?? "")].map(([key, value]) => [key, real[value] ?? value]));
  return {
    answer,
    revocations: inOrder(
      asked.map((request) => ({
        method: request.method ?? "POST",
        params: form(request.form),
        authorization: request.headers?.Authorization.replace("AT", accessToken),
      })),
    ),
    tokens: heard ? { refreshToken: outcome(heard[0]), accessToken: outcome(heard[1]) } : { refreshToken: "unsupported", accessToken: "unsupported" },
    // The ID tokens of this provider have no login_hint, and its metadata no tenant.
    left: left && Object.fromEntries(Object.entries(left).filter(([key]) => !["tenant", "logout_hint"].includes(key)).map(([key, value]) => [key, key === "id_token_hint" ? idToken : value])),
  };
}

const revocations = () =>
  inOrder(
    scripted.at("/revoke").map(({ method, text, query, authorization }) => {
      assert.deepEqual(query, {}, "no token in an address");
      return { method, params: Object.fromEntries(new URLSearchParams(text)), authorization };
    }),
  );

/** Opens the app, where the provider knows who is there. */
async function openKnown() {
  const at = { revocation_endpoint: `${scripted.origin}/revoke`, end_session_endpoint: `${scripted.origin}/end` };
  stage.world.faults.set("discovery", at);
  const tab = await openSignedIn(stage);
  // A session keeps the endpoints that it began with.
  await logout(tab);
  return tab;
}

/** Has the page take a client with a row whose endpoints are here, and sign in. */
async function signInWith(tab, name, own = {}) {
  const { row } = providers[name]();
  scripted.reset();
  scripted.cors = row.revocation.cors !== false;
  // What a page may not read is a 200 all the same.
  scripted.answers["/revoke"] = scripted.cors ? (TABLE[name].answer ?? OK) : OK;
  scripted.answers["/end"] = ({ query }) => {
    const { post_logout_redirect_uri, returnTo, logout_uri, state } = query;
    const back = post_logout_redirect_uri ?? returnTo ?? logout_uri;
    return { status: 303, location: state ? `${back}?state=${state}` : back };
  };
  const at = (path, has) => (has ? { endpoint: scripted.origin + path } : undefined);
  own = { revocation: at("/revoke", row.revocation.endpoint), logout: at("/end", row.logout.endpoint), ...own };
  // For the page that comes back from the provider.
  stage.world.config.e2e = { provider: { row: name, own }, options: { issuer: stage.world.issuer } };
  const asks = await tab.run(
    async (name, own) => {
      const providers = await import("/nightlatch/providers.js");
      window.auth.close();
      window.options.provider = providers[name](own);
      window.auth = await window.nightlatch.createClient(window.options);
      const { mayBeAlive } = await window.auth.capabilities();
      return mayBeAlive.some(({ kind }) => kind === "provider" || kind === "leaving");
    },
    name,
    own,
  );
  // After a sign-out at the provider that nothing confirms it has to ask.
  await (asks ? signIn(stage, tab) : signInBeside(tab));
}

/** Signs in as `nightlatch/silent` does, but without `prompt=none`: with that, no refresh token is given. */
function signInBeside(tab) {
  return tab.run(async () => {
    const { url, signIn } = await window.auth.login({ detached: true });
    const frame = document.createElement("iframe");
    Object.assign(frame, { name: "nightlatch-silent", src: url, hidden: true });
    frame.sandbox = "allow-same-origin";
    const arrived = new Promise((resolve) => {
      frame.onload = () => {
        const { href } = frame.contentWindow.location;
        if (href.includes(signIn.state)) resolve(href);
      };
    });
    document.body.append(frame);
    const address = await arrived;
    frame.remove();
    await window.auth.handleRedirectCallback({ url: address, signIn: { ...signIn, detached: true } });
  });
}

const explained = (tab, scope) =>
  tab.run(async (scope) => {
    const { explain } = await import("/nightlatch/explain.js");
    const { provider } = window.options;
    return Object.fromEntries((await explain(window.auth, { provider }))[scope].map(({ layer, ...said }) => [layer, said]));
  }, scope);

const reached = ({ refreshToken, accessToken }) => {
  const both = new Set([refreshToken, accessToken]);
  if (both.has("unknown")) return "unknown";
  return both.has("revoked") ? (both.size > 1 ? "partly" : "yes") : "no";
};

test("REV-1 REV-17 LOUT-11 LOUT-15 with every row: what leaves in each scope, what the report says, and that explain() said it before", async () => {
  const tab = await openKnown();
  for (const name of ROWS) {
    await signInWith(tab, name);
    const isGrant = GRANT.includes(name);
    const { revocations: asked, tokens, left } = expected(name);
    const will = await explained(tab, "app");
    assert.equal(will.tokens.reached, isGrant ? "no" : name === "duende" ? "partly" : reached(tokens), name);
    assert.match(will.provider.text, new RegExp(`You will still be signed in at ${providers[name]().row.name}`));

    const alone = await logout(tab, { scope: "tab" });
    assert.deepEqual([alone.tokens, scripted.requests], [{ refreshToken: "skipped", accessToken: "skipped" }, []], `${name}: tab`);

    const { tokens: said } = await logout(tab, { scope: "app" });
    assert.deepEqual(said, isGrant ? { refreshToken: "skipped", accessToken: "skipped" } : tokens, `${name}: app`);
    assert.deepEqual(revocations(), isGrant ? [] : asked, `${name}: app`);
    assert.equal(scripted.requests.length, scripted.at("/revoke").length);

    await signInWith(tab, name);
    if (left === null) {
      assert.equal((await explained(tab, "provider")).provider.reason, "no_address", name);
      const report = await logout(tab, { scope: "provider" });
      assert.deepEqual([report.provider, scripted.at("/end")], ["unsupported", []], name);
      continue;
    }
    await tab.run(() => void (window.leaving = true));
    await leaveForGood(tab);
    const [{ query, method }] = await until(`${name}: the page has left`, () => (scripted.at("/end").length > 0 ? scripted.at("/end") : undefined));
    const { state, ...params } = expected(name).left;
    assert.deepEqual({ ...query, state: query.state && "s" }, Object.fromEntries(Object.entries({ ...back(params), state: state && "s" })), `${name}: provider`);
    assert.equal(method, "GET");
    const answer = await until(`${name}: the page is back`, () => tab.run(() => window.started && !window.leaving && { said: window.answer }));
    if (state) assert.equal(answer.said.report.provider, "ended", name);
  }
});

/** The address to come back to, whatever its name. */
const back = (params) => Object.fromEntries(Object.entries(params).map(([key, value]) => [key, value === "https://app.example/" ? `${stage.world.app}/e2e/` : key === "client_id" ? stage.world.clientId : value]));

/** What becomes of the permission with each row. What is not here: the provider has no address for it. */
const PERMISSION = {
  apple: ["unsupported", "secret"],
  discord: ["withdrawn"],
  facebook: ["withdrawn"],
  github: ["unsupported", "secret"],
  // Its answer may not be read.
  google: ["unknown"],
  keycloak: ["withdrawn"],
  spotify: ["unsupported", "person"],
};

test("REV-17 REV-14 disconnect() with every row: the tokens are revoked, the permission with them or at its own address, and what is not to be had has a reason", async () => {
  const tab = await openKnown();
  for (const name of ROWS) {
    const { row } = providers[name]();
    await signInWith(tab, name, row.consent.endpoint && { consent: { endpoint: `${scripted.origin}/consent` } });
    scripted.answers["/consent"] = { status: 204 };
    const { revocations: asked, tokens } = expected(name);
    const [permission, reason] = PERMISSION[name] ?? ["unsupported", "no_address"];
    const will = (await explained(tab, "disconnect")).permission;
    assert.deepEqual([will.reached, will.reason], [{ withdrawn: "yes", unknown: "unknown" }[permission] ?? "no", reason ?? (name === "google" ? "unreadable" : undefined)], name);

    const report = await tab.run(async () => (await import("/nightlatch/disconnect.js")).disconnect(window.auth, { provider: window.options.provider }));

    const { problems, scope } = report;
    assert.deepEqual({ permission: report.permission, reason: report.reason?.code, tokens: report.tokens, problems, scope }, { permission, reason, tokens, problems: [], scope: "app" }, name);
    assert.deepEqual(revocations(), asked, name);
    const { accessToken } = lastIssued(stage);
    const own = row.consent.endpoint ? [["DELETE", `Bearer ${accessToken}`, ""]] : [];
    assert.deepEqual(scripted.at("/consent").map(({ method, authorization, text }) => [method, authorization, text]), own, name);
    // The token has to be good for it.
    if (own.length > 0) assert.equal(scripted.requests[0].path, "/consent");
    if (permission !== "withdrawn") assert.equal(report.complete, false);
  }
});

test("REV-17 REV-11 with every row: a token that a newer sign-in replaced is revoked, but not where that would end the newer one", async () => {
  const tab = await openKnown();
  for (const name of ROWS) {
    await signInWith(tab, name);
    const { revocations: asked } = expected(name);
    await signInBeside(tab);
    const isGrant = GRANT.includes(name);
    if (isGrant) assert.ok((await tab.run(() => window.auth.capabilities())).mayBeAlive.some(({ kind }) => kind === "replaced"), name);
    else await until(`${name}: the replaced tokens are revoked`, () => scripted.requests.length === asked.length);
    assert.deepEqual(revocations(), isGrant ? [] : asked, name);
    assert.equal(await tab.run(() => window.auth.isAuthenticated), true);
    await logout(tab, { revoke: false });
  }
});

test("REV-16 where the client's secret is asked for, the app's own address is asked in RFC 7009's words", async () => {
  const tab = await openKnown();
  await signInWith(tab, "apple", { revocation: { endpoint: `${scripted.origin}/revoke` } });
  const { accessToken, refreshToken } = lastIssued(stage);
  const { tokens } = await logout(tab);
  assert.deepEqual(tokens, { refreshToken: "revoked", accessToken: "revoked" });
  const standard = (token, token_type_hint) => ({ token, token_type_hint, client_id: stage.world.clientId });
  assert.deepEqual(inOrder(revocations().map(({ params }) => params)), inOrder([standard(refreshToken, "refresh_token"), standard(accessToken, "access_token")]));
});
