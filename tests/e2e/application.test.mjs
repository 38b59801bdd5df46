import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedOut, logout, openApp, openSignedIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

const withCookie = { application: { url: "/session/end", csrf: { cookie: "XSRF-TOKEN" } } };

async function openWith(options) {
  stage.world.config.e2e = { options };
  const tab = await openSignedIn(stage);
  await tab.run(() => fetch("/session", { method: "POST" }));
  assert.equal(await isAlive(tab), true);
  return tab;
}

const isAlive = (tab) => tab.run(async () => (await (await fetch("/session")).json()).alive);

test("a logout ends the app's own session at its server, with the CSRF token from a cookie", async () => {
  const tab = await openWith(withCookie);
  const report = await logout(tab);
  assert.equal(report.application, "ended");
  assert.equal(report.complete, true);
  assert.equal(await isAlive(tab), false);
  assert.equal(stage.world.requests.of("application").length, 1);
});

test("the CSRF token comes from a meta element as well, or from a function", async () => {
  const tab = await openWith({ application: { url: "/session/end", csrf: { meta: "csrf", header: "X-XSRF-TOKEN" } } });
  await tab.run(() => {
    const content = document.cookie.match(/XSRF-TOKEN=(\w+)/)[1];
    document.head.append(Object.assign(document.createElement("meta"), { name: "csrf", content }));
  });
  assert.equal((await logout(tab)).application, "ended");
  assert.equal(await isAlive(tab), false);

  await tab.run(() => fetch("/session", { method: "POST" }));
  const outcome = await tab.run(async () => {
    const headers = async () => ({ "X-XSRF-TOKEN": document.cookie.match(/XSRF-TOKEN=(\w+)/)[1] });
    const other = await window.nightlatch.createClient({ ...window.options, application: { url: "/session/end", headers } });
    return (await other.logout()).application;
  });
  assert.equal(outcome, "ended");
  assert.equal(await isAlive(tab), false);
});

test("LOUT-15 an app's server that refuses, redirects or is silent leaves nobody signed in, and the report says which", async () => {
  const { faults } = stage.world;
  const redirect = (req, res) => void res.writeHead(302, { Location: "/" }).end();
  const cases = [
    { mode: "503", outcome: "failed", problems: ["application_refused"] },
    { mode: "hang", outcome: "unknown", problems: ["timeout"] },
    { mode: "drop", outcome: "unknown", problems: ["network_error"] },
    { mode: redirect, outcome: "ended", problems: [] },
  ];
  for (const { mode, outcome, problems } of cases) {
    faults.clear();
    const tab = await openWith(withCookie);
    faults.set("application", mode);
    const report = await logout(tab, { timeout: 1 });
    assert.equal(report.application, outcome);
    assert.deepEqual(report.problems, problems);
    assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
    await assertSignedOut(tab);
  }
});

test("a function that throws or never gives a header holds no logout up", async () => {
  const tab = await openWith(withCookie);
  const outcomes = await tab.run(async () => {
    const given = [];
    for (const headers of [() => new Promise(() => {}), () => Promise.reject(new Error("no"))]) {
      const client = await window.nightlatch.createClient({ ...window.options, application: { url: "/session/end", headers } });
      given.push((await client.logout({ timeout: 1 })).application);
    }
    return given;
  });
  assert.deepEqual(outcomes, ["unknown", "unknown"]);
  assert.deepEqual(stage.world.requests.of("application"), []);
});

test("only a logout ends the app's own session, and only in the tab where it is called", async () => {
  const tab = await openWith(withCookie);
  const other = await openApp(stage);
  await logout(tab);
  await until("the other tab is signed out", async () => (await other.run(() => window.auth.status)) === "signed-out");
  assert.equal(stage.world.requests.of("application").length, 1);
});

test("bad input: an application elsewhere, or none, and an outbox that is none, are refused with a typed error", async () => {
  const tab = await openApp(stage);
  const codes = await tab.run(async () => {
    const given = [];
    for (const application of [{ url: "https://evil.example/" }, { url: "//evil.example/" }, {}, "/session/end"]) {
      given.push(await window.nightlatch.createClient({ ...window.options, application }).catch(({ code }) => code));
    }
    given.push(await window.nightlatch.createClient({ ...window.options, outbox: true }).catch(({ code }) => code));
    return given;
  });
  assert.deepEqual(codes, Array(5).fill("invalid_options"));
});
