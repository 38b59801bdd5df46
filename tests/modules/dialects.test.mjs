// What the rows make of the core's messages: the requests that would leave, and what answers mean.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as providers from "../../pkg/providers.js";
import { providerFor, sources } from "../../pkg/providers/all.js";
import { dialect } from "../../pkg/providers.js";
import { APP, END, form, ID_TOKEN, ISSUER, METADATA, OK, standard, TABLE, UNSUPPORTED } from "./table.mjs";

const JWT = "e30.e30.c2ln";

const names = Object.keys(providers).filter((name) => name !== "dialect");
/** What fills the templates of rows. */
const FILLING = { domain: "login.example", tenant: "t1", url: ISSUER, realm: "r1" };

// The core's own messages: src/protocol/revocation.rs, src/protocol/end_session.rs.
const revocation = (url, kind, token) => ({
  url,
  form: `${new URLSearchParams({ token, token_type_hint: kind, client_id: "spa" })}`,
  keepalive: true,
  timeoutMs: 5000,
  expiresAt: null,
});
const WITHOUT_HINT = { client_id: "spa", post_logout_redirect_uri: APP, state: "s1" };

/** Has the core look the provider up, revoke both tokens and leave, as it does: the endpoints that it finds, what leaves, and what it hears. */
async function signOut(provider, { answer = { status: 200, body: "" }, accessToken = "AT", end = END } = {}) {
  const asked = [];
  const discovery = { url: `${ISSUER}/.well-known/openid-configuration`, form: null, keepalive: false, timeoutMs: 5000, expiresAt: null };
  const found = JSON.parse((await provider.send(discovery, async () => ({ status: 200, body: JSON.stringify(METADATA), retryAfter: null }))).body);
  const endpoint = found.revocation_endpoint;
  const post = async ({ url, form, init }) => {
    asked.push({ url, form, ...init });
    return answer;
  };
  const heard = endpoint
    ? await Promise.all([
        provider.send(revocation(endpoint, "refresh_token", "RT"), post),
        provider.send(revocation(endpoint, "access_token", accessToken), post),
      ])
    : null;
  const to = new URL(found.end_session_endpoint ?? "about:blank");
  for (const [name, value] of Object.entries(end)) to.searchParams.append(name, value);
  return { found, asked, heard, left: found.end_session_endpoint ? provider.leave({ url: to.href, form: null }) : null };
}

test("every row of the table has its requests here", () => {
  assert.deepEqual(Object.keys(TABLE).sort(), [...names].sort());
  assert.ok(names.length >= 24);
});

