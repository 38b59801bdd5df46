import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { accessToken, askApi, assertSignedIn, assertSignedOut, events, isActive, lastIssued, logout, openApp, openSignedIn, requestTo, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNothingLeft, atRest } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

for (const [restored, ends] of [
  ["reload", (tab) => signedOut(tab, "/e2e/")],
  ["event", async (tab) => {
    await signedOut(tab, "/e2e/");
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail), [{ reason: "otherTab" }]);
  }],
  ["/e2e/elsewhere.html?bye#now", (tab) => until("the page is where the app wants it", () => tab.run(() => location.href.endsWith("/e2e/elsewhere.html?bye#now") && !window.auth && document.readyState === "complete"))],
]) {
  test(`WEB-1 TAB-10 A15 a page that is brought back after a logout shows nothing of the old session (restored: ${restored})`, async (t) => {
    stage.world.config.e2e = { options: { restored } };
    const other = await openSignedIn(stage);
    const tab = await openWatched();
    await leave(tab);
    await logout(other);

    await tab.run(() => history.back());

    await ends(tab);
    const seen = await frames(tab);
    t.diagnostic(`${seen.length} frames`);
    assert.ok(seen.length > 0, "the page was restored from the back/forward cache");
    assert.deepEqual(seen.filter(({ shown, status }) => shown && status !== "signed-out"), []);
    assertNothingLeft(stage, { ...(await atRest(tab)), sessionStorage: {} });
  });
}

test("WEB-2 a page with `no-store` shows nothing of the old session, whether the browser kept it or not", async (t) => {
  const other = await openSignedIn(stage);
  const tab = await openWatched("?no-store");
  await leave(tab);
  await logout(other);

  await tab.run(() => history.back());

  await signedOut(tab, "/e2e/?no-store");
  const seen = await frames(tab);
  t.diagnostic(seen.length > 0 ? "restored from the back/forward cache" : "loaded anew");
  assert.deepEqual(seen.filter(({ shown, status }) => shown && status !== "signed-out"), []);
});

test("WEB-4 a page with a signed-in client is kept in the back/forward cache, comes back signed in, and the app hears of nothing", async () => {
  const other = await openSignedIn(stage);
  const tab = await openWatched();
  await tab.run(() => document.documentElement.style.setProperty("color", "red"));
  const before = await tab.run(() => window.events.length);
  await leave(tab);

  await tab.run(() => history.back());

  await until("the page is back", () => tab.run(() => window.restored));
  await assertSignedIn(tab);
  assert.equal(await askApi(tab), 200);
  // (Where the browser tells why a page was not restored: there was nothing.)
  assert.ok(!(await tab.run(() => performance.getEntriesByType("navigation")[0].notRestoredReasons)));
  assert.equal(await tab.run(() => window.events.length), before);
  assert.equal(await tab.run(() => document.documentElement.getAttribute("style")), "color: red;");
  const seen = await frames(tab);
  assert.deepEqual(seen.filter(({ status }) => status !== "signed-in"), []);
  assert.equal(seen[0].shown, false, "it was hidden until the record was looked at");

  // What the others say is heard again.
  await logout(other);
  await until("the page shows that another has signed out", async () => (await tab.text("#status")) === "signed-out");
});

test("a page whose app closes its client on the way out is not hidden for good", async () => {
  const tab = await openSignedIn(stage);
  await tab.run(() => addEventListener("pagehide", () => window.auth.close()));
  await leave(tab);

  await tab.run(() => history.back());

  await until("the page is back", () => tab.run(() => window.restored));
  assert.equal(await tab.run(() => getComputedStyle(document.documentElement).visibility), "visible");
});

