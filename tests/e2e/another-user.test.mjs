import assert from "node:assert/strict";
import { test } from "node:test";

import { accessToken, askApi, assertSignedIn, events, lastIssued, logout, openApp, openSignedIn, requestTo, signIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const ADA = "u-1815";
const GRACE = "u-1906";

/** Has a page write down, in order, what its app meets when the user changes. */
function observe(tab) {
  return tab.run(() => {
    window.met = [];
    const meet = (what) => window.met.push([what, window.auth.getUser()?.sub ?? null, sessionStorage.getItem("ada's") ?? "gone"]);
    sessionStorage.setItem("ada's", "draft");
    window.auth.onLogout(() => meet("cleaner"));
    window.auth.subscribe(() => meet("snapshot"));
    window.auth.on("signedOut", ({ reason }) => meet(`signedOut ${reason}`));
    window.auth.on("signedIn", ({ user }) => meet(`signedIn ${user.sub}`));
  });
}

/** Calls the API, and asks for a token, and does not wait. */
async function begin(tab) {
  const before = stage.world.requests.of("api").length;
  await tab.run(() => {
    window.calls = [1, 2, 3].map((at) => window.auth.fetch(`${window.api}/me?${at}`).then(() => "answered", ({ name }) => name));
  });
  await until("the calls have arrived", () => stage.world.requests.of("api").length === before + 3);
}

/** Another user signs in, where ada has signed out or just in her place. */
async function becomeGrace(tab, { signedOut }) {
  if (signedOut) await logout(tab);
  await signIn(stage, tab, { account: "grace", prompt: "login" });
}

const user = (tab) => tab.run(() => window.auth.getUser()?.sub);
const met = (tab) => tab.run(() => window.met);

/** What came before grace was told of is ada's, and nothing of ada's was left by then. */
async function assertToldInOrder(tab, reason) {
  const told = await met(tab);
  const names = told.map(([what]) => what);
  const out = names.indexOf(`signedOut ${reason}`);
  assert.ok(out >= 0 && names.indexOf("cleaner") < out && out < names.indexOf(`signedIn ${GRACE}`), names.join(", "));
  assert.deepEqual(names.filter((name) => name.startsWith("signed")), [`signedOut ${reason}`, `signedIn ${GRACE}`]);
  // The cleaners see ada still, and whoever first sees grace sees nothing of ada's.
  assert.equal(names[0], "cleaner");
  assert.equal(told[0][1], ADA);
  for (const [what, who, draft] of told) if (who === GRACE) assert.equal(draft, "gone", what);
}

for (const [how, options, reason] of [
  ["somebody else signs in in their place", { signedOut: false }, "userChanged"],
  ["they sign out and somebody else signs in", { signedOut: true }, "otherTab"],
]) {
  test(`TAB-6 A36 when ${how} in another tab, this one ends its calls, cleans up, says so and takes over, in this order`, async () => {
    const { world } = stage;
    world.config.e2e = { options: { clear: { sessionStorage: ["ada's"] } } };
    const tab = await openSignedIn(stage);
    const other = await openApp(stage);
    await observe(tab);
    world.faults.set("api", "hang");
    await begin(tab);

    await becomeGrace(other, options);

    await until("the tab has followed", async () => (await user(tab)) === GRACE);
    assert.deepEqual(await tab.run(() => Promise.all(window.calls)), Array(3).fill("AbortError"));
    await assertToldInOrder(tab, reason);
    world.faults.clear();
    await assertSignedIn(tab);
    assert.equal(await accessToken(tab), lastIssued(stage).accessToken);
    assert.equal((await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).json())).sub, GRACE);
  });

  for (const call of ["getAccessToken", "fetch"]) {
    test(`TAB-6 A36 a tab that heard nothing when ${how} learns it at its next ${call}(), which is not answered for the other`, async () => {
      const { world } = stage;
      world.config.e2e = { options: { clear: { sessionStorage: ["ada's"] } } };
      const tab = await openSignedIn(stage);
      await tab.visit(`${world.app}/e2e/?without=channel,storage-event,visibility-event`);
      await started(tab);
      const other = await openApp(stage);
      await observe(tab);
      world.faults.set("api", "hang");
      await begin(tab);
      await becomeGrace(other, options);
      assert.equal(await user(tab), ADA, "it has heard nothing");
      world.faults.clear();
      world.requests.clear();

      const [code, calls] = await tab.run(async (call) => {
        const asked = call === "fetch" ? window.auth.fetch(`${window.api}/me`) : window.auth.getAccessToken();
        const code = await asked.then(() => "answered", ({ name, code }) => (name === "AuthError" ? code : name));
        return [code, await Promise.all(window.calls)];
      }, call);

      assert.equal(code, call === "fetch" ? "AbortError" : "login_required");
      assert.deepEqual(calls, Array(3).fill("AbortError"));
      assert.equal(world.requests.of("api").length, 0);
      await assertToldInOrder(tab, "userChanged");
      // Asked again, it is asked as the user whom the app now knows of.
      assert.equal((await tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).json())).sub, GRACE);
    });
  }
}

test("TAB-6 A36 what was asked as one user and waits for a token is not sent with another's", async () => {
  const { world } = stage;
  world.config.e2e = { options: { requestTimeout: 3 } };
  world.setAccessTokenTtl(20); // Less than a call wants: every call waits for a refresh.
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  world.requests.clear();
  let held = 0;
  world.faults.set("token", (_req, _res, next) => ((held += 1) > 1 ? next() : undefined));
  await tab.run(() => {
    const code = (call) => call.then(() => "answered", ({ name, code }) => (name === "AuthError" ? code : name));
    window.calls = [code(window.auth.fetch(`${window.api}/me`)), code(window.auth.getAccessToken())];
  });
  await requestTo(stage, "token");

  world.setAccessTokenTtl(300);
  await becomeGrace(other, { signedOut: false });

  assert.deepEqual(await tab.run(() => Promise.all(window.calls)), ["AbortError", "login_required"]);
  assert.equal(world.requests.of("api").length, 0);
  assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail.reason), ["userChanged"]);
  assert.equal(await askApi(tab), 200);
});

test("TAB-6 TAB-10 A36 a page from the back/forward cache whose session is another user's says so before it shows that user", async (t) => {
  const { world } = stage;
  world.config.e2e = { options: { restored: "event", clear: { sessionStorage: ["ada's"] } } };
  const other = await openSignedIn(stage);
  const tab = await openApp(stage);
  await accessToken(tab);
  await observe(tab);
  await tab.run(() => {
    // Asked as the user whom the page left.
    addEventListener("pageshow", () => {
      const code = (call) => call.then(() => "answered", ({ name, code }) => (name === "AuthError" ? code : name));
      window.calls = [code(window.auth.fetch(`${window.api}/me`)), code(window.auth.getAccessToken())];
    });
    location.assign("elsewhere.html");
  });
  await until("the page has gone", async () => (await tab.address()).endsWith("/elsewhere.html"));
  await becomeGrace(other, { signedOut: true });
  world.requests.clear();

  await tab.run(() => history.back());

  await until("the tab shows the other user", () => tab.run((sub) => window.started && window.auth.getUser()?.sub === sub, GRACE));
  const kept = await tab.run(() => window.restored === true);
  t.diagnostic(kept ? "restored from the back/forward cache" : "loaded anew");
  if (kept) {
    assert.deepEqual(await tab.run(() => Promise.all(window.calls)), ["AbortError", "login_required"]);
    await assertToldInOrder(tab, "userChanged");
  }
  assert.equal(world.requests.of("api").length, 0);
  await assertSignedIn(tab);
});