for (const name of names) {
  const expected = { ...standard, to: `${ISSUER}/end`, answer: OK, ...TABLE[name] };
  test(`REV-1 LOUT-11 ${name}: the exact requests that leave, where to, and what is heard of them`, async () => {
    const { asked, heard, left } = await signOut(providers[name](FILLING), { answer: expected.answer });
    const unsaid = (request) => (request.body === null ? { ...request, form: undefined } : request);
    assert.deepEqual(asked.map((request) => ({ ...unsaid(request) })), expected.asked.map((request) => ({ ...unsaid({ form: undefined, ...request }) })));
    assert.deepEqual(heard, expected.heard);
    if (expected.left === null) return assert.equal(left, null);
    const to = new URL(left.url);
    assert.equal(left.form, null);
    assert.equal(to.origin + to.pathname, expected.to);
    assert.deepEqual(Object.fromEntries(to.searchParams), expected.left);
  });

  test(`${name}: what is not a revocation and not a sign-out goes through as it is`, async () => {
    const provider = providers[name](FILLING);
    for (const given of ["grant_type=refresh_token&refresh_token=RT&client_id=spa", "grant_type=authorization_code&code=c&client_id=spa"]) {
      const request = { url: METADATA.token_endpoint, form: given, keepalive: false, timeoutMs: 5000 };
      const answer = { status: 200, body: "{}" };
      assert.equal(await provider.send(request, async (sent) => (assert.equal(sent, request), answer)), answer);
    }
    const signIn = { url: `${ISSUER}/authorize?client_id=spa&code_challenge=c&state=s`, form: null };
    assert.equal(provider.leave(signIn), signIn);
    for (const answer of [{ status: 503, body: "busy" }, { failure: "offline" }, { status: 200, body: "[]" }]) {
      assert.equal(await provider.send({ url: ISSUER, form: null }, async () => answer), answer);
    }
  });

  test(`REV-7 ${name}: an answer that never came stays one, and a refusal stays a refusal`, async () => {
    for (const answer of [{ failure: "network" }, { failure: "timeout" }, { failure: "queued" }, { status: 503, body: "" }, { status: 400, body: '{"error":"invalid_request"}' }]) {
      const { asked, heard } = await signOut(providers[name](FILLING), { answer });
      const kinds = heard?.filter((said) => said.body !== UNSUPPORTED.body);
      assert.ok(asked.length === 0 || kinds.length > 0);
      for (const said of kinds ?? []) assert.deepEqual(said, answer);
    }
  });

  test(`${name}: every fact of the row has a verified source, and what is not verified is not in the row`, () => {
    const { row } = providers[name]();
    const facts = sources[name] ?? {};
    const said = ["revocation", "logout", "devices", "consent"].flatMap((part) => Object.keys(row[part]).map((member) => `${part}.${member}`));
    for (const member of said) assert.equal(facts[member]?.[0], true, `${name}: ${member} is not verified`);
    for (const member of ["issuer", "matches"]) if (row[member]) assert.ok(facts[member], `${name}: ${member} has no source`);
    const unverified = Object.keys(facts).filter((member) => !facts[member][0]);
    assert.deepEqual([...row.unverified].sort(), unverified.sort());
    for (const [member, [, source]] of Object.entries(facts)) assert.ok(source.length > 5, `${name}: ${member}`);
    assert.deepEqual(JSON.parse(JSON.stringify(row)), row, "plain data");
  });
}

test("REV-14 an answer without CORS is nobody's to read: the core is told the status 0, and Google's is never taken for a yes", async () => {
  const { asked, heard } = await signOut(providers.google(), { answer: { status: 0, body: "", retryAfter: null } });
  assert.deepEqual(asked.map(({ mode }) => mode), ["no-cors", "no-cors"]);
  assert.deepEqual(heard.map(({ status }) => status), [0, 0]);
});

for (const [name, answer, heard] of [
  // Keycloak does not know the token or its session: 200 all the same.
  ["keycloak", { status: 200, body: '{"error":"invalid_token","error_description":"Invalid token"}' }, { status: 0 }],
  ["twitch", { status: 400, body: '{"status":400,"message":"Invalid token"}' }, { status: 200 }],
  ["twitch", { status: 404, body: '{"status":404,"message":"client does not exist"}' }, { status: 404, body: '{"status":404,"message":"client does not exist"}' }],
  ["facebook", { status: 200, body: '{"error":{"code":190}}' }, { status: 400, body: '{"error":{"code":190}}' }],
  ["salesforce", { status: 400, body: '{"error":"invalid_token"}' }, { status: 200 }],
  ["salesforce", UNSUPPORTED, UNSUPPORTED],
  ["betterAuth", { status: 400, body: '{"error_description":"Invalid access token","error":"invalid_request"}' }, { status: 200 }],
  ["betterAuth", { status: 400, body: '{"error_description":"token not found","error":"invalid_request"}' }, { status: 200 }],
  ["betterAuth", { status: 400, body: '{"error_description":"missing a required credential value","error":"invalid_client"}' }, { status: 400, body: '{"error_description":"missing a required credential value","error":"invalid_client"}' }],
  ["slack", { status: 200, body: '{"ok":false,"error":"invalid_auth"}' }, { status: 400, body: '{"ok":false,"error":"invalid_auth"}' }],
  ["dropbox", { status: 401, body: '{"error":{".tag":"expired_access_token"}}' }, { status: 401, body: '{"error":{".tag":"expired_access_token"}}' }],
]) {
  test(`REV-7 ${name}: what ${answer.status} ${answer.body} means`, async () => {
    const { heard: said } = await signOut(providers[name](FILLING), { answer });
    assert.deepEqual(said.at(-1), heard);
  });
}

