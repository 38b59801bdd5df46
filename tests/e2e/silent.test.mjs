import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { assertSignedIn, assertSignedOut, events, leaveForGood, logout, openApp, openSignedIn, requestTo, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNoSecret } from "./harness/storage.mjs";
import { strictPolicy } from "../../www/static.mjs";
import { until } from "./harness/until.mjs";

/** The policy that the README asks for: the provider and the app itself may stand in the app's frames. */
const csp = (config) => `${strictPolicy(config).replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self' ${config.issuer}`;

/** Signs in silently, and resolves to what came of it and to whether a frame is left. */
async function silently(tab, options) {
  await begin(tab, options);
  return outcome(tab);
}

/** Begins it and does not wait. */
function begin(tab, options = {}) {
  return tab.run((options) => {
    window.silent = import("/nightlatch/silent.js")
      .then(({ loginSilently }) => loginSilently(window.auth, options))
      .then(
        (user) => ({ sub: user && user.sub }),
        ({ name, code, kind, error }) => ({ name, code, kind, error }),
      );
  }, options);
}

const outcome = (tab) => tab.run(async () => ({ ...(await window.silent), frames: window.frames.length, ran: window.ranInFrame === true }));

const asked = (stage) => stage.world.requests.filter(({ endpoint, path, params }) => endpoint === "authorization" && path === "/auth" && params.prompt === "none").length;
const exchanges = (stage) => stage.world.requests.of("token").length;

describe("with the provider on the app's own site", () => {
  const stage = setStage({ csp, sameSite: true });

  /** An app where nobody is signed in, in a browser that the provider knows somebody in. */
  async function known() {
    const tab = await openSignedIn(stage);
    await logout(tab);
    await tab.visit(`${stage.world.app}/e2e/`);
    await started(tab);
    await assertSignedOut(tab);
    return tab;
  }

  test("SILENT-2 whoever is known at the provider is signed in, and no page of the app runs in the frame", async () => {
    const tab = await known();
    assert.deepEqual(await silently(tab), { sub: "u-1815", frames: 0, ran: false });

    await assertSignedIn(tab);
    assert.equal(exchanges(stage), 2);
    assert.equal(asked(stage), 1);
    assert.equal(await tab.address(), `${stage.world.app}/e2e/`);
    assertNoSecret(stage, await tab.run(() => [{ ...sessionStorage }, window.said, performance.getEntriesByType("navigation").map(({ name }) => name)]));
  });

  for (const storage of ["tab", "memory"]) {
    test(`SILENT-2 with storage ${storage} too`, async () => {
      stage.world.config.e2e = { options: { storage } };
      const tab = await known();
      assert.deepEqual(await silently(tab), { sub: "u-1815", frames: 0, ran: false });
      await assertSignedIn(tab);
    });
  }

  test("SILENT-2 where scripts run in the frame, a page that answers popups stops there", async () => {
    const tab = await known();
    stage.world.config.e2e = { callback: "popup" };
    assert.deepEqual(await silently(tab, { scripts: true }), { sub: "u-1815", frames: 0, ran: true });
    await assertSignedIn(tab);
    assert.equal(exchanges(stage), 2);
  });

  test("SILENT-2 in such a frame nothing goes on after the callback", async () => {
    const tab = await openApp(stage);
    const first = await tab.run(async () => {
      const { handlePopupCallback } = await import("/nightlatch/popup.js");
      window.name = "nightlatch-silent";
      return Promise.race([handlePopupCallback(window.auth).then(() => "the app went on"), window.auth.getAccessToken().catch(() => "it stopped")]);
    });
    assert.equal(first, "it stopped");
  });

  test("calls that overlap share one frame and one token request", async () => {
    const tab = await known();
    const users = await tab.run(async () => {
      const { loginSilently } = await import("/nightlatch/silent.js");
      return Promise.all([1, 2, 3].map(async () => (await loginSilently(window.auth))?.sub));
    });
    assert.deepEqual(users, ["u-1815", "u-1815", "u-1815"]);
    assert.equal(asked(stage), 1);
    assert.equal(exchanges(stage), 2);
  });

  test("a tab that another one has overtaken goes by that one's session", async () => {
    const tab = await known();
    const other = await openApp(stage);
    const answers = [];
    stage.world.faults.set("authorization", (_req, _res, next) => answers.push(next));
    for (const page of [tab, other]) await begin(page);
    await until("both ask", () => answers.length === 2);
    for (const answer of answers) answer();

    for (const page of [tab, other]) {
      assert.deepEqual(await outcome(page), { sub: "u-1815", frames: 0, ran: false });
      await assertSignedIn(page);
    }
  });

  test("RESP-14 a sign-out in another tab meanwhile is not undone", async () => {
    const tab = await known();
    const other = await openApp(stage);
    let answer;
    stage.world.faults.set("authorization", (_req, _res, next) => (answer = next));
    await begin(tab);
    await until("the frame asks", () => answer);
    await logout(other);
    stage.world.faults.clear();
    answer();

    assert.equal((await outcome(tab)).code, "sign_in_superseded");
    assert.equal(exchanges(stage), 1);
    await assertSignedOut(tab);
  });

  test("nobody is let in by a session that was to be ended, and the provider is not asked", async () => {
    const tab = await openSignedIn(stage);
    stage.world.faults.set("end_session", "drop");
    await leaveForGood(tab);
    await requestTo(stage, "end_session");
    const next = await openApp(stage);
    stage.world.requests.clear();

    assert.deepEqual(await silently(next), { sub: null, frames: 0, ran: false });
    assert.equal(asked(stage), 0);
  });
});

