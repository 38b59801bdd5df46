import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { askApi, assertSignedIn, assertSignedOut, events, fillForm, isThrough, logout, openApp, openSignedIn, requestTo, signIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNoSecret } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

/** Opens an app whose callback page answers popups too. */
async function open({ coop, options, signedIn = false, ...how } = {}) {
  Object.assign(stage.world.coop, coop);
  stage.world.config.e2e = { callback: "popup", options };
  const tab = await (signedIn ? openSignedIn : openApp)(stage, how);
  await tab.run(() => {
    window.heard = [];
    // Headless browsers have no focus to give.
    window.focusNow = () => {
      document.hasFocus = () => true;
      window.dispatchEvent(new Event("focus"));
    };
    window.BroadcastChannel = class extends window.BroadcastChannel {
      constructor(name) {
        super(name);
        this.addEventListener("message", ({ data }) => {
          window.heard.push({ name, data });
          // The window that says something closes, and its opener gets the focus.
          if (name.startsWith("nightlatch.popup.")) window.focusNow();
        });
      }
    };
  });
  return tab;
}

/** Begins a sign-in in a popup, and resolves to that window when the provider asks there. */
async function begin(tab, options) {
  const popup = await stage.browser.openedBy(() =>
    tab.runByClick((options) => {
      const { open } = window;
      window.open = (...how) => (window.popup = open.apply(window, how));
      window.stop = new AbortController();
      window.settled = null;
      window
        .loginWithPopup(window.auth, { signal: window.stop.signal, ...options })
        .then(
          (user) => ({ user }),
          ({ name, code, kind, error, message }) => ({ name, code, kind, error, message }),
        )
        .then((settled) => (window.settled = settled));
      window.open = open;
    }, options),
  );
  await until("the provider asks", () => popup.has("#password"));
  return popup;
}

const outcome = (tab) => until("the call is settled", () => tab.run(() => window.settled));
const settledSoFar = (tab) => tab.run(() => window.settled);
const isGone = (popup) => until("the window is gone", () => popup.address().then(() => false, () => true));
const exchanges = () => stage.world.requests.of("token").length;

/** What the browser says when a person turns to this page again. */
const comeBack = (tab) => tab.run(() => window.focusNow());

// E19: in which of them the page's hold of the window is cut. (WebKitGTK cuts where the standard does not.)
const COOP = [
  { isCut: false },
  { app: "same-origin-allow-popups", isCut: env.BROWSER === "webkit" },
  { app: "same-origin", isCut: true },
  { provider: "same-origin", isCut: true },
  { app: "same-origin", provider: "same-origin", isCut: true },
];

for (const { isCut, ...coop } of COOP) {
  const policy = `Cross-Origin-Opener-Policy ${coop.app ?? "none"} here and ${coop.provider ?? "none"} at the provider`;

  test(`WEB-8 a popup signs in with ${policy}`, async () => {
    const tab = await open({ coop });
    const popup = await begin(tab);
    assert.equal(await tab.run(() => window.popup.closed), isCut);
    assert.equal(await settledSoFar(tab), undefined);
    await fillForm(stage, popup);

    assert.equal((await outcome(tab)).user.sub, "u-1815");
    await isGone(popup);
    await assertSignedIn(tab);
    assert.equal(await askApi(tab), 200);
    assert.equal(await tab.address(), `${stage.world.app}/e2e/`);
    assert.equal(exchanges(), 1);
    assertNoSecret(stage, await tab.run(() => window.heard));
  });

  test(`WEB-8 somebody else signs in by a popup with ${policy}`, async () => {
    const tab = await open({ coop, signedIn: true });
    const popup = await begin(tab, { prompt: "login" });
    // Who is signed in stays so until somebody else is.
    await assertSignedIn(tab);
    await fillForm(stage, popup, "grace");

    assert.equal((await outcome(tab)).user.sub, "u-1906");
    assert.equal(await tab.run(() => window.auth.getUser().sub), "u-1906");
    assert.deepEqual((await events(tab, "signedOut")).map(({ detail }) => detail.reason), ["userChanged"]);
    await isGone(popup);
    assertNoSecret(stage, await tab.run(() => window.heard));
  });

  test(`WEB-8 who turns back at the provider is heard of with ${policy}`, async () => {
    const tab = await open({ coop });
    const popup = await begin(tab);
    await popup.click("#cancel");

    const { name, code, kind, error } = await outcome(tab);
    assert.deepEqual({ name, code, kind, error }, { name: "AuthError", code: "authorization_refused", kind: "server", error: "access_denied" });
    await isGone(popup);
    await assertSignedOut(tab);
    assert.equal(exchanges(), 0);
  });
}

for (const storage of ["tab", "memory"]) {
  test(`WEB-8 with storage ${storage} the page takes the answer out of the window`, async () => {
    const tab = await open({ options: { storage } });
    const popup = await begin(tab);
    await fillForm(stage, popup);

    assert.equal((await outcome(tab)).user.sub, "u-1815");
    await isGone(popup);
    await assertSignedIn(tab);
    assert.equal(exchanges(), 1);
    assertNoSecret(stage, await tab.run(() => window.heard));
  });

  test(`WEB-8 with storage ${storage} a policy that cuts the window off is an error, and nobody is signed in`, async () => {
    const tab = await open({ coop: { app: "same-origin" }, options: { storage } });
    const popup = await begin(tab);
    await fillForm(stage, popup);

    const { name, code, kind } = await outcome(tab);
    assert.deepEqual({ name, code, kind }, { name: "AuthError", code: "popup_blocked", kind: "environment" });
    await isGone(popup);
    await assertSignedOut(tab);
    assert.equal(exchanges(), 0);
  });
}