test("REV-16 where the client's secret is asked for, no request leaves, whatever the metadata says", async () => {
  for (const make of [providers.apple, providers.github]) {
    const provider = make();
    const post = () => assert.fail("a request left");
    assert.deepEqual(await provider.send(revocation(`${ISSUER}/revoke`, "refresh_token", "RT"), post), UNSUPPORTED);
    assert.match(provider.row.revocation.unsupported, /secret/);
  }
});

test("REV-5 an access token that is a JWT is not revoked at Duende, and a reference is", async () => {
  const jwt = await signOut(providers.duende(), { accessToken: JWT });
  assert.deepEqual(jwt.asked, [form(METADATA.revocation_endpoint, "refresh_token", "RT")].map((request) => ({ ...request })));
  assert.deepEqual(jwt.heard, [OK, UNSUPPORTED]);
});

test("REV-17 where a revocation takes the consent back, the core is told not to revoke unless asked", () => {
  const reach = Object.fromEntries(names.map((name) => [name, providers[name]().options.revocationReach]).filter(([, reach]) => reach));
  assert.deepEqual(reach, { discord: "grant", facebook: "grant", google: "grant" });
});

test("LOUT-3 without an ID token, a provider that would not send the person back is not asked to", async () => {
  for (const make of [providers.hydra, providers.authentik, providers.duende]) {
    const { left } = await signOut(make(), { end: WITHOUT_HINT });
    assert.deepEqual(Object.fromEntries(new URL(left.url).searchParams), { tenant: "1", client_id: "spa" });
  }
});

test("LOUT-3 without an ID token, the page does not leave for a provider that would keep the person at an error", async () => {
  const { left } = await signOut(providers.okta(), { end: WITHOUT_HINT });
  assert.deepEqual(left, { url: `${APP}?state=s1`, form: null });
  const { left: stranded } = await signOut(providers.okta(), { end: { client_id: "spa" } });
  assert.equal(stranded.url, `${ISSUER}/end?tenant=1&client_id=spa`);
});

test("LOUT-1 LOUT-9 a form stays a form, and becomes an address only where the provider takes no other", () => {
  const navigation = { url: `${ISSUER}/end?tenant=1`, form: `${new URLSearchParams({ ...END, id_token_hint: JWT.repeat(3000) })}` };
  const kept = providers.hydra().leave(navigation);
  assert.deepEqual(kept, navigation);
  const { url, form } = providers.cognito(FILLING).leave(navigation);
  assert.equal(form, null);
  assert.deepEqual(Object.fromEntries(new URL(url).searchParams), { client_id: "spa", logout_uri: APP, tenant: "1" });
});

test("LOUT-11 the app's own parameters stay, and go before what the row makes of the ID token", async () => {
  const { left } = await signOut(providers.entra(FILLING), { end: { ...END, logout_hint: "eve", ui_locales: "de" } });
  const { logout_hint, ui_locales } = Object.fromEntries(new URL(left.url).searchParams);
  assert.deepEqual({ logout_hint, ui_locales }, { logout_hint: "eve", ui_locales: "de" });
  for (const id_token_hint of ["", "a", "a.b.c", `a.${Buffer.from('{"login_hint":1}').toString("base64url")}.c`]) {
    const { left } = await signOut(providers.entra(FILLING), { end: { ...END, id_token_hint } });
    assert.equal(new URL(left.url).searchParams.has("logout_hint"), false);
  }
});

