import assert from "node:assert/strict";
import { test } from "node:test";

import {
  accessToken, askApi, assertSignedIn, assertSignedOut, comeBack, events, fillForm, isThrough, lastIssued,
  leaveForGood, logout, openApp, openSignedIn, signIn, started,
} from "./harness/app.mjs";
import { documentedPolicy } from "./harness/policy.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

// A silent sign-in takes a provider that the browser lets have its cookies in a frame.
const stage = setStage({ csp: documentedPolicy, sameSite: true });

/** Opens a page of the app, whose callback page answers popups too, under all policies at once. */
async function open(how = openApp, options) {
  stage.world.coop.app = "same-origin";
  stage.world.config.e2e = { callback: "popup", options };
  const tab = await how(stage);
  await tab.run(() => {
    // Headless browsers have no focus to give.
    document.hasFocus = () => true;
  });
  return tab;
}

/** What the page's policy refuses, tried in the page. (The page's own watch is not told: this is no mistake of the package.) */
const refused = (tab) =>
  tab.run(() => {
    addEventListener("securitypolicyviolation", (event) => event.stopImmediatePropagation(), true);
    const attempts = {
      html: () => (document.body.innerHTML = "<b>x</b>"),
      inline: () => {
        document.body.append(Object.assign(document.createElement("script"), { text: "window.ran = true" }));
        if (!window.ran) throw new Error("it did not run");
      },
      worker: () => new Worker("/e2e/pages/worker.js"),
      policy: () => trustedTypes.createPolicy("own", {}),
    };
    const kept = document.body.innerHTML;
    const names = [];
    for (const [name, attempt] of Object.entries(attempts)) {
      try {
        attempt();
        if (name === "html") document.body.innerHTML = kept;
      } catch {
        names.push(name);
      }
    }
    return names;
  });

test("WEB-6 WEB-7 sign-in, API call, refresh and logout in each scope go by the policy of the README, with Trusted Types and COOP", async () => {
  const tab = await open(openSignedIn);
  assert.equal(await askApi(tab), 200);
  const before = lastIssued(stage).accessToken;
  assert.notEqual(await accessToken(tab, { forceRefresh: true }), before);

  const other = await open();
  await assertSignedIn(other);
  await logout(other, { scope: "tab" });
  await assertSignedOut(other);
  await assertSignedIn(tab);

  const { local, tokens } = await logout(tab);
  assert.deepEqual([local.status, tokens], ["cleared", { refreshToken: "revoked", accessToken: "revoked" }]);
  await assertSignedOut(tab);

  await signIn(stage, tab);
  await leaveForGood(tab);
  const { answer, failure } = await comeBack(stage, tab);
  assert.deepEqual([failure, answer.report.provider, answer.report.complete], [null, "ended", true]);
  await assertSignedOut(tab);

  // The policies were really there.
  const hasTrustedTypes = await tab.run(() => "trustedTypes" in window);
  assert.deepEqual(await refused(tab), hasTrustedTypes ? ["html", "inline", "worker", "policy"] : ["inline", "policy"]);
});

test("WEB-6 WEB-7 so do the form that ends the provider's session, the popup and the hidden frame", async () => {
  const { world } = stage;
  const tab = await open();
  const full = await tab.runByClick(async () => {
    const { open } = window;
    window.open = (...how) => {
      const popup = open.apply(window, how);
      popup.Storage.prototype.setItem = () => {
        throw new DOMException("full for this test", "QuotaExceededError");
      };
      return popup;
    };
    const { name, code } = await window.loginWithPopup(window.auth).catch((error) => error);
    window.open = open;
    return { name, code };
  });
  assert.deepEqual(full, { name: "AuthError", code: "storage_unavailable" });

  const popup = await stage.browser.openedBy(() =>
    tab.runByClick(() => {
      window.settled = null;
      const settle = (settled) => (window.settled = settled);
      window.loginWithPopup(window.auth).then(({ sub }) => settle({ sub }), ({ code }) => settle({ code }));
    }),
  );
  await until("the provider asks", () => popup.has("#password"));
  await fillForm(stage, popup);
  assert.deepEqual(await until("the call is settled", () => tab.run(() => window.settled)), { sub: "u-1815" });
  await assertSignedIn(tab);
  assert.equal(await askApi(tab), 200);

  await logout(tab);
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  await assertSignedOut(tab);
  const silent = await tab.run(async () => {
    const { loginSilently } = await import("/nightlatch/silent.js");
    return loginSilently(window.auth).then((user) => user && user.sub, ({ code }) => code);
  });
  assert.equal(silent, "u-1815");
  await assertSignedIn(tab);

  world.faults.set("end_session", (req, res) => {
    res.writeHead(303, { Location: `${req.params.post_logout_redirect_uri}?state=${req.params.state}` });
    res.end();
  });
  world.config.e2e = { callback: "popup", options: { endSessionMethod: "post" } };
  await tab.visit(`${world.app}/e2e/`);
  await started(tab);
  world.requests.clear();
  await leaveForGood(tab);
  const { answer } = await comeBack(stage, tab);
  assert.equal(answer.report.provider, "ended");
  assert.deepEqual(world.requests.of("end_session").map(({ method }) => method), ["POST"]);
  await isThrough(tab);
  await assertSignedOut(tab);
  assert.deepEqual(await events(tab, "refreshFailed"), []);
});
