import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedIn, assertSignedOut, logout, openApp, openSignedIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

/** Puts something of every kind beside nightlatch's own. */
function settle(tab) {
  return tab.run(async () => {
    localStorage.setItem("theme", "dark");
    localStorage.setItem("draft", "Dear");
    sessionStorage.setItem("scroll", "42");
    document.cookie = "session-hint=1; Path=/";
    document.cookie = "deep=1; Path=/e2e";
    await caches.open("v1");
    await navigator.serviceWorker.register("worker.js");
    await new Promise((resolve) => {
      const open = indexedDB.open("another-library");
      open.onsuccess = () => resolve(open.result.close());
    });
  });
}

/** What is there of every kind, but for nightlatch's database. */
function found(tab) {
  return tab.run(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    const workers = await navigator.serviceWorker.getRegistrations();
    const cookies = document.cookie.split("; ").map((cookie) => cookie.split("=")[0]);
    return {
      localStorage: Object.keys(localStorage).sort(),
      sessionStorage: Object.keys(sessionStorage).sort(),
      cookies: cookies.filter((name) => name && !name.startsWith("nightlatch-")).sort(),
      indexedDB: names.filter((name) => name !== "nightlatch"),
      caches: await caches.keys(),
      serviceWorkers: workers.length,
    };
  });
}

const everything = {
  localStorage: ["draft", "theme"],
  sessionStorage: ["scroll"],
  cookies: ["deep", "session-hint"],
  indexedDB: ["another-library"],
  caches: ["v1"],
  serviceWorkers: 1,
};
const nothing = { localStorage: [], sessionStorage: [], cookies: [], indexedDB: [], caches: [], serviceWorkers: 0 };

function assertNames(given, expected) {
  assert.deepEqual([...given].sort(), [...expected].sort());
}

test("what is not nightlatch's stays where nobody asked for it", async () => {
  const tab = await openSignedIn(stage);
  await settle(tab);

  const report = await logout(tab);

  assert.equal(report.complete, true);
  assert.deepEqual(await found(tab), everything);
});

test("clear: all leaves nothing of any kind, and says by name what has gone", async () => {
  const tab = await openSignedIn(stage);
  await settle(tab);

  const report = await logout(tab, { clear: "all" });

  assert.equal(report.complete, true);
  assert.equal(report.local.status, "cleared");
  assert.deepEqual(report.local.residue, []);
  assertNames(report.local.removed, [
    "another-library (IndexedDB)", "deep (cookie)", "draft", "nightlatch (IndexedDB)", "nightlatch (cookie)", "scroll", "session-hint (cookie)",
    "theme", "v1 (caches)", "/e2e/worker.js (service worker)",
  ]);
  assert.deepEqual(await found(tab), nothing);
  await assertSignedOut(tab);
});

test("lists take what they name, and what is to be kept is kept", async () => {
  const clear = { localStorage: true, cookies: ["session-*"], caches: [], indexedDB: ["another-library"], keep: ["theme"] };
  stage.world.config.e2e = { options: { clear } };
  const tab = await openSignedIn(stage);
  await settle(tab);

  const report = await logout(tab);

  assert.equal(report.complete, true);
  assert.deepEqual(await found(tab), { ...everything, localStorage: ["theme"], cookies: ["deep"], indexedDB: [] });
});

test("TAB-1 every tab wipes its own session storage by its own options", async () => {
  stage.world.config.e2e = { options: { clear: { sessionStorage: true } } };
  const tab = await openSignedIn(stage);
  const others = [await openApp(stage), await openApp(stage, { hidden: true })];
  for (const one of [tab, ...others]) await one.run(() => sessionStorage.setItem("scroll", "42"));

  await logout(tab);

  for (const one of [tab, ...others]) {
    await until("the tab has wiped", async () => (await one.run(() => sessionStorage.length)) === 0);
    await assertSignedOut(one);
  }
});

test("what one call asks for reaches no other tab's session storage", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await settle(other);

  await logout(tab, { clear: "all" });

  await until("the other tab follows", async () => (await other.run(() => window.auth.status)) === "signed-out");
  assert.deepEqual(await found(other), { ...nothing, sessionStorage: ["scroll"] });
});