describe("with the provider on another site", () => {
  const stage = setStage({ csp });

  /** Answers in the provider's place. */
  const sends = (error) => {
    stage.world.faults.set("authorization", (req, res) => {
      const { searchParams } = new URL(req.url, stage.world.issuer);
      const parameters = new URLSearchParams({ error, state: searchParams.get("state") });
      res.writeHead(303, { Location: `${searchParams.get("redirect_uri")}?${parameters}` });
      res.end();
    });
  };

  test("SILENT-1 A37 a browser that keeps the provider's cookies from the frame ends no session", async () => {
    const tab = await openSignedIn(stage);
    await tab.run(() => (window.events.length = 0));
    assert.deepEqual(await silently(tab), { sub: null, frames: 0, ran: false });

    assert.equal(asked(stage), 1);
    assert.deepEqual(await tab.run(() => window.events), []);
    await assertSignedIn(tab);
    assert.equal(exchanges(stage), 1);
  });

  for (const error of ["login_required", "interaction_required", "consent_required", "account_selection_required"]) {
    test(`SILENT-1 ${error} is nobody, and no error`, async () => {
      const tab = await openSignedIn(stage);
      sends(error);
      assert.deepEqual(await silently(tab), { sub: null, frames: 0, ran: false });
      assert.deepEqual(await events(tab, "signedOut"), []);
      await assertSignedIn(tab);
    });
  }

  test("what else the provider says is an error", async () => {
    const tab = await openApp(stage);
    sends("server_error");
    assert.deepEqual(await silently(tab), {
      name: "AuthError", code: "authorization_refused", kind: "server", error: "server_error", frames: 0, ran: false,
    });
    await assertSignedOut(tab);
  });

  test("E11b a page that refuses to be framed is given up in time, and the session stands", async () => {
    const tab = await openSignedIn(stage);
    stage.world.faults.set("authorization", (_req, res) => {
      res.writeHead(200, { "Content-Type": "text/html", "X-Frame-Options": "DENY" });
      res.end("<!doctype html><title>not here</title>");
    });
    const { code, kind, frames } = await silently(tab, { timeout: 1 });
    assert.deepEqual({ code, kind, frames }, { code: "timeout", kind: "transport", frames: 0 });
    await assertSignedIn(tab);
  });

  test("A13 WEB-10 an answer to another request is none: it is waited for the right one", async () => {
    const tab = await openApp(stage);
    stage.world.faults.set("authorization", (req, res) => {
      const { searchParams } = new URL(req.url, stage.world.issuer);
      res.writeHead(303, { Location: `${searchParams.get("redirect_uri")}?code=forged&state=forged` });
      res.end();
    });
    assert.equal((await silently(tab, { timeout: 1 })).code, "timeout");
    assert.equal(exchanges(stage), 0);
    await assertSignedOut(tab);
  });
});