test("WEB-8 where this browser has no database the page takes the answer out of the window", async () => {
  const tab = await open({ without: "indexeddb" });
  const popup = await begin(tab);
  await fillForm(stage, popup);

  assert.equal((await outcome(tab)).user.sub, "u-1815");
  await assertSignedIn(tab);
  assert.equal(exchanges(), 1);
});

test("WEB-8 a window that is closed while its answer is being dealt with is no reason to give up", async () => {
  const tab = await open({ options: { storage: "memory" } });
  const popup = await begin(tab);
  stage.world.faults.set("token", "late:3000");
  await fillForm(stage, popup);
  await requestTo(stage, "token");
  await popup.close();
  await comeBack(tab);

  assert.equal((await outcome(tab)).user?.sub, "u-1815");
  await assertSignedIn(tab);
});

test("TAB-13 A34 the window keeps no copy of what this tab's session storage holds, and no verifier where it cannot use one", async () => {
  const tab = await open({ options: { storage: "tab" }, signedIn: true });
  assert.ok(await tab.run(() => Object.keys(sessionStorage).some((key) => key.endsWith(".session"))));
  const popup = await begin(tab, { prompt: "login" });
  await popup.visit(`${stage.world.app}/e2e/elsewhere.html`);

  const kept = await popup.run(() => Object.entries(sessionStorage));
  assert.equal(kept.length, 1);
  const [[key, value]] = kept;
  assert.match(key, /^nightlatch\..+\.sign-in$/);
  assert.deepEqual(Object.keys(JSON.parse(value)).sort(), ["popup", "state"]);
});

test("the window is opened within the click, and a browser that opens none is an error", async () => {
  const tab = await open();
  const { opened, code } = await tab.run(async () => {
    let opened = 0;
    window.open = () => void opened++;
    const call = window.loginWithPopup(window.auth);
    const within = opened;
    return { opened: within, code: await call.catch(({ code }) => code) };
  });
  assert.deepEqual({ opened, code }, { opened: 1, code: "popup_blocked" });
});

test("a sign-in that cannot begin closes the window again", async () => {
  const tab = await open();
  const { code, closed } = await tab.runByClick(async () => {
    const { open } = window;
    let popup;
    window.open = (...how) => (popup = open.apply(window, how));
    const code = await window.loginWithPopup(window.auth, { extraParams: { state: "mine" } }).catch(({ code }) => code);
    return { code, closed: popup.closed };
  });
  assert.deepEqual({ code, closed }, { code: "invalid_options", closed: true });
});

test("WEB-8 a person who closes the window is heard of when they are back on the page", async () => {
  const tab = await open();
  const popup = await begin(tab);
  await comeBack(tab);
  await popup.close();
  assert.equal(await settledSoFar(tab), undefined);
  await comeBack(tab);

  const { name, code, kind } = await outcome(tab);
  assert.deepEqual({ name, code, kind }, { name: "AuthError", code: "popup_closed", kind: "environment" });
  await assertSignedOut(tab);
});

test("WEB-8 a person who looks away from a window that is cut off, and then signs in all the same, is signed in", async () => {
  const tab = await open({ coop: { provider: "same-origin" } });
  const popup = await begin(tab);
  await comeBack(tab);
  assert.equal((await outcome(tab)).code, "popup_closed");
  await fillForm(stage, popup);

  await until("the page is signed in", () => tab.run(() => window.auth.isAuthenticated));
  await assertSignedIn(tab);
  await isGone(popup);
});

test("an AbortSignal gives up and closes the window", async () => {
  const tab = await open();
  const popup = await begin(tab);
  await tab.run(() => window.stop.abort());

  assert.equal((await outcome(tab)).name, "AbortError");
  await isGone(popup);
  await assertSignedOut(tab);
});

test("RESP-14 a popup that is overtaken by a sign-out in another tab brings nothing back", async () => {
  const tab = await open({ signedIn: true });
  const other = await openApp(stage);
  const popup = await begin(tab, { prompt: "login" });
  await logout(other);
  await fillForm(stage, popup);

  assert.equal((await outcome(tab)).code, "sign_in_superseded");
  await isGone(popup);
  assert.equal(exchanges(), 1); // The one of the first sign-in.
  for (const page of [tab, other]) {
    await isThrough(page);
    await assertSignedOut(page);
  }
});

test("AUTHZ-4 of two popups the first to be filled in signs in, and both calls hear of it", async () => {
  const [one, other] = [await open(), await open()];
  const popups = [await begin(one), await begin(other)];
  await fillForm(stage, popups[1]);

  for (const tab of [one, other]) {
    assert.equal((await outcome(tab)).user.sub, "u-1815");
    await assertSignedIn(tab);
  }
  for (const popup of popups) await isGone(popup);
  assert.equal(exchanges(), 1);
});

test("AUTHZ-4 who signs in by redirect in another tab settles the popup, and stays signed in", async () => {
  const tab = await open();
  const other = await openApp(stage); // Before the popup: Firefox's driver opens no tab in one.
  const popup = await begin(tab);
  await signIn(stage, other);

  assert.equal((await outcome(tab)).user.sub, "u-1815");
  await isGone(popup);
  for (const page of [tab, other]) await assertSignedIn(page);
  assert.equal(exchanges(), 1);
});

test("the callback page answers a sign-in by redirect as ever", async () => {
  const tab = await open();
  const answer = await signIn(stage, tab, { returnTo: "/inbox" });

  assert.equal(answer.kind, "login");
  await assertSignedIn(tab);
});