test("a tab that leaves alone wipes what is its own and nothing that tabs share", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await settle(tab);

  const report = await logout(tab, { scope: "tab", clear: "all" });

  assert.deepEqual(report.local.removed, ["scroll"]);
  assert.deepEqual(await found(other), { ...everything, sessionStorage: [] });
  await assertSignedIn(other);
  await tab.reload();
  await started(tab);
  await assertSignedOut(tab);
});

test("a database that another tab holds open is waited for, named, and gone once it is let go", async () => {
  stage.world.config.e2e = { options: { clear: { indexedDB: true } } };
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await hold(other);

  const report = await logout(tab, { timeout: 1 });

  assert.equal(report.complete, false);
  assert.equal(report.local.status, "partial");
  assert.deepEqual(report.local.residue, ["held (IndexedDB)"]);
  await assertSignedOut(tab);
  await other.run(() => window.held.close());
  await until("the database is gone", async () => (await found(tab)).indexedDB.length === 0);
});

test("a cleaner of another tab lets go of a database, and nothing is left", async () => {
  stage.world.config.e2e = { options: { clear: { indexedDB: true } } };
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  await hold(other);
  await other.run(() => void window.auth.onLogout(() => window.held.close()));

  const report = await logout(tab);

  assert.deepEqual(report.local.residue, []);
  assert.equal(report.complete, true);
  assert.deepEqual((await found(tab)).indexedDB, []);
});

/** Opens a database and hears nobody who wants it gone. */
function hold(tab) {
  return tab.run(
    () =>
      new Promise((resolve) => {
        const open = indexedDB.open("held");
        open.onsuccess = () => {
          window.held = open.result;
          resolve();
        };
      }),
  );
}

/** Cleaners that are done, fail and hang, each of which notes that it ran. */
function clean(tab) {
  return tab.run(() => {
    // The app's mistake shows as its own; here it is meant.
    window.told = [];
    window.reportError = ({ message }) => window.told.push(message);
    window.ran = [];
    const { onLogout } = window.auth;
    onLogout(function cache() {
      window.ran.push("cache");
    });
    onLogout(() => window.ran.push("gone"), { name: "gone" })();
    onLogout(() => {
      window.ran.push("throws");
      throw new Error("secret of the app");
    }, { name: "throws" });
    onLogout(async () => {
      window.ran.push("rejects");
      throw new Error("secret of the app");
    }, { name: "rejects" });
    onLogout(() => {
      window.ran.push("hangs");
      return new Promise(() => {});
    }, { name: "hangs" });
  });
}

test("the app's cleaners run once in every tab, and one that fails or hangs stops nothing", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  for (const one of [tab, other]) await clean(one);

  const report = await logout(tab, { timeout: 1 });

  assert.deepEqual(report.cleaners, [
    { name: "cache", status: "done" },
    { name: "throws", status: "failed" },
    { name: "rejects", status: "failed" },
    { name: "hangs", status: "timedOut" },
  ]);
  assert.equal(report.complete, false);
  assert.equal(report.local.status, "cleared");
  assert.doesNotMatch(JSON.stringify(report), /secret of the app/);
  for (const one of [tab, other]) {
    await until("the tab has cleaned", async () => (await one.run(() => window.ran.length)) === 4);
    await assertSignedOut(one);
    assert.deepEqual(await one.run(() => window.ran), ["cache", "throws", "rejects", "hangs"]);
    assert.deepEqual(await one.run(() => window.told), ["secret of the app", "secret of the app"]);
  }
});

test("a session that the provider ends runs the cleaners too", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  for (const one of [tab, other]) {
    await one.run(() => {
      window.cleaned = 0;
      window.auth.onLogout(() => window.cleaned++);
    });
  }
  stage.world.faults.set("token", (req, res) => {
    res.writeHead(400, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" });
    res.end(JSON.stringify({ error: "invalid_grant" }));
  });

  await tab.run(() => window.auth.getAccessToken({ forceRefresh: true }).catch(() => {}));

  for (const one of [tab, other]) {
    await until("the tab has cleaned", async () => (await one.run(() => window.cleaned)) > 0);
    assert.equal(await one.run(() => window.cleaned), 1);
  }
});

test("the default client takes cleaners too", async () => {
  stage.world.config.e2e = { client: "default" };
  const tab = await openSignedIn(stage);
  await tab.run(() => window.nightlatch.onLogout(() => {}, { name: "plain" }));

  assert.deepEqual((await logout(tab)).cleaners, [{ name: "plain", status: "done" }]);
});
