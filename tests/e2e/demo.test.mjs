// The demo's page, as a person uses it. What it says is what the report and the provider say; the rules themselves are proven elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";

import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage({ control: true });

test("a person sees what a sign-out would reach, and then what it reached: the lists, the clean-up, the app's own server", async () => {
  const tab = await openSignedIn();
  assert.match(await said(tab, "#scopes"), /You will still be signed in at Lanternhouse, and the next sign-in may ask for nothing\..*Lanternhouse revokes the tokens\..*Lanternhouse ends its session/s);
  await shows(tab, "#server-session", /alive/);

  await choose(tab, "application", "503");
  await until("the fault is set", () => stage.world.faults.all().application === "503");
  await choose(tab, "clear", "list");
  await choose(tab, "clean-up", "hangs");
  await press(tab, "#sign-out");

  await layerShows(tab, "application", /Failed/);
  await layerShows(tab, "cleaner-countdown", /Took too long/);
  await shows(tab, "#witness", /Refresh token: no longer good.*session alive/s);
  assert.deepEqual(await things(tab), ["gone", "there", "gone", "gone"]);
});

test("a provider without the endpoints shows as limits on the cards, and as notes after the sign-out", async () => {
  for (const endpoint of ["revocation", "end_session"]) stage.world.faults.set(endpoint, "missing");
  const tab = await openSignedIn();
  assert.match(await said(tab, "#scopes"), /Lanternhouse revokes none.*You will still be signed in at Lanternhouse: it has no way to end that from here/s);
  await choose(tab, "scope", "provider");
  await press(tab, "#sign-out");
  await shows(tab, "#notes", /not confirm.*was to be ended and was not/s);
});

test("what the outbox keeps is shown, over a reload, until the provider has it", async () => {
  const tab = await stage.browser.open();
  await tab.visit(stage.world.app);
  await ready(tab);
  await press(tab, "#outbox");
  assert.equal(await tab.run(() => document.querySelector("#outbox-reload").hidden), false);
  await press(tab, "#outbox-reload");
  await until("the page is new", () => tab.run(() => document.querySelector("#outbox-reload").hidden && document.querySelector("#outbox").checked));
  await signIn(tab);
  await choose(tab, "revocation", "gone");
  await until("the fault is set", () => stage.world.faults.all().provider === "drop");
  await press(tab, "#sign-out");
  await layerShows(tab, "refreshToken", /Queued/);
  await shows(tab, "#queue-text", /still good/);

  stage.world.faults.clear();
  await press(tab, "#queue-reload");
  await shows(tab, "#queue-text", /got through/);
});

test("a second tab shows that the first is at the provider, and Back brings a page without its session", async () => {
  const first = await openSignedIn();
  const second = await stage.browser.open();
  await second.visit(stage.world.app);
  await shows(second, "#status", /signed-in/);
  stage.world.faults.set("end_session", "slow:3000");
  await choose(first, "scope", "provider");
  await press(first, "#sign-out");
  await shows(second, "#elsewhere", /Another tab is ending the session at the provider/);
  await layerShows(first, "provider", /^Session at LanternhouseLanternhouse sent the page back and said so\..*Ended/);
  await shows(second, "#status", /signed-out/);

  await first.run(() => void setTimeout(() => history.back()));
  await until("the page from before is there", () => first.run(() => document.querySelector("#report")?.hidden));
  assert.equal(await first.run(() => document.querySelector("#status").textContent), "signed-out");
  assert.equal(await first.run(() => document.querySelector("#session").hidden), true);
});

async function openSignedIn() {
  const tab = await stage.browser.open();
  await tab.visit(stage.world.app);
  await signIn(tab);
  return tab;
}

async function ready(tab) {
  await shows(tab, "#status", /signed-out/);
  await until("the switches are there", () => tab.run(() => !document.querySelector("#provider").hidden));
}

async function signIn(tab) {
  await ready(tab);
  await press(tab, "#sign-in");
  await until("the form is there", () => tab.has("input[name=password]"));
  await tab.fill("input[name=username]", "ada");
  await tab.fill("input[name=password]", "lovelace");
  await tab.click("button[type=submit]");
  await until("the cards and the things are there", () => tab.run(() => document.querySelectorAll(".scope").length === 3 && document.querySelectorAll("[data-there=true]").length === 4));
}

const press = (tab, selector) => tab.run((selector) => document.querySelector(selector).click(), selector);
const choose = (tab, name, value) => press(tab, `input[name=${name}][value="${value}"]`);
// Text as it stands in the page, seen or folded away; nothing while it is hidden.
const said = (tab, selector) => tab.run((selector) => (document.querySelector(selector)?.closest("[hidden]") === null ? document.querySelector(selector).textContent : ""), selector);
const shows = (tab, selector, words) => until(`${selector} says ${words}`, async () => words.test((await said(tab, selector)) ?? ""));
// A layer of the report, in the element of the package.
const layerShows = (tab, layer, words) =>
  until(`${layer} says ${words}`, async () => words.test((await tab.run((layer) => document.querySelector("nightlatch-report")?.shadowRoot.querySelector(`[data-layer="${layer}"]`)?.textContent, layer)) ?? ""));
const things = (tab) => tab.run(() => [...document.querySelectorAll("#things .there")].map(({ textContent }) => textContent));
