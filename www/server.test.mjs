import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";

import { json } from "./faults.mjs";
import { serve } from "./server.mjs";
import { Visitor } from "./testing/visitor.mjs";

const elsewhere = "http://localhost:5999";
let world;
let folder;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "nightlatch-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>mounted</title>");
  world = await serve({ control: true, extraOrigins: [elsewhere], redirectUris: ["/more/callback"], mounts: { "/e2e/": folder } });
});

afterEach(() => {
  world.faults.clear();
  world.setAccessTokenTtl(300);
});

after(async () => {
  await world.close();
  await rm(folder, { recursive: true });
});

const visitor = () => new Visitor(world);
const me = (token) => fetch(`${world.api}/me`, { headers: { Authorization: `Bearer ${token}`, Origin: world.app } });
const active = async (token) => (await world.introspect(token)).active;
const claims = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
const discovery = async () => (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();

describe("sign-in", () => {
  test("a name and its password give a code for the app, with state and issuer beside it", async () => {
    const { answer, asked, tokens } = await visitor().signIn();
    assert.equal(answer.get("state"), asked.parameters.state);
    assert.equal(answer.get("iss"), world.issuer);
    assert.equal(claims(tokens.id_token).nonce, asked.parameters.nonce);
    assert.equal(claims(tokens.id_token).name, "Ada Lovelace");
    assert.equal(claims(tokens.id_token).email, "ada@example.com");
    assert.equal(tokens.expires_in, 300);
  });

  test("a wrong password shows the form again and says so", async () => {
    const browser = visitor();
    const form = await browser.visit(browser.authorization().address);
    const again = await browser.submit(form, { username: "ada", password: "hopper" });
    assert.equal(again.status, 403);
    assert.match(again.html, /role="alert"/);
    assert.match(again.html, /value="ada"/);
    const done = await browser.submit(again, { username: "ada", password: "lovelace" });
    assert.ok(done.url.searchParams.get("code"));
  });

  test("what a person types is shown as text", async () => {
    const browser = visitor();
    const form = await browser.visit(browser.authorization().address);
    const again = await browser.submit(form, { username: '"><script>', password: "x" });
    assert.doesNotMatch(again.html, /"><script>/);
  });

  test("a person may change their mind", async () => {
    const browser = visitor();
    const form = await browser.visit(browser.authorization().address);
    const { url } = await browser.visit(/action="([^"]+\/cancel)"/.exec(form.html)[1], { form: {} });
    assert.equal(url.searchParams.get("error"), "access_denied");
    assert.equal(url.searchParams.get("iss"), world.issuer);
  });

  test("offline_access gives a refresh token without prompt=consent, and leaving it out gives none", async () => {
    const with_ = await visitor().signIn();
    assert.ok(with_.tokens.refresh_token);
    assert.match(with_.tokens.scope, /\boffline_access\b/);
    const without = await visitor().signIn({ scope: "openid" });
    assert.equal(without.tokens.refresh_token, undefined);
  });

  test("the second sign-in asks for nothing, prompt=login asks again, prompt=none never asks", async () => {
    const browser = visitor();
    assert.equal((await browser.signIn()).askedForPassword, true);
    assert.equal((await browser.signIn()).askedForPassword, false);
    assert.equal((await browser.signIn({ prompt: "login" })).askedForPassword, true);
    assert.equal((await browser.signIn({ prompt: "none" })).askedForPassword, false);
    const stranger = visitor();
    const { url } = await stranger.visit(stranger.authorization({ prompt: "none" }).address);
    assert.equal(url.searchParams.get("error"), "login_required");
  });

  test("another person may sign in over the first", async () => {
    const browser = visitor();
    await browser.signIn();
    const form = await browser.visit(browser.authorization({ prompt: "login" }).address);
    const page = await browser.submit(form, { username: "grace", password: "hopper" });
    assert.match(page.headers.get("content-security-policy"), /script-src 'self' 'sha256-/, "the library's own script may run");
  });

  test("PKCE is required, and the verifier must fit", async () => {
    const browser = visitor();
    const plain = browser.authorization();
    const address = new URL(plain.address);
    address.searchParams.delete("code_challenge");
    address.searchParams.delete("code_challenge_method");
    assert.equal((await browser.visit(address)).url.searchParams.get("error"), "invalid_request");

    const { url } = await browser.submit(await browser.visit(plain.address), { username: "ada", password: "lovelace" });
    const form = { grant_type: "authorization_code", code: url.searchParams.get("code"), redirect_uri: `${world.app}/callback` };
    assert.equal((await browser.token({ ...form, code_verifier: "x".repeat(43) })).status, 400);
    assert.equal((await browser.token({ ...form, code_verifier: plain.verifier })).status, 200);
  });

  test("only registered addresses are returned to, at every origin that serves the app", async () => {
    for (const redirect_uri of [`${world.app}/e2e/callback.html`, `${world.app}/more/callback`, `${elsewhere}/callback`]) {
      assert.ok((await visitor().signIn({ redirect_uri })).tokens.access_token);
    }
    const browser = visitor();
    const page = await browser.visit(browser.authorization({ redirect_uri: "http://localhost:1/callback" }).address);
    assert.equal(page.status, 400);
    assert.match(page.html, /invalid_redirect_uri/);
  });
});

describe("tokens", () => {
  test("the API believes a live token and refuses any other", async () => {
    const { tokens } = await visitor().signIn();
    const answer = await me(tokens.access_token);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("access-control-allow-origin"), world.app);
    assert.equal((await answer.json()).name, "Ada Lovelace");
    for (const token of ["nonsense", tokens.refresh_token, tokens.id_token]) {
      const refused = await me(token);
      assert.equal(refused.status, 401);
      assert.match(refused.headers.get("www-authenticate"), /error="invalid_token"/);
      assert.equal(refused.headers.get("access-control-expose-headers"), "WWW-Authenticate, DPoP-Nonce");
    }
    assert.equal((await fetch(`${world.api}/me`)).status, 401);
  });

  test("the API echoes a body and answers a preflight only for the app's origins", async () => {
    const { tokens } = await visitor().signIn();
    const headers = { Authorization: `Bearer ${tokens.access_token}`, "Content-Type": "text/plain" };
    const echoed = await fetch(`${world.api}/echo`, { method: "POST", headers, body: "hello" });
    assert.equal((await echoed.json()).body, "hello");
    const preflight = (origin) => fetch(`${world.api}/me`, { method: "OPTIONS", headers: { Origin: origin, "Access-Control-Request-Method": "GET" } });
    assert.equal((await preflight(elsewhere)).headers.get("access-control-allow-origin"), elsewhere);
    assert.equal((await preflight("http://localhost:1")).headers.get("access-control-allow-origin"), null);
  });

  test("a refresh rotates, and an old refresh token ends the whole family", async () => {
    const browser = visitor();
    const { tokens: first } = await browser.signIn();
    const second = (await browser.token({ grant_type: "refresh_token", refresh_token: first.refresh_token })).body;
    assert.notEqual(second.refresh_token, first.refresh_token);
    assert.equal(await active(second.access_token), true);
    const reuse = await browser.token({ grant_type: "refresh_token", refresh_token: first.refresh_token });
    assert.equal(reuse.status, 400);
    assert.match(reuse.text, /invalid_grant/);
    for (const token of [second.refresh_token, second.access_token]) assert.equal(await active(token), false);
  });

  test("a revoked token is inactive, and the API refuses it at once", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    const revoked = await browser.revoke(tokens.refresh_token, "refresh_token");
    assert.deepEqual([revoked.status, revoked.cors], [200, world.app]);
    for (const token of [tokens.refresh_token, tokens.access_token]) assert.equal(await active(token), false);
    assert.equal((await me(tokens.access_token)).status, 401);
  });

  test("what one sign-in got is revoked alone", async () => {
    const browser = visitor();
    const { tokens: first } = await browser.signIn();
    const { tokens: second } = await browser.signIn();
    await browser.revoke(first.refresh_token);
    assert.equal(await active(first.access_token), false);
    assert.equal(await active(second.refresh_token), true);
  });

  test("access tokens live as long as the test says", async () => {
    world.setAccessTokenTtl(1);
    const browser = visitor();
    const { tokens } = await browser.signIn();
    assert.equal(tokens.expires_in, 1);
    await new Promise((done) => setTimeout(done, 1100));
    assert.equal((await me(tokens.access_token)).status, 401);
    assert.equal(await active(tokens.refresh_token), true);
  });

  test("a foreign origin is refused by token and revocation endpoint", async () => {
    const answer = await fetch(`${world.issuer}/token/revocation`, {
      method: "POST",
      headers: { Origin: "http://localhost:1" },
      body: new URLSearchParams({ client_id: world.clientId, token: "x" }),
    });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  });

  test("every token that was issued is known to the test", async () => {
    const { tokens } = await visitor().signIn();
    const last = world.issued.at(-1);
    assert.equal(last.grantType, "authorization_code");
    assert.deepEqual([last.accessToken, last.refreshToken, last.idToken], [tokens.access_token, tokens.refresh_token, tokens.id_token]);
  });

  test("a test may have anything signed with the provider's key", async () => {
    const browser = visitor();
    await browser.signIn();
    const id_token_hint = world.sign({ iss: world.issuer, aud: world.clientId, sub: "u-1815", iat: Math.floor(Date.now() / 1000), exp: 1 });
    const page = await browser.visit(`/session/end?${new URLSearchParams({ id_token_hint })}`);
    assert.equal(page.status, 200);
  });
});

