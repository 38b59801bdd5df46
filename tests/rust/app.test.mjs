import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { serve } from "../../www/server.mjs";
import { asksForPassword, fillForm } from "../e2e/harness/app.mjs";
import { Browser } from "../e2e/harness/browser.mjs";
import { until } from "../e2e/harness/until.mjs";
import { signInAndOut } from "../package/visit.mjs";

test("an app of Yew, against the packed crate and under a strict policy, signs in and signs out", async (t) => {
  const world = await worldOf(t);

  await signInAndOut(world, `${world.app}/`);
});

test("an app of Yew is told what a sign-out would reach, what another tab did and what is refused, and gets the report of the way back", async (t) => {
  const world = await worldOf(t);
  const browser = await Browser.launch("chromium");
  t.after(() => browser.close());
  const tab = await browser.open();
  await tab.visit(`${world.app}/`);
  await shows(tab, "status", "signed-out");

  await tab.click("#stray");
  await until("the target is refused", async () => (await tab.text("#error")).startsWith("redirect_refused: "));
  await tab.click("#ask");
  await until("there is no token", async () => (await tab.text("#error")).startsWith("login_required: "));

  await tab.click("#enter");
  await until("the provider asks", () => asksForPassword(tab));
  await fillForm({ world }, tab);
  await shows(tab, "status", "signed-in");
  const other = await browser.open();
  await other.visit(`${world.app}/`);
  await shows(other, "status", "signed-in");

  await tab.click("#plan");
  const planned = await reportIn(tab);
  assert.equal(planned.complete, false);
  assert.deepEqual(planned.tokens, { refreshToken: "planned", accessToken: "planned" });
  assert.deepEqual(planned.capabilities, { storage: "browser", revocation: true, endSession: true, mayBeAlive: [] });
  assert.equal(await tab.text("#status"), "signed-in");

  await tab.click("#end");
  const isBack = async () => (await tab.address()) === `${world.app}/` && (await tab.has("#status"));
  await until("the provider has sent the user back", isBack);
  const reached = await reportIn(tab);
  assert.equal(reached.scope, "provider");
  assert.equal(reached.provider, "ended");
  assert.equal(reached.complete, true);
  assert.equal(reached.tabs.acknowledged, 1);
  assert.deepEqual(reached.cleaners, [{ name: "title", status: "done" }]);

  await shows(other, "event", "otherTab");
  await shows(other, "status", "signed-out");
  await until("the other tab's cleaner has run", async () => (await other.run(() => document.title)) === "Signed out");
});

async function worldOf(t) {
  assert.ok(env.RUST_APP, "RUST_APP names the folder that `cargo xtask example` makes");
  const world = await serve({ mounts: { "/": env.RUST_APP } });
  t.after(() => world.close());
  return world;
}

function shows(tab, id, text) {
  return until(`#${id} shows ${text}`, async () => (await tab.has(`#${id}`)) && (await tab.text(`#${id}`)) === text);
}

async function reportIn(tab) {
  return JSON.parse(await until("the report is there", () => tab.text("#report")));
}
