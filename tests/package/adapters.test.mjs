import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";
import { after, before, beforeEach, test } from "node:test";
import { isDeepStrictEqual, promisify } from "node:util";

import { asksForPassword, fillForm } from "../e2e/harness/app.mjs";
import { Browser } from "../e2e/harness/browser.mjs";
import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";
import { installTogether, remove, temporary } from "./project.mjs";
import { signInAndOutIn } from "./visit.mjs";

const run = promisify(execFile);
const here = import.meta.dirname;
const frameworks = ["react", "solid", "svelte", "vue"];
const fixtures = ["caches", "react-18", "suspense"];
const built = {};

let folder;
let browser;
before(async () => {
  folder = await temporary();
  const examples = frameworks.map((name) => join(here, "..", "..", "examples", name));
  await installTogether([...examples, ...fixtures.map((name) => join(here, "fixtures", name))], folder);
  // Beside React 18 it imports that one.
  await cp(join(folder, "node_modules", "nightlatch"), join(folder, "react-18", "node_modules", "nightlatch"), { recursive: true });
});
after(async () => {
  await browser?.close();
  await remove(folder);
});

// A world has ports of its own, so no origin is ever visited again; what cookies are left is another provider's.
beforeEach(async () => {
  const isFit = (await browser?.closeTabs()) && (await browser.wipe());
  if (!isFit) {
    await browser?.close();
    browser = await Browser.launch("chromium");
  }
});

for (const framework of frameworks) {
  test(`an app made with ${framework} signs in and signs out`, async (t) => {
    const world = await worldOf(t, framework);

    await signInAndOutIn(browser, world, `${world.app}/`);
  });

  test(`TAB-1 with ${framework} a page that needs somebody leaves for the provider once and comes back to itself, and a sign-out is not undone in any tab`, async (t) => {
    await signInByNeedAndOut(t, framework);
  });
}

// In its development build alone React's Strict Mode does things twice.
for (const framework of ["react", "react-18"]) {
  test(`RESP-6 Strict Mode of ${framework} makes one client: one token request, one sign-out`, async (t) => {
    await signInByNeedAndOut(t, framework, "development");
  });
}

test("a tree that React gives up and begins anew has one client, asks for one sign-in, and closes the client when it is unmounted", async (t) => {
  const world = await worldOf(t, "suspense", "development");
  const tab = await browser.open();
  await tab.visit(`${world.app}/`);
  await until("the provider asks", () => asksForPassword(tab));
  assert.equal(signIns(world), 1);
  await fillForm({ world }, tab);

  await until("the inbox is shown", () => tab.has("#inbox"));
  assert.equal(await tab.run(() => window.opened), 1);
  assert.equal(world.requests.of("token").length, 1);

  const failed = await tab.run(async () => {
    await window.client.getAccessToken();
    window.unmount();
    await new Promise((resolve) => setTimeout(resolve));
    return window.client.getAccessToken().catch(({ code }) => code);
  });
  assert.equal(failed, "client_closed");
});

test("a page that needs somebody, and that has come back from the provider's end of session, waits for the user and shows the report", async (t) => {
  const world = await worldOf(t, "react");
  const tab = await browser.open();
  await tab.visit(`${world.app}/inbox`);
  await signIn(world, tab);
  await until("the inbox is shown", () => tab.has("#inbox"));

  await tab.click("#leave-provider");

  await until("the page is back", () => tab.has("#signed-out"));
  assert.equal(await tab.address(), `${world.app}/inbox`);
  assert.equal(JSON.parse(await tab.text("#report")).provider, "ended");
  assert.equal(signIns(world), 1);

  await tab.click("#enter");
  await until("the provider asks", () => asksForPassword(tab));
});

test("a sign-in that cannot begin is shown and not begun again", async (t) => {
  const world = await worldOf(t, "react");
  const tab = await browser.open();
  world.faults.set("discovery", "503");

  await tab.visit(`${world.app}/inbox`);

  await until("the page waits for the user", () => tab.has("#signed-out"));
  assert.notEqual(await tab.text("[role=alert]"), "");
  assert.equal(await tab.text("#status"), "signed-out");
  assert.equal(world.requests.of("discovery").length, 1);
});