describe("sign-out at the provider", () => {
  const ask = (browser, form, { post }) =>
    post
      ? browser.visit("/session/end", { form, origin: world.app })
      : browser.visit(`/session/end?${new URLSearchParams(form)}`);
  const confirm = (browser, page, more) => {
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.html)[1];
    return browser.visit("/session/end/confirm", { form: { xsrf, ...more } });
  };

  for (const post of [false, true]) {
    test(`with an ID token it needs no question, by ${post ? "POST" : "GET"}, and the next sign-in asks for the password`, async () => {
      const browser = visitor();
      const { tokens } = await browser.signIn();
      const form = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${world.app}/signed-out`, state: "s" };
      const page = await ask(browser, form, { post });
      assert.match(page.html, /src="\/assets\/sign-out\.js"/);
      if (post) assert.ok(!page.url.href.includes(tokens.id_token), "the token stays out of the address");
      const { url } = await confirm(browser, page, { logout: "yes" });
      assert.equal(url.href, `${world.app}/signed-out?state=s`);
      assert.equal((await browser.signIn()).askedForPassword, true);
    });
  }

  test("it leaves the tokens of offline_access alive: revoking them is the client's work", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    await confirm(browser, await ask(browser, { id_token_hint: tokens.id_token }, { post: true }), { logout: "yes" });
    assert.equal(await active(tokens.refresh_token), true);
    assert.equal(await active(tokens.access_token), true);
  });

  test("without an ID token it asks, and no means no", async () => {
    const browser = visitor();
    await browser.signIn();
    const page = await ask(browser, { client_id: world.clientId }, { post: false });
    assert.match(page.html, /id="yes"/);
    assert.match(page.html, /id="no"/);
    assert.doesNotMatch(page.html, /sign-out\.js/);
    assert.match((await confirm(browser, page, {})).html, /Still signed in/);
  });

  test("with another person's ID token it asks", async () => {
    const browser = visitor();
    await browser.signIn();
    const { tokens } = await visitor().signIn({ username: "grace", password: "hopper" });
    const page = await ask(browser, { id_token_hint: tokens.id_token }, { post: true });
    assert.doesNotMatch(page.html, /sign-out\.js/);
  });

  test("with nobody signed in the browser is sent straight back", async () => {
    const { tokens } = await visitor().signIn();
    const browser = visitor();
    const form = { id_token_hint: tokens.id_token, post_logout_redirect_uri: `${world.app}/` };
    const page = await ask(browser, form, { post: true });
    const { url } = await confirm(browser, page, { logout: "yes" });
    assert.equal(url.href, `${world.app}/`);
  });

  test("nobody is sent to an address that is not registered", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    const page = await ask(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: "http://localhost:1/" }, { post: true });
    assert.equal(page.status, 400);
  });
});

describe("faults", () => {
  const revoke = () => visitor().revoke("some-token");
  const within = (milliseconds) => ({ signal: AbortSignal.timeout(milliseconds) });
  const tokenForm = () => new URLSearchParams({ client_id: world.clientId, grant_type: "refresh_token", refresh_token: "x" });

  test("a status is answered so that the app can read it", async () => {
    for (const status of ["503", "500", "400"]) {
      world.faults.set("revocation", status);
      const answer = await revoke();
      assert.deepEqual([answer.status, answer.cors], [Number(status), world.app]);
    }
    world.faults.clear("revocation");
    assert.equal((await revoke()).status, 200);
  });

  test("a 503 may say when to come back, so that the app can read it", async () => {
    world.faults.set("revocation", "503:4");
    const answer = await fetch(`${world.issuer}/token/revocation`, { method: "POST", headers: { Origin: world.app }, body: new URLSearchParams({ token: "x" }) });
    assert.deepEqual([answer.status, answer.headers.get("retry-after"), answer.headers.get("access-control-expose-headers")], [503, "4", "Retry-After"]);
    assert.throws(() => world.faults.set("revocation", "400:4"), RangeError);
  });

  test("hang takes the request and never answers", async () => {
    world.faults.set("token", "hang");
    await assert.rejects(fetch(`${world.issuer}/token`, { method: "POST", body: tokenForm(), ...within(150) }), { name: "TimeoutError" });
    assert.equal(world.requests.of("token").at(-1).params.refresh_token, "x");
  });

  test("drop ends the connection", async () => {
    world.faults.set("revocation", "drop");
    await assert.rejects(revoke(), TypeError);
  });

  test("no-cors does the work without a word of CORS", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    world.faults.set("revocation", "no-cors");
    const answer = await browser.revoke(tokens.refresh_token);
    assert.deepEqual([answer.status, answer.cors], [200, null]);
    assert.equal(await active(tokens.refresh_token), false);
  });

  test("missing is neither there nor in the metadata", async () => {
    assert.ok((await discovery()).revocation_endpoint);
    world.faults.set("revocation", "missing");
    assert.equal("revocation_endpoint" in (await discovery()), false);
    assert.equal((await revoke()).status, 404);
  });

  test("malformed is 200 with broken JSON", async () => {
    world.faults.set("discovery", "malformed");
    await assert.rejects(discovery(), SyntaxError);
  });

  test("slow waits before it does its work", async () => {
    const { tokens } = await visitor().signIn();
    world.faults.set("revocation", "slow:200");
    const started = Date.now();
    const answer = visitor().revoke(tokens.refresh_token);
    await new Promise((done) => setTimeout(done, 80));
    assert.equal(await active(tokens.refresh_token), true);
    assert.equal((await answer).status, 200);
    assert.ok(Date.now() - started >= 200);
    assert.equal(await active(tokens.refresh_token), false);
  });

  test("late does its work and keeps the answer back, lost never lets it out", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    world.faults.set("token", "late:200");
    const started = Date.now();
    const refreshed = browser.token({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
    await new Promise((done) => setTimeout(done, 80));
    assert.equal(world.issued.at(-1).grantType, "refresh_token");
    const { body } = await refreshed;
    assert.ok(Date.now() - started >= 200);
    assert.equal(body.refresh_token, world.issued.at(-1).refreshToken);

    world.faults.set("token", "lost");
    await assert.rejects(browser.token({ grant_type: "refresh_token", refresh_token: body.refresh_token }), TypeError);
    assert.notEqual(world.issued.at(-1).refreshToken, body.refresh_token);
    assert.equal(await active(world.issued.at(-1).refreshToken), true);
  });

  test("a function scripts the answer, or looks at the request and lets it through", async () => {
    world.faults.set("token", (req, res) => json(req, res, 200, { access_token: `for ${req.params.refresh_token}`, token_type: "Bearer" }));
    assert.equal((await visitor().token({ grant_type: "refresh_token", refresh_token: "x" })).body.access_token, "for x");
    assert.deepEqual(world.faults.all(), { token: "scripted" });
    world.faults.clear("token");
    const seen = [];
    world.faults.set("token", (req, _res, next) => {
      seen.push(req.params.grant_type);
      next();
    });
    await visitor().signIn();
    assert.deepEqual(seen, ["authorization_code"]);
  });

  test("metadata is replaced member by member", async () => {
    world.faults.set("discovery", { issuer: "https://other.example", end_session_endpoint: undefined });
    const metadata = await discovery();
    assert.equal(metadata.issuer, "https://other.example");
    assert.equal("end_session_endpoint" in metadata, false);
    assert.ok(metadata.token_endpoint);
  });

  test("the whole provider can be gone; the API then believes nobody, and the test still sees the truth", async () => {
    const { tokens } = await visitor().signIn();
    for (const mode of ["drop", "503", "hang"]) {
      world.faults.set("provider", mode);
      if (mode === "503") assert.equal((await revoke()).status, 503);
      else await assert.rejects(fetch(`${world.issuer}/jwks`, within(150)));
      assert.equal(await active(tokens.access_token), true);
    }
    world.faults.set("provider", "drop");
    assert.equal((await me(tokens.access_token)).status, 503);
    world.faults.clear();
    assert.equal((await me(tokens.access_token)).status, 200);
  });

  test("an endpoint's own fault goes before that of the whole provider", async () => {
    world.faults.set("provider", "drop");
    world.faults.set("jwks", "500");
    assert.equal((await fetch(`${world.issuer}/jwks`)).status, 500);
  });

  test("the API has faults of its own", async () => {
    const { tokens } = await visitor().signIn();
    world.faults.set("api", "503");
    assert.equal((await me(tokens.access_token)).status, 503);
  });

  test("a preflight is answered while its endpoint is broken, so that the request itself meets the fault", async () => {
    world.faults.set("userinfo", "drop");
    const preflight = await fetch(`${world.issuer}/me`, { method: "OPTIONS", headers: { Origin: world.app, "Access-Control-Request-Method": "GET" } });
    assert.equal(preflight.status, 204);
    world.faults.set("userinfo", "no-cors");
    const refused = await fetch(`${world.issuer}/me`, { method: "OPTIONS", headers: { Origin: world.app, "Access-Control-Request-Method": "GET" } });
    assert.equal(refused.headers.get("access-control-allow-origin"), null);
  });

  test("what is not a fault is refused when it is set", () => {
    assert.throws(() => world.faults.set("tokens", "503"), RangeError);
    assert.throws(() => world.faults.set("token", "sometimes"), RangeError);
    assert.throws(() => world.faults.set("token", { issuer: "x" }), RangeError);
  });
});

describe("the request log", () => {
  test("holds what arrived, in order, and how it ended", async () => {
    world.requests.clear();
    const browser = visitor();
    const { tokens } = await browser.signIn();
    await browser.revoke(tokens.refresh_token, "refresh_token");
    await me(tokens.access_token);
    const [revocation] = world.requests.of("revocation");
    assert.equal(revocation.params.token_type_hint, "refresh_token");
    assert.equal(revocation.origin, world.app);
    assert.deepEqual([revocation.target, revocation.method, revocation.status], ["idp", "POST", 200]);
    const [call] = world.requests.of("api");
    assert.deepEqual([call.target, call.path, call.status, call.authorization], ["api", "/me", 401, true]);
    assert.equal(world.requests.of("token").length, 1);
    assert.ok(world.requests.indexOf(revocation) < world.requests.indexOf(call));
  });
});

describe("the app's server", () => {
  test("serves the app, the package and further folders under a strict policy", async () => {
    const page = await fetch(`${world.app}/`);
    assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; /);
    assert.ok(page.headers.get("content-security-policy").includes(`connect-src 'self' ${world.issuer} ${world.api};`));
    assert.equal(page.headers.get("cache-control"), "no-cache");
    assert.equal(page.headers.get("referrer-policy"), "no-referrer");
    assert.equal(page.headers.get("x-content-type-options"), "nosniff");
    assert.equal((await fetch(`${world.app}/nightlatch/index.d.ts`)).status, 200);
    assert.match(await (await fetch(`${world.app}/e2e/`)).text(), /mounted/);
    assert.deepEqual(await (await fetch(`${world.app}/config.json`)).json(), world.config);
  });

  test("an address of the app's own shows the app, a missing file is missing", async () => {
    const page = await (await fetch(`${world.app}/`)).text();
    for (const path of ["/callback?code=x", "/signed-out"]) assert.equal(await (await fetch(world.app + path)).text(), page);
    for (const path of ["/missing.js", "/e2e/missing", "/nightlatch/missing.js"]) assert.equal((await fetch(world.app + path)).status, 404);
  });

  test("nothing outside its folders is served", async () => {
    for (const path of ["/..%2fserver.mjs", "/e2e/..%2f..%2fetc/passwd", "/%2e%2e/server.mjs", "/%00"]) {
      assert.notEqual((await fetch(world.app + path)).headers.get("content-type"), "text/javascript; charset=utf-8");
      assert.doesNotMatch(await (await fetch(world.app + path)).text(), /export async function serve|root:/);
    }
  });
});

describe("control", () => {
  const post = (body, headers = {}) =>
    fetch(`${world.app}/control`, { method: "POST", headers: { Origin: world.app, "Content-Type": "application/json", ...headers }, body: JSON.stringify(body) });

  test("sets and clears faults and the lifetime of access tokens", async () => {
    const set = await (await post({ fault: { endpoint: "revocation", mode: "503" }, accessTokenTtl: 20 })).json();
    assert.deepEqual([set.faults, set.accessTokenTtl], [{ revocation: "503" }, 20]);
    assert.deepEqual(await (await fetch(`${world.app}/control`)).json(), set);
    const { faults } = await (await post({ clear: true, fault: [{ endpoint: "token", mode: "hang" }, { endpoint: "jwks", mode: "400" }] })).json();
    assert.deepEqual(faults, { token: "hang", jwks: "400" });
    assert.deepEqual((await (await post({ clear: true })).json()).faults, {});
  });

  test("tells whether the last tokens are alive, and never what they are", async () => {
    const browser = visitor();
    const { tokens } = await browser.signIn();
    const state = async () => (await fetch(`${world.app}/control`)).text();
    const before = await state();
    assert.deepEqual(JSON.parse(before).alive, { accessToken: true, refreshToken: true });
    for (const token of [tokens.access_token, tokens.refresh_token, tokens.id_token]) assert.ok(!before.includes(token));
    await browser.revoke(tokens.refresh_token);
    assert.deepEqual(JSON.parse(await state()).alive, { accessToken: false, refreshToken: false });
  });

  test("takes JSON of the app's own origin and nothing else", async () => {
    assert.equal((await post({ clear: true }, { Origin: elsewhere })).status, 403);
    assert.equal((await post({ clear: true }, { "Content-Type": "text/plain" })).status, 415);
    assert.equal((await post({ fault: { endpoint: "token", mode: "nonsense" } })).status, 400);
    assert.equal((await post("not an object")).status, 200);
  });

  test("is not there unless it was asked for", async () => {
    const plain = await serve();
    try {
      assert.equal((await fetch(`${plain.app}/control`, { method: "POST", body: "{}" })).status, 405);
    } finally {
      await plain.close();
    }
  });
});

describe("the end", () => {
  test("close lets go of what hangs, and a second world takes another port", async () => {
    const { port } = new URL(world.app);
    const other = await serve({ appPort: Number(port), anyPort: true });
    assert.notEqual(new URL(other.app).port, port);
    other.faults.set("provider", "hang");
    const hanging = assert.rejects(fetch(`${other.issuer}/jwks`));
    await new Promise((done) => setTimeout(done, 50));
    await other.close();
    await hanging;
    await assert.rejects(serve({ appPort: Number(port) }), { code: "EADDRINUSE" });
  });
});
