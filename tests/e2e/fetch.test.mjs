import assert from "node:assert/strict";
import { test } from "node:test";

import { json } from "../../www/faults.mjs";
import { askApi, events, logout, lastIssued, openApp, openSignedIn, requestTo } from "./harness/app.mjs";
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

test("RS-2 A19 an address counts as the browser reads it, and not as it is written", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  const { protocol, host } = new URL(world.api);

  for (const [address, sent] of [
    [`//${host}/me`, true],
    [`${protocol.toUpperCase()}//${host.toUpperCase()}/x/../me`, true],
    [`${protocol}\\\\${host}\\me`, true],
    [`//${new URL(world.issuer).host}/jwks?${world.api}/me`, false],
  ]) {
    world.requests.clear();
    await tab.run((address) => window.auth.fetch(address), address);
    assert.deepEqual([...world.requests.of("api"), ...world.requests.of("jwks")].map(({ authorization }) => authorization), [sent], address);
  }
  const before = world.requests.length;
  const name = await tab.run((address) => window.auth.fetch(address).catch(({ name }) => name), `${protocol}//${host}@${new URL(world.issuer).host}/me`);
  assert.equal(name, "TypeError");
  assert.equal(world.requests.length, before);
});

test("RS-1 a call with an `Authorization` header of its own goes out as it is", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const { accessToken } = lastIssued(stage);
  let said;
  world.faults.set("api", (req, res) => {
    said = req.headers.authorization;
    json(req, res, 401, {});
  });
  world.requests.clear();

  assert.equal(await tab.run(async () => (await window.auth.fetch(`${window.api}/me`, { headers: { authorization: "Basic YTpi" } })).status), 401);

  assert.equal(said, "Basic YTpi");
  assert.equal(world.requests.of("api").length, 1);
  assert.equal(world.requests.of("token").length, 0);
  assert.ok(accessToken);
});

test("RS-2 what the app says of a request stays as it said it, but for the redirect", async () => {
  const tab = await openSignedIn(stage);

  const [seen, plain] = await tab.run(async () => {
    const names = ["method", "mode", "credentials", "cache", "redirect", "referrer", "referrerPolicy", "integrity", "keepalive", "url"];
    const { fetch } = window;
    let seen;
    window.fetch = async (input, changes) => {
      const request = new Request(input, changes);
      seen = Object.fromEntries(names.map((name) => [name, request[name]]));
      seen.headers = [...request.headers.keys()];
      return new Response();
    };
    const init = { method: "PUT", body: "x", mode: "cors", credentials: "include", cache: "no-cache", referrer: "/e2e/elsewhere.html", referrerPolicy: "origin", integrity: "sha256-AAAA", keepalive: true, headers: { "X-A": "b" } };
    const all = [];
    for (const input of [[`${window.api}/me`, init], [new Request(`${window.api}/me`, init)], [`${window.api}/me`, { mode: "no-cors", redirect: "manual", referrer: "" }], ["https://elsewhere.example", init]]) {
      await window.auth.fetch(...input);
      all.push(seen);
    }
    window.fetch = fetch;
    // (Firefox drops `keepalive` when one request is made of another.)
    const asked = new Request(`${window.api}/me`, init);
    return [all, [asked, new Request(asked)].map((request) => Object.fromEntries(names.map((name) => [name, request[name]])))];
  });

  for (const [at, own] of plain.entries()) {
    assert.deepEqual(seen[at], { ...own, redirect: "error", headers: ["authorization", "content-type", "x-a"] });
  }
  assert.deepEqual(seen[3], { ...plain[0], url: "https://elsewhere.example/", headers: ["content-type", "x-a"] });
  const { mode, redirect, referrer, headers } = seen[2];
  assert.deepEqual({ mode, redirect, referrer, headers }, { mode: "no-cors", redirect: "manual", referrer: "", headers: [] });
});

