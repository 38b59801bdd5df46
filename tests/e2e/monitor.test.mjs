import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { assertSignedIn, assertSignedOut, events, fillForm, isActive, lastIssued, openApp, openSignedIn, requestTo, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { json } from "../../www/faults.mjs";
import { strictPolicy } from "../../www/static.mjs";
import { until } from "./harness/until.mjs";

const csp = (config) => `${strictPolicy(config).replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self' ${config.issuer}`;

const frames = (tab) => tab.run(() => window.frames.length);
const silentOnes = (stage) => stage.world.requests.filter(({ path, params }) => path === "/auth" && params.prompt === "none").length;
/** What the provider's frame has said to the page. */
const answers = (tab) => tab.run(() => window.heard);
const said = (tab, words) => until(`the frame says ${words}`, async () => (await answers(tab)).join(" ").includes(words));

/** A page whose session is watched, from its sign-in on. */
async function watched(stage, monitor = {}, options = {}) {
  stage.world.config.e2e = { monitor: { interval: 2, ...monitor }, options };
  return openSignedIn(stage);
}

/** Has the provider's frame say these words, one after the other, and the last for ever; it tells the provider what it is asked. */
function scriptFrame({ world }, ...words) {
  world.faults.set("check_session", (req, res) => {
    const question = new URL(req.url, world.issuer).searchParams.get("asked");
    if (question !== null) return json(req, res, 200, words.length > 1 ? words.shift() : words[0]);
    res.setHeader("Content-Type", "text/html");
    res.end(`<!doctype html><script>
      addEventListener("message", async ({ data, origin, source }) => {
        const told = await fetch("?" + new URLSearchParams({ asked: JSON.stringify({ data, origin }) }));
        source.postMessage(await told.json(), origin);
      });
    </script>`);
    return undefined;
  });
}

const questions = ({ world }) => world.requests.of("check_session").flatMap(({ params }) => (params.asked ? [JSON.parse(params.asked)] : []));

/** Signs in at the provider as somebody, past the app: the answer goes to a page that takes none. */
async function signInAtProvider(stage, name) {
  const { world } = stage;
  const tab = await stage.browser.open();
  const verifierDigest = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const address = new URL(`${world.issuer}/auth`);
  address.search = new URLSearchParams({
    client_id: world.clientId,
    redirect_uri: `${world.app}/pkg-test/callback.html`,
    response_type: "code",
    scope: "openid",
    state: "s",
    nonce: "n",
    code_challenge: verifierDigest,
    code_challenge_method: "S256",
    prompt: "login",
  });
  await tab.visit(address.href);
  await fillForm(stage, tab, name);
  await until("the provider has sent them away", async () => (await tab.address()).startsWith(world.app));
  await tab.close();
}

describe("with the provider on the app's own site", () => {
  const stage = setStage({ csp, sameSite: true });

  test("SESS-1 SESS-2 SESS-6 a session that goes on is asked about at the provider's own origin, and left alone", async () => {
    const tab = await watched(stage);
    await said(tab, "unchanged unchanged");
    await assertSignedIn(tab);
    assert.equal(silentOnes(stage), 0);
    assert.equal(await frames(tab), 1);
    const [frame] = await tab.run(() => [...document.querySelectorAll("iframe")].map(({ hidden, src }) => ({ hidden, src })));
    assert.deepEqual(frame, { hidden: true, src: `${stage.world.issuer}/session/check` });
    // A reload goes on with it, and a page that only opens the app has nothing to watch by.
    await tab.visit(`${stage.world.app}/e2e/`);
    await said(tab, "unchanged");
    const other = await openApp(stage);
    assert.equal(await frames(other), 0);
  });

  test("SESS-1 the frame is told the client and the session's state, with a space between", async () => {
    scriptFrame(stage, "unchanged");
    const tab = await watched(stage);
    await said(tab, "unchanged");
    const state = await tab.run(() => Object.entries(sessionStorage).find(([key]) => key.includes("session-state"))[1]);
    assert.deepEqual(questions(stage)[0], { data: `${stage.world.clientId} ${state}`, origin: stage.world.app });
    assert.match(state, /^[0-9a-f]{64}\..+$/);
  });

  test("SESS-3 GTR-1 whoever signs out at the provider is signed out of the app, and told why", async () => {
    const tab = await watched(stage);
    await said(tab, "unchanged");
    const { accessToken, refreshToken } = lastIssued(stage);
    const elsewhere = await stage.browser.open();
    await elsewhere.visit(`${stage.world.issuer}/session/end`);
    await elsewhere.click("#yes");
    await until("the app is signed out", async () => (await events(tab, "signedOut")).length > 0);
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "providerSessionEnded" }]);
    await assertSignedOut(tab);
    assert.equal(silentOnes(stage), 1);
    assert.equal(await frames(tab), 0);
    for (const token of [accessToken, refreshToken]) assert.equal(await isActive(stage, token), false);
    assert.equal(await tab.run(() => Object.keys(sessionStorage).length), 0);
  });

  test("SESS-3 SESS-5 a change that leaves the user who they are is looked into once each time, and after two in a row no more", async () => {
    scriptFrame(stage, "unchanged", "changed", "unchanged", "changed");
    const tab = await watched(stage);
    await until("the watch has ended", async () => silentOnes(stage) === 3 && (await frames(tab)) === 0);
    assert.deepEqual(await answers(tab), ["unchanged", "changed", "unchanged", "changed", "changed"]);
    await assertSignedIn(tab);
    assert.deepEqual(await events(tab, "signedOut"), []);
    // Each silent sign-in has brought a state of its own.
    assert.equal(new Set(questions(stage).map(({ data }) => data)).size, 3);
  });

  test("SESS-3 IDT-12 AUTHZ-10 where somebody else is signed in by now, a provider that heeds the hint knows nobody, and the app is signed out", async () => {
    const tab = await watched(stage);
    const { idToken } = lastIssued(stage);
    await said(tab, "unchanged");
    await signInAtProvider(stage, "grace");
    await until("the app is told", async () => (await events(tab, "signedOut")).length > 0);
    const silent = stage.world.requests.of("authorization").find(({ params }) => params.prompt === "none");
    assert.equal(silent.params.id_token_hint, idToken);
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "providerSessionEnded" }]);
    await assertSignedOut(tab);
  });

  test("SESS-3 IDT-12 where somebody else is signed in by now, and the provider hears of no hint, the app is told that the user has changed", async () => {
    const tab = await watched(stage, {}, { endSessionMethod: "post" });
    await said(tab, "unchanged");
    await signInAtProvider(stage, "grace");
    await until("the app is told", async () => (await events(tab, "signedIn")).length > 1);
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "userChanged" }]);
    const [before, after] = (await events(tab, "signedIn")).map(({ detail }) => detail.user.sub);
    assert.notEqual(before, after);
  });

  test("SESS-4 an error starts no sign-in, and ends the watch", async () => {
    scriptFrame(stage, "unchanged", "error");
    const tab = await watched(stage);
    await said(tab, "error");
    await until("the frame is gone", async () => (await frames(tab)) === 0);
    await assertSignedIn(tab);
    assert.equal(silentOnes(stage), 0);
  });

  test("SESS-2 what anybody else says is not heard, nor what is no word", async () => {
    scriptFrame(stage, { kind: "changed" });
    const tab = await watched(stage);
    await until("the frame has spoken", async () => (await answers(tab)).length > 0);
    await tab.run(() => {
      window.postMessage("unchanged", "*");
      window.postMessage("changed", "*");
      const frame = document.createElement("iframe");
      document.body.append(frame);
      frame.contentWindow.parent.postMessage("changed", "*");
    });
    await until("all has been said", async () => (await answers(tab)).length >= 4);
    await assertSignedIn(tab);
    assert.equal(silentOnes(stage), 0);
    assert.deepEqual(await events(tab, "signedOut"), []);
  });

  test("SESS-7 the frame is asked no more often than every two seconds, and not while the page is away or signed out", async () => {
    const tab = await watched(stage, { interval: 0 });
    await said(tab, "unchanged");
    const delays = await tab.run(() => window.delays);
    assert.ok(delays.includes(2000));
    assert.deepEqual(delays.filter((delay) => delay === 0), []);
    await tab.run(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.equal(await frames(tab), 0);
    await tab.run(() => {
      delete document.hidden;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    assert.equal(await frames(tab), 1);
    await tab.run(() => window.auth.logout());
    assert.equal(await frames(tab), 0);
  });

  test("SESS-8 a frame that the provider does not let be embedded is given up", async () => {
    stage.world.faults.set("check_session", (req, res) => {
      res.setHeader("X-Frame-Options", "DENY");
      res.setHeader("Content-Type", "text/html");
      res.end("<!doctype html>");
    });
    const tab = await watched(stage, { timeout: 1 });
    await requestTo(stage, "check_session");
    await until("the frame is gone", async () => (await frames(tab)) === 0);
    await assertSignedIn(tab);
  });

  test("SESS-6 without a state, or with one that cannot be, there is no watch", async () => {
    const tab = await watched(stage);
    await tab.visit(`${stage.world.app}/e2e/?session_state=a%20b`);
    await started(tab);
    await tab.run(() => sessionStorage.clear());
    await tab.visit(`${stage.world.app}/e2e/?session_state=a%20b`);
    await started(tab);
    await assertSignedIn(tab);
    assert.equal(await frames(tab), 0);
  });
});

describe("with the provider on another site", () => {
  const stage = setStage({ csp });

  test("SESS-5 SILENT-1 WEB-12 A14 A37 a frame that the browser keeps the provider's cookies from ends nothing and starts nothing", async () => {
    const tab = await watched(stage);
    await until("the watch has ended", async () => (await answers(tab)).length > 0 && (await frames(tab)) === 0);
    assert.deepEqual(await answers(tab), ["changed"]);
    await assertSignedIn(tab);
    assert.equal(silentOnes(stage), 0);
  });

  /** Looks into it as though the person had just come back. */
  const comeBack = (tab) => tab.run(() => void document.dispatchEvent(new Event("visibilitychange")));
  const checking = (stage) => (stage.world.config.e2e = { check: { every: 0 } });

  test("a page that becomes visible asks whether the token is still good, and goes on where it is", async () => {
    checking(stage);
    const tab = await openSignedIn(stage);
    await comeBack(tab);
    const { status } = await requestTo(stage, "userinfo", ({ status }) => status);
    assert.equal(status, 200);
    await assertSignedIn(tab);
  });

  test("GTR-1 where the provider has ended everything, the page that becomes visible is signed out", async () => {
    checking(stage);
    const tab = await openSignedIn(stage);
    const { accessToken, refreshToken } = lastIssued(stage);
    for (const token of [refreshToken, accessToken]) await stage.world.revoke(token);
    await comeBack(tab);
    await until("the app is signed out", async () => (await events(tab, "signedOut")).length > 0);
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "revoked" }]);
    await assertSignedOut(tab);
  });

  test("where only the access token has ended, it is replaced", async () => {
    checking(stage);
    const tab = await openSignedIn(stage);
    const old = lastIssued(stage).accessToken;
    stage.world.faults.set("userinfo", (req, res, next) => (req.headers.authorization === `Bearer ${old}` ? json(req, res, 401, {}) : next()));
    await comeBack(tab);
    await until("it was asked again", () => stage.world.requests.of("userinfo").filter(({ status }) => status).length === 2);
    assert.deepEqual(stage.world.requests.of("userinfo").map(({ status }) => status), [401, 200]);
    await assertSignedIn(tab);
  });

  for (const [what, scripted, ends] of [
    ["IDT-13 another subject", (req, res) => json(req, res, 200, { sub: "somebody-else" }), true],
    ["a token that is not active", (req, res) => json(req, res, 200, { active: false }), true],
    ["401 for a new token too", (req, res) => json(req, res, 401, {}), true],
    ["IDT-13 an answer without a subject", (req, res) => json(req, res, 200, { name: "Mallory" }), false],
    ["IDT-13 a JWT, whatever it says,", (req, res) => answerWithJwt(req, res), false],
    ["no answer", "drop", false],
    ["an error of its own", "503", false],
    ["an answer that nobody can read", "malformed", false],
  ]) {
    test(`${what} ${ends ? "ends" : "does not end"} the session`, async () => {
      checking(stage);
      const tab = await openSignedIn(stage);
      stage.world.faults.set("userinfo", scripted);
      await comeBack(tab);
      if (!ends) {
        await requestTo(stage, "userinfo");
        await tab.run(() => window.auth.getAccessToken());
        await assertSignedIn(tab);
        return;
      }
      await until("the app is signed out", async () => (await events(tab, "signedOut")).length > 0);
      assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "providerSessionEnded" }]);
      await assertSignedOut(tab);
    });
  }

  function answerWithJwt(req, res) {
    res.writeHead(200, { "Access-Control-Allow-Origin": req.headers.origin, "Content-Type": "application/jwt" });
    res.end(stage.world.sign({ sub: "somebody-else" }));
  }

  test("it asks at most once in so many seconds", async () => {
    stage.world.config.e2e = { check: { every: 3600 } };
    const tab = await openSignedIn(stage);
    await comeBack(tab);
    await comeBack(tab);
    await tab.run(() => window.auth.getAccessToken());
    assert.equal(stage.world.requests.of("userinfo").length, 0);
  });
});