test("DISC-7 a row gives defaults of options, and what is its own's goes before it", () => {
  assert.equal(providers.google().options.issuer, "https://accounts.google.com");
  assert.equal(providers.keycloak({ url: "https://id.example", realm: "a" }).options.issuer, "https://id.example/realms/a");
  assert.equal(providers.keycloak().options.issuer, undefined);
  const own = { options: { promptAfterLogout: "select_account" }, revocation: { reach: "session" } };
  assert.deepEqual(providers.google(own).options, { issuer: "https://accounts.google.com", revocationReach: "session", promptAfterLogout: "select_account" });
});

test("DISC-6 DISC-7 what the row knows stands in the metadata that the core sees, and what it does not know stays", async () => {
  const { found } = await signOut(providers.cognito({ domain: "login.example" }));
  assert.deepEqual(found, { ...METADATA, revocation_endpoint: "https://login.example/oauth2/revoke", end_session_endpoint: "https://login.example/logout" });
  assert.deepEqual((await signOut(providers.cognito())).found, METADATA);
  const { found: apple } = await signOut(providers.apple());
  assert.deepEqual([apple.revocation_endpoint, apple.end_session_endpoint], [null, null]);
});

test("an app's own row is as good as these, and one that cannot be right is refused", async () => {
  const row = {
    name: "mine",
    revocation: { method: "PUT", answers: [{ status: 204, means: "revoked" }] },
    logout: { parameters: { post_logout_redirect_uri: "to", state: null }, stateInReturn: true },
  };
  const { asked, heard, left } = await signOut(dialect(row), { answer: { status: 204, body: "" } });
  assert.deepEqual(asked.map(({ method }) => method), ["PUT", "PUT"]);
  assert.deepEqual(heard, [{ status: 200 }, { status: 200 }]);
  assert.equal(new URL(left.url).searchParams.get("to"), `${APP}?state=s1`);
  assert.throws(() => dialect({ name: "wrong", revocation: { answers: [{ status: 200, means: "yes" }] } }), TypeError);
  assert.throws(() => dialect({ name: "wrong", revocation: { answers: [{ body: "(", means: "revoked" }] } }), SyntaxError);
});

test("LOUT-6 whatever a row does, the core has an answer", async () => {
  const provider = dialect({ name: "wrong", revocation: { tokens: 5, parameters: { token: "a" } } });
  assert.deepEqual(await provider.send(revocation(`${ISSUER}/revoke`, "refresh_token", "RT"), async () => OK), { failure: "network" });
  const rejects = () => Promise.reject(new Error("no"));
  assert.deepEqual(await dialect({ name: "none" }).send(revocation(`${ISSUER}/revoke`, "access_token", "AT"), rejects), { failure: "network" });
});

test("a row is found by its issuer, and nobody's issuer has none", () => {
  for (const [issuer, name] of [
    ["https://accounts.google.com", "Google"],
    ["https://login.microsoftonline.com/3aa4a235-b6e2-48d5-9195-7fcf05b459b0/v2.0", "Microsoft Entra ID"],
    ["https://acme.eu.auth0.com/", "Auth0"],
    ["https://acme.okta.com", "Okta"],
    ["https://acme.okta.com/oauth2/default", "Okta"],
    ["https://id.example/realms/acme", "Keycloak"],
    ["https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_abc", "Amazon Cognito"],
    ["https://gitlab.com", "GitLab"],
    ["https://discord.com", "Discord"],
    ["https://id.twitch.tv/oauth2", "Twitch"],
    ["https://appleid.apple.com", "Apple"],
    ["https://acme.my.salesforce.com", "Salesforce"],
    ["https://acme.zitadel.cloud", "ZITADEL"],
    ["https://app.example/api/auth", "Better Auth"],
    ["https://id.example/application/o/acme/", "authentik"],
  ]) {
    const found = providerFor(issuer);
    assert.equal(found?.row.name, name, issuer);
    assert.equal(found.options.issuer, issuer);
  }
  for (const issuer of ["https://id.example", "https://accounts.google.com/", "https://accounts.google.com.evil.example", "{url}/realms/{realm}"]) {
    assert.equal(providerFor(issuer), undefined, issuer);
  }
});