test("a call by `Request`, with `keepalive`, or for the same origin is the browser's own", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  const post = { method: "POST", body: "the same words", headers: { "Content-Type": "text/plain" } };

  const bodies = await tab.run(async (post) => {
    const calls = [[new Request(`${window.api}/echo`, post)], [new URL(`${window.api}/echo`), post], [`${window.api}/echo`, { ...post, keepalive: true, priority: "low" }]];
    return Promise.all(calls.map(async (call) => (await (await window.auth.fetch(...call)).json()).body));
  }, post);
  assert.deepEqual(bodies, Array(3).fill("the same words"));

  world.requests.clear();
  const failed = await tab.run(() =>
    Promise.all([
      window.auth.fetch(`${window.api}/me`, { mode: "same-origin" }).catch(({ name }) => name),
      window.auth.fetch(`${window.api}/me`, { integrity: "sha256-AAAA" }).catch(({ name }) => name),
      window.auth.fetch(`${window.api}/me`, { method: "GET", body: "x" }).catch(({ name }) => name),
    ]),
  );
  assert.deepEqual(failed, ["TypeError", "TypeError", "TypeError"]);
  assert.equal(world.requests.of("api").length, 1, "the one whose content was judged");
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

test("RS-3 an API that says 401 a thousand times causes one refresh", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("api", (req, res) => json(req, res, 401, {}));

  const statuses = await tab.run(async () => {
    const statuses = {};
    for (let round = 0; round < 100; round += 1) {
      const ten = await Promise.all(Array.from({ length: 10 }, (_, at) => window.auth.fetch(`${window.api}/me?${at}`)));
      for (const { status } of ten) statuses[status] = (statuses[status] ?? 0) + 1;
    }
    return statuses;
  });

  assert.deepEqual(statuses, { 401: 1000 });
  assert.equal(world.requests.of("token").length, 1);
  assert.ok(world.requests.of("api").length <= 1010, "none but the first ten was tried again");
});

for (const [challenge, refreshes] of [
  [null, 1],
  ["Bearer", 1],
  ['bEARER realm="Basic error=\\"x, y\\"", error=invalid_token', 1],
  [['Basic realm="a, Bearer"', 'Bearer realm="b"'], 1],
  ['Basic realm="a"', 0],
  ['Basic realm="Bearer error=\\"invalid_token\\""', 0],
  ['DPoP algs="ES256", error="use_dpop_nonce"', 0],
  ["Negotiate YmVhcmVy==", 0],
]) {
  test(`RS-3 RS-4 a 401 with the challenge ${challenge} causes ${refreshes === 1 ? "one refresh" : "none"}`, async () => {
    const { world } = stage;
    const tab = await openSignedIn(stage);
    world.requests.clear();
    world.faults.set("api", (req, res) => json(req, res, 401, {}, challenge ? { "WWW-Authenticate": challenge, "Access-Control-Expose-Headers": "WWW-Authenticate" } : {}));

    assert.equal(await askApi(tab), 401);

    assert.equal(world.requests.of("token").length, refreshes);
    assert.equal(world.requests.of("api").length, 1 + refreshes);
    assert.deepEqual(await events(tab, "stepUpRequired"), []);
  });
}

test("RS-4 a challenge that the API does not expose to the page causes one refresh, and no more", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("api", (req, res) => json(req, res, 401, {}, { "WWW-Authenticate": 'Basic realm="a"' }));

  assert.equal(await askApi(tab), 401);
  assert.equal(await askApi(tab), 401);

  assert.equal(world.requests.of("token").length, 1);
  assert.equal(world.requests.of("api").length, 3);
});

test("RS-3 a 401 whose refresh fails is given back untouched", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.faults.set("api", (req, res) => json(req, res, 401, { words: "untouched" }));
  world.faults.set("token", "503");

  assert.deepEqual(await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).json()), { words: "untouched" });
});