test("one line for each empties the caches of TanStack Query and Apollo, in every tab", async (t) => {
  const world = await worldOf(t, "caches");
  const tab = await browser.open();
  await tab.visit(`${world.app}/`);
  await shows(tab, "status", "signed-out");
  await tab.click("#enter");
  await signIn(world, tab);
  const other = await browser.open();
  await other.visit(`${world.app}/`);
  for (const page of [tab, other]) {
    await shows(page, "status", "signed-in");
    await page.click("#fill");
    await holds(page, { queries: 1, apollo: { ROOT_QUERY: { __typename: "Query", letter: "for Ada" } } });
  }

  await tab.click("#leave");

  for (const page of [tab, other]) {
    await shows(page, "status", "signed-out");
    await holds(page, { queries: 0, apollo: {} });
  }
  const { cleaners } = JSON.parse(await until("the report is there", () => tab.text("#report")));
  assert.deepEqual(cleaners, [{ name: "queries", status: "done" }, { name: "apollo", status: "done" }]);
});

for (const project of ["react", "react-18"]) {
  test(`WEB-14 a server renders what ${project} shows while nobody is known, and reads no options`, async () => {
    const { stdout, stderr } = await inNode(
      project,
      `
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      import { AuthProvider, RequireAuth, useAuth } from "nightlatch/react";
      const options = () => { throw new Error("the options were read"); };
      const Status = () => useAuth().status;
      const view = createElement(RequireAuth, { fallback: "on the way" }, "inbox");
      const html = (props, child) => renderToString(createElement(AuthProvider, { options, ...props }, child));
      console.log(JSON.stringify([html({}, createElement(Status)), html({}, view), html({ fallback: "one moment" }, view)]));
      `,
    );

    assert.equal(stderr, "");
    assert.deepEqual(JSON.parse(stdout), ["loading", "on the way", "one moment"]);
  });
}

test("WEB-14 on a server a store of Svelte is read by Svelte 4 and 5, and opens nothing", async () => {
  const { stdout, stderr } = await inNode(
    "react-18",
    `
    import { get as five } from "svelte/store";
    import { get as four } from "svelte-4/store";
    import { authStore } from "nightlatch/svelte";
    const store = authStore(() => { throw new Error("the options were read"); });
    console.log(JSON.stringify([four(store).status, five(store).status]));
    `,
  );

  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), ["loading", "loading"]);
});

/** Two tabs and a page that needs somebody: one sign-in, one sign-out, and nobody is brought back by the provider's session, which lives on. */
async function signInByNeedAndOut(t, project, mode) {
  const world = await worldOf(t, project, mode);
  const address = `${world.app}/inbox`;
  const tab = await browser.open();

  await tab.visit(address);
  await signIn(world, tab);
  await until("the inbox is shown", () => tab.has("#inbox"));
  assert.equal(await tab.address(), address);
  assert.equal(signIns(world), 1);
  assert.equal(world.requests.of("token").length, 1);

  const other = await browser.open();
  await other.visit(address);
  await until("the inbox is shown to the other tab", () => other.has("#inbox"));
  await tab.click("#ask");
  await shows(tab, "name", "Ada Lovelace");

  await tab.click("#leave");
  for (const page of [tab, other]) {
    await until("the page waits for the user", () => page.has("#signed-out"));
    await shows(page, "status", "signed-out");
    assert.equal(await page.has("#inbox"), false);
    assert.equal(await page.address(), address);
  }
  const report = JSON.parse(await until("the report is there", () => tab.text("#report")));
  assert.equal(report.complete, true);
  assert.equal(world.requests.of("revocation").length, 2);
  assert.equal(world.requests.of("token").length, 1);
  assert.equal(signIns(world), 1);

  // Who asks is let in, by the page's own button.
  await other.click("#enter");
  await until("the inbox is shown once more", () => other.has("#inbox"));
  assert.equal(signIns(world), 2);
}

/** Serves what a project builds, beside a provider. */
async function worldOf(t, project, mode = "production") {
  const out = `dist-${mode}`;
  built[project + mode] ??= run(process.execPath, [join(folder, "node_modules/vite/bin/vite.js"), "build", "--mode", mode, "--outDir", join(folder, project, out)], { cwd: join(folder, project), env: { ...env, NODE_ENV: mode } });
  await built[project + mode];
  const world = await serve({ mounts: { "/": join(folder, project, out) } });
  t.after(() => world.close());
  return world;
}

async function signIn(world, tab) {
  await until("the provider asks", () => asksForPassword(tab));
  await fillForm({ world }, tab);
}

/** How often the provider was asked for a sign-in. */
function signIns(world) {
  return world.requests.of("authorization").filter(({ path }) => path === "/auth").length;
}

function holds(tab, content) {
  return until(`the caches hold ${JSON.stringify(content)}`, async () => isDeepStrictEqual(await tab.run(() => window.cached()), content));
}

function shows(tab, id, text) {
  return until(`#${id} shows ${text}`, async () => (await tab.text(`#${id}`)) === text);
}

function inNode(project, script) {
  return run(process.execPath, ["--input-type=module", "--eval", script], { cwd: join(folder, project), timeout: 30_000 });
}