test("WEB-1 a token that is asked for while the page is being restored is handed out, or refused, by what the record says then", async () => {
  for (const ends of [false, true]) {
    stage.world.config.e2e = { options: { restored: "event" } };
    const other = await openSignedIn(stage);
    const tab = await openWatched();
    await tab.run(() => addEventListener("pageshow", () => (window.asked = window.auth.getAccessToken().then(() => "handed out", ({ code }) => code))));
    await leave(tab);
    if (ends) await logout(other);

    await tab.run(() => history.back());

    await until("the page is back", () => tab.run(() => window.restored));
    assert.equal(await tab.run(() => window.asked), ends ? "login_required" : "handed out");
  }
});

test("TAB-10 a page that leaves in the middle of a refresh brings nothing back after a logout, and the new tokens are revoked or noted", async (t) => {
  const other = await openSignedIn(stage);
  const tab = await openWatched();
  stage.world.requests.clear();
  stage.world.faults.set("token", "late:1500");
  await tab.run(() => void window.auth.getAccessToken({ forceRefresh: true }).catch(() => {}));
  await requestTo(stage, "token");
  await leave(tab);
  await logout(other);

  await tab.run(() => history.back());

  await signedOut(tab, "/e2e/");
  t.diagnostic((await frames(tab)).length > 0 ? "restored from the back/forward cache" : "loaded anew");
  const { refreshToken } = lastIssued(stage);
  await until("the new token is dead, or written down", async () => !(await isActive(stage, refreshToken)) || JSON.stringify(await atRest(tab)).includes('"refresh"'));
  await assertSignedOut(other);
});

// (Node runs no `afterEach` for a test that skips itself: the browser would stay.)
const skip = (env.BROWSER ?? "chromium") !== "chromium" && "this driver freezes no tab";
test("TAB-10 a tab that is frozen in the middle of a refresh brings nothing back after a logout", { skip }, async () => {
  const other = await openSignedIn(stage);
  const tab = await openWatched();
  stage.world.requests.clear();
  stage.world.faults.set("token", "late:1000");
  await tab.run(() => void window.auth.getAccessToken({ forceRefresh: true }).catch(() => {}));
  await requestTo(stage, "token");
  await tab.freeze();
  await logout(other);
  await tab.thaw();

  await signedOut(tab, "/e2e/");
  const { refreshToken } = lastIssued(stage);
  await until("the new token is dead, or written down", async () => !(await isActive(stage, refreshToken)) || JSON.stringify(await atRest(tab)).includes('"refresh"'));
  const seen = await frames(tab);
  assert.equal(seen[0].shown, false, "it was frozen, and hidden until the record was looked at");
  assert.deepEqual(seen.filter(({ shown, status }) => shown && status !== "signed-out"), []);
});

/** A page of the app that is signed in and, when it comes back, writes down what each frame shows. */
async function openWatched(query = "") {
  const tab = await openApp(stage);
  if (query) {
    await tab.visit(`${stage.world.app}/e2e/${query}`);
    await started(tab);
  }
  await accessToken(tab);
  await tab.run(() => {
    const frames = [];
    const watch = () => {
      const { visibility, opacity } = getComputedStyle(document.documentElement);
      frames.push({ shown: visibility === "visible" && opacity === "1", status: window.auth.status });
      sessionStorage.setItem("frames", JSON.stringify(frames));
      if (frames.length < 60) requestAnimationFrame(watch);
    };
    addEventListener("pageshow", watch);
    document.addEventListener("resume", watch);
  });
  return tab;
}

function frames(tab) {
  return tab.run(() => JSON.parse(sessionStorage.getItem("frames")) ?? []);
}

async function leave(tab) {
  await tab.run(() => location.assign("elsewhere.html"));
  await until("the page has gone", async () => (await tab.address()).endsWith("/elsewhere.html"));
}

/** The page is there, is seen, and nobody is signed in. */
async function signedOut(tab, path) {
  await until("the page shows that nobody is signed in", () => tab.run(() => window.started && window.auth.status === "signed-out" && getComputedStyle(document.documentElement).visibility === "visible"));
  assert.ok((await tab.address()).endsWith(path));
  await assertSignedOut(tab);
}