test("RS-3 a 401 to a stream, which passes through as it is, is given back untouched; a `Request` holds its body, and is sent again", async () => {
  const tab = await openSignedIn(stage);
  // Browsers send streams by HTTP/2 alone. The network is played here; requests and streams are the browser's.
  const seen = await tab.run(async () => {
    const { fetch } = window;
    const seen = [];
    window.fetch = async (request, init) => {
      if (!(request instanceof Request)) return fetch(request, init); // The provider is asked for the new token.
      seen.push(await new Request(request, init).text());
      return new Response("untouched", { status: 401 });
    };
    const body = () => new Blob(["a stream"]).stream();
    const init = { method: "POST", duplex: "half" };
    const isTaken = (await new Request("/", { ...init, body: body() }).text()) === "a stream";
    const one = await (await window.auth.fetch(`${window.api}/echo`, { ...init, body: body() })).text();
    const other = isTaken ? await (await window.auth.fetch(new Request(`${window.api}/echo`, { ...init, body: body() }))).text() : one;
    window.fetch = fetch;
    return { seen, isTaken, answers: [one, other] };
  });
  assert.deepEqual(seen.answers, ["untouched", "untouched"]);
  // (Firefox takes no streams.)
  assert.deepEqual(seen.seen, seen.isTaken ? ["a stream", "a stream", "a stream"] : seen.seen.slice(0, 1));
});

test("RS-6 A8 whatever stage a call has come to, a logout ends it, and no call after it carries a token", async () => {
  const { world } = stage;
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("token", "hang");
  world.faults.set("api", (req, res) => {
    if (req.url === "/refused") return json(req, res, 401, {});
    if (req.url !== "/streams") return undefined; // It hangs.
    res.writeHead(200, { "Access-Control-Allow-Origin": world.app });
    return res.write("the first words");
  });
  await tab.run(async () => {
    const ended = (call) => call.then(() => "answered", (error) => error.name);
    const streaming = await window.auth.fetch(`${window.api}/streams`);
    window.calls = [ended(streaming.text()), ended(window.auth.fetch(`${window.api}/refused`))];
  });
  await requestTo(stage, "token"); // One stands between the 401 and its second try.
  await tab.run(() => {
    const ended = (call) => call.then(() => "answered", (error) => error.name);
    for (let at = 0; at < 10; at += 1) window.calls.push(ended(window.auth.fetch(`${window.api}/me?${at}`)));
  });
  await until("the browser has sent as many as it sends", () => world.requests.of("api").length >= 5);

  const names = await tab.run(async () => {
    const ended = (call) => call.then(() => "answered", (error) => error.name);
    await window.auth.getAccessToken();
    // It has its token, and not yet used it.
    window.calls.push(ended(window.auth.fetch(`${window.api}/last`)));
    const report = window.auth.logout();
    const names = await Promise.all(window.calls);
    await report;
    return names;
  });

  assert.deepEqual(names, Array(13).fill("AbortError"));
  await until("the API has lost them", () => world.requests.of("api").every(({ aborted, path }) => aborted || path === "/refused"));
  const before = world.requests.of("api").length;
  world.faults.clear();
  const code = await tab.run(() => window.auth.fetch(`${window.api}/me`).catch(({ code }) => code));
  assert.equal(code, "login_required");
  assert.equal(world.requests.of("api").length, before);
  assert.equal(world.requests.of("api").some(({ path }) => path === "/last"), false);
});

test("a client that is closed ends its calls, since it would hear of no sign-out", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("api", "hang");
  await tab.run(() => void (window.call = window.auth.fetch(`${window.api}/me`).catch(({ name }) => name)));
  await requestTo(stage, "api");

  assert.equal(await tab.run(() => (window.auth.close(), window.call)), "AbortError");
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

test("the app's own reason is passed on, at once, whatever is waited for", async () => {
  const { world } = stage;
  world.setAccessTokenTtl(20); // Less than a call wants: every call waits for a refresh.
  const tab = await openSignedIn(stage);
  world.requests.clear();
  world.faults.set("token", "hang");

  const reasons = await tab.run(async () => {
    const reason = (signal) => window.auth.fetch(`${window.api}/me`, { signal }).catch((error) => error.name ?? error);
    const controller = new AbortController();
    const waiting = reason(controller.signal);
    setTimeout(() => controller.abort("the app's own"));
    return Promise.all([waiting, reason(AbortSignal.abort("from the start")), reason(AbortSignal.timeout(1))]);
  });

  assert.deepEqual(reasons, ["the app's own", "from the start", "TimeoutError"]);
  assert.equal(world.requests.of("api").length, 0);
});
