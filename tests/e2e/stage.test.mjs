import assert from "node:assert/strict";
import { createServer } from "node:http";
import { env } from "node:process";
import { after, before, test } from "node:test";

import { close, listen } from "../../www/listen.mjs";
import { atRest } from "./harness/storage.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

// The tests of this file come in pairs: what the first leaves behind, the second must not find.
const stage = setStage();
const browser = env.BROWSER ?? "chromium";
const skip = browser === "webkit" && "every test has a browser of its own";
const HOSTS = ["127.0.0.1", "localhost"];
const NOTHING = { localStorage: {}, sessionStorage: {}, cookies: "", databases: {}, caches: [] };

/** A server that outlives the tests: unlike the world's, its origins are the same in all of them. */
const places = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, "http://localhost");
  if (req.method === "POST") reports.push(`${pathname} ${searchParams.get("text")}`);
  else visits.push({ at: `${req.headers.host.split(":")[0]}${pathname}`, cookies: req.headers.cookie ?? "" });
  if (pathname === "/set") {
    res.setHeader("Set-Cookie", ["seen=1; Max-Age=600", "http-only=1; HttpOnly; Max-Age=600", "deep=1; Path=/deep/er; HttpOnly; Max-Age=600", "session=1; Path=/"]);
  }
  const type = { "/worker.js": "text/javascript", "/kept": "text/plain" }[pathname] ?? "text/html";
  res.writeHead(200, { "Content-Type": type, "Cache-Control": pathname === "/kept" ? "max-age=600, immutable" : "no-cache" });
  res.end({ "/worker.js": WORKER, "/kept": "kept" }[pathname] ?? "<!doctype html><title>somewhere</title>");
});
const WORKER = "addEventListener('fetch', (event) => { if (event.request.url.endsWith('/intercepted')) event.respondWith(new Response('by the worker')) });";
const visits = [];
const reports = [];
let port;
before(async () => {
  port = await listen(places, 0, true);
});
after(() => close(places));

const at = (host, path = "/") => `http://${host}:${port}${path}`;
let first;

test("a test that leaves everything behind", { skip }, async () => {
  first = stage.browser;
  for (const [index, host] of HOSTS.entries()) {
    const tab = await stage.browser.open({ hidden: index === 1 });
    await tab.visit(at(host, "/set"));
    await tab.run(async () => {
      localStorage.setItem("kept", "1");
      sessionStorage.setItem("kept", "1");
      document.cookie = "script=1; Path=/elsewhere; Max-Age=600";
      await new Promise((resolve, reject) => {
        const opening = indexedDB.open("kept", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("all").put("kept", "key");
        opening.onsuccess = resolve;
        opening.onerror = reject;
      });
      await (await caches.open("kept")).put("/cached", new Response("kept"));
      const root = await navigator.storage.getDirectory();
      await root.getFileHandle("kept", { create: true });
      await navigator.serviceWorker.register("/worker.js");
      await navigator.serviceWorker.ready;
      await (await fetch("/kept")).text();
      new BroadcastChannel("tabs").onmessage = ({ target }) => target.postMessage("still here");
      // What a page does last it does after everybody has stopped looking.
      addEventListener("pagehide", () => {
        document.cookie = "last=1; Max-Age=600";
        localStorage.setItem("last", "1");
        indexedDB.open("last");
        fetch(`/last?text=${location.hostname}`, { method: "POST", keepalive: true });
      });
    });
    await tab.run(() => void window.open("/"));
  }
  // It is all there, and is found: else the next test would prove nothing.
  const [host] = HOSTS;
  const tab = await stage.browser.open();
  await tab.visit(at(host));
  const rest = await atRest(tab);
  assert.deepEqual([rest.localStorage, rest.caches, Object.keys(rest.databases)], [{ kept: "1" }, ["kept"], ["kept"]]);
  assert.deepEqual(await others(tab), { answers: 1, workers: 1, files: ["kept"], kept: true, intercepted: "by the worker" });
  await tab.visit(at(host, "/deep/er"));
  const { cookies } = visits.findLast((visit) => visit.at === `${host}/deep/er`);
  assert.deepEqual(cookies.split("; ").sort(), ["deep=1", "http-only=1", "seen=1", "session=1"]);
});

test("the next test finds nothing of it: no cookie, nothing stored, nothing cached, no worker, no tab", { skip }, async () => {
  assert.equal(stage.browser, first);
  await until("the pages have gone", () => HOSTS.every((host) => reports.includes(`/last ${host}`)));
  assert.equal(await stage.browser.tabs(), 1);
  visits.length = 0;
  for (const host of HOSTS) {
    const tab = await stage.browser.open();
    for (const path of ["/", "/elsewhere", "/deep/er", "/set/"]) {
      await tab.visit(at(host, path));
      assert.deepEqual(await atRest(tab), NOTHING, host + path);
    }
    assert.deepEqual(await others(tab), { answers: 0, workers: 0, files: [], kept: false, intercepted: "<!doctype html><title>somewhere</title>" });
    assert.deepEqual(await tab.run(() => [window.name, document.visibilityState]), ["", "visible"]);
  }
  assert.deepEqual(visits.filter(({ cookies }) => cookies !== ""), []);
});

test("a test that kills a tab", async () => {
  first = stage.browser;
  const tab = await stage.browser.open();
  await tab.visit(at("localhost"));
  await tab.kill();
});

test("the next test has a new browser where a process died", async () => {
  assert.equal(stage.browser === first, browser === "firefox");
  const tab = await stage.browser.open();
  await tab.visit(at("localhost"));
});

/** What a page finds that is not its own storage: answers of other tabs, workers, files, what is fetched without the network. */
function others(tab) {
  return tab.run(async () => {
    const channel = new BroadcastChannel("tabs");
    let answers = 0;
    channel.onmessage = () => (answers += 1);
    channel.postMessage("who is there?");
    const workers = (await navigator.serviceWorker.getRegistrations()).length;
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
    const intercepted = await (await fetch("/intercepted")).text();
    const kept = await fetch("/kept", { cache: "only-if-cached", mode: "same-origin" }).then(({ ok }) => ok, () => false);
    // That nobody answers has no sign of its own. The test before, whose tabs answer, shows that this is long enough.
    await new Promise((resolve) => setTimeout(resolve, 200));
    channel.close();
    return { answers, workers, files, kept, intercepted };
  });
}
