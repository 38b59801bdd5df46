/** `nightlatch/testing/playwright` and its probe, by Playwright, on the app that all tests use. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { env } from "node:process";
import { after, afterEach, before, beforeEach, test } from "node:test";

import { chromium } from "playwright-core";

import { findTraces } from "../../pkg/testing.js";
import { expectLoggedOut } from "../../pkg/testing/playwright.js";
import { serve } from "../../www/server.mjs";

const skip = (env.BROWSER ?? "chromium") !== "chromium" && "Playwright drives browsers of its own, and Chromium";
const client = "window.auth";

let browser;
let world;
let context;
let page;
before(async () => {
  if (!skip) browser = await chromium.launch({ executablePath: env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });
});
beforeEach(async () => {
  if (skip) return;
  world = await serve({ mounts: { "/e2e/": join(import.meta.dirname, "pages") } });
  context = await browser.newContext();
  page = await open();
});
afterEach(async () => {
  await context?.close();
  await world?.close();
});
after(() => browser?.close());

async function open() {
  const page = await context.newPage();
  await page.goto(`${world.app}/e2e/`);
  await page.waitForFunction(() => window.started);
  return page;
}

async function signIn() {
  await page.evaluate(() => void window.auth.login().catch(() => {}));
  await page.fill("#username", "ada");
  await page.fill("#password", "lovelace");
  await page.click("#sign-in");
  await page.waitForFunction(() => window.answer !== null && window.answer !== undefined);
}

const signOut = (options) => page.evaluate((options) => window.auth.logout(options), options);

/** What is found where somebody is not signed out, line by line. */
async function left(options) {
  const error = await expectLoggedOut(page, { client, timeout: 0, ...options }).then(() => assert.fail("it should have found something"), (error) => error);
  assert.equal(error.constructor, Error);
  const [first, ...lines] = error.message.split("\n");
  assert.equal(first, "Not signed out. What is left:");
  for (const { accessToken, refreshToken, idToken } of world.issued) for (const token of [accessToken, refreshToken, idToken]) assert.ok(!error.message.includes(token));
  return lines.map((line) => line.slice(2));
}

test("nothing is left where nobody was signed in, and nothing after a sign-out, in any tab", { skip }, async () => {
  await expectLoggedOut(page, { client });
  await signIn();
  const other = await open();
  const tokens = world.issued.flatMap(({ accessToken, refreshToken, idToken }) => [accessToken, refreshToken, idToken]);
  await signOut();

  await expectLoggedOut(page, { client, tokens });
  await expectLoggedOut(other, { client: () => window.auth });
  assert.deepEqual(await page.evaluate(findTraces), []);
});

test("whoever is signed in is found out, by the names of what keeps them so", { skip }, async () => {
  await signIn();
  const other = await open();

  const [share, ...rest] = (await left()).sort((one, two) => two.includes("(cookie)") - one.includes("(cookie)"));
  assert.match(share, /^nightlatch-[\w-]+ \(cookie\)$/);
  const said = ["getAccessToken() hands out a token", "getUser() gives a user", "isAuthenticated is true", "status is signed-in"];
  const inTabs = ["/e2e/", "/e2e/callback.html"].flatMap((path) => said.map((what) => `${what} (client) at ${path}`));
  assert.deepEqual(rest.sort(), [...inTabs, "nightlatch/records: a session (IndexedDB)"].sort());
  await other.close();
});

test("a sign-out of one tab alone leaves the others signed in, and that is found", { skip }, async () => {
  await signIn();
  await open();
  await signOut({ scope: "tab" });

  const found = await left();
  assert.deepEqual(found.filter((name) => name.includes("(client)")).map((name) => name.split(" at ")[1]), Array(4).fill("/e2e/"));
});

test("a sign-in under way, and a session of the tab's own, are found in session storage", { skip }, async () => {
  world.config.e2e = { options: { storage: "tab" } };
  page = await open();
  await signIn();
  assert.ok((await left({ client: undefined })).some((name) => /^nightlatch\.[\w-]+\.session \(sessionStorage\) at \/e2e\/callback\.html$/.test(name)));
  assert.ok((await left({ client: undefined })).includes("nightlatch/records: a tab's key (IndexedDB)"));
  await signOut();
  await expectLoggedOut(page, { client });

  await page.evaluate(() => sessionStorage.setItem("nightlatch.x.sign-in", "{}"));
  assert.deepEqual(await left(), ["nightlatch.x.sign-in (sessionStorage) at /e2e/callback.html"]);
});

test("tokens that the app has put anywhere itself are found, and what the test knows to stay is not", { skip }, async () => {
  await signIn();
  const { accessToken, idToken } = world.issued.at(-1);
  await page.evaluate(
    async ([accessToken, idToken]) => {
      localStorage.setItem("access_token", accessToken);
      localStorage.setItem("profile", JSON.stringify({ session: { idToken } }));
      localStorage.setItem("theme", "dark");
      sessionStorage.setItem("opaque", `Bearer ${accessToken}`);
      document.cookie = `legacy=${idToken}; Path=/`;
      history.replaceState({ idToken }, "");
      window.name = idToken;
      const cache = await caches.open("v1");
      await cache.put("/token", Response.json({ access_token: accessToken }));
      await cache.put("/app.js", new Response("const access_token = 'someVariable'", { headers: { "Content-Type": "text/javascript" } }));
      const request = indexedDB.open("books");
      request.onupgradeneeded = () => request.result.createObjectStore("notes", { autoIncrement: true });
      await new Promise((resolve) => {
        request.onsuccess = () => {
          const adding = request.result.transaction("notes", "readwrite").objectStore("notes").add({ deep: [new Map([["bytes", new TextEncoder().encode(idToken)]])] });
          adding.onsuccess = resolve;
        };
      });
      window.books = request.result;
    },
    [accessToken, idToken],
  );
  await signOut();

  const found = [
    "access_token (localStorage)",
    "books/notes (IndexedDB)",
    "history.state (page) at /e2e/callback.html",
    "legacy (cookie)",
    "name (page) at /e2e/callback.html",
    "profile (localStorage)",
    "v1 (caches)",
  ];
  assert.deepEqual(await left(), found);
  assert.deepEqual(await left({ tokens: [accessToken] }), [...found, "opaque (sessionStorage) at /e2e/callback.html"].sort());
  assert.deepEqual(await left({ ignore: ["access_token", "books/*", "history.state", "legacy", "name", "v1"] }), ["profile (localStorage)"]);
});

test("what is on its way out is waited for", { skip }, async () => {
  await signIn();
  world.faults.set("revocation", "late:700");
  await page.evaluate(() => void setTimeout(() => window.auth.logout(), 500));

  await expectLoggedOut(page, { client });
});
