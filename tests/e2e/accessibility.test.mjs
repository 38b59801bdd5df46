// axe-core finds nothing wrong with what people meet: the demo, and the pages of its provider, in light and dark and on a narrow screen.
// PICTURES=folder has it keep a picture of each, for whoever wants to look.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { env } from "node:process";

import axe from "axe-core";

import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage({ control: true });
// The driver alone can show a page as another screen would.
const skip = (env.BROWSER ?? "chromium") !== "chromium";

const SCREENS = [
  { scheme: "light", width: 1280 },
  { scheme: "dark", width: 390 },
  { scheme: "dark", width: 1280 },
  { scheme: "light", width: 390 },
];

/** What axe-core finds on the page as it stands, or in one element of it, on these screens, and what would have to be scrolled sideways. */
async function findings(tab, page, screens, within) {
  const found = [];
  await tab.run(`() => { ${axe.source} }`);
  for (const screen of screens) {
    await tab.seen(screen);
    const { violations, wide } = await tab.run(async (within) => {
      const { violations } = await window.axe.run(within ?? document, { resultTypes: ["violations"], preload: false });
      const nodes = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.flat().join(" ")}: ${failureSummary}`));
      return { violations: nodes, wide: document.documentElement.scrollWidth - document.documentElement.clientWidth };
    }, within);
    const where = `${page}, ${screen.scheme}, ${screen.width} px`;
    found.push(...violations.map((text) => `${where}: ${text}`));
    if (wide > 0) found.push(`${where}: ${wide} px too wide`);
    const picture = `${page.replaceAll(" ", "-")}-${screen.scheme}-${screen.width}.png`;
    if (env.PICTURES) await writeFile(join(env.PICTURES, picture), await tab.picture(), "base64");
  }
  return found;
}

const shows = (tab, selector, words) => until(`${selector} says ${words}`, () => tab.run((selector, words) => new RegExp(words).test(document.querySelector(selector)?.textContent ?? ""), selector, words));
const press = (tab, selector) => tab.run((selector) => document.querySelector(selector).click(), selector);

test("axe-core finds no violation in the demo, nor on the provider's pages, in light and dark, and at 390 px", { skip }, async () => {
  const found = [];
  // The provider's pages are of one kind: two screens have all that the four have.
  const look = async (tab, page) => found.push(...(await findings(tab, page, page.startsWith("demo") ? SCREENS : SCREENS.slice(0, 2))));
  const tab = await stage.browser.open();
  await tab.visit(stage.world.app);
  await shows(tab, "#status", "signed-out");
  await until("the switches are there", () => tab.run(() => !document.querySelector("#provider").hidden));
  await look(tab, "demo signed out");

  await press(tab, "#sign-in");
  await until("the provider asks", () => tab.has("#password"));
  await look(tab, "provider sign-in");
  await tab.fill("#username", "ada");
  await tab.fill("#password", "wrong");
  await tab.click("#sign-in");
  await until("the provider refuses", async () => (await tab.has("[role=alert]")) && (await tab.has("#password")));
  await look(tab, "provider refusal");
  await tab.fill("#username", "ada");
  await tab.fill("#password", "lovelace");
  await tab.click("#sign-in");
  await until("the cards are there", () => tab.run(() => document.querySelectorAll(".scope").length === 3));
  await press(tab, "#call-api");
  await shows(tab, "#api-result", "200");
  await tab.run(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  await look(tab, "demo signed in");

  stage.world.faults.set("revocation", "503");
  await press(tab, "#sign-out");
  await until("the report is there", () => tab.run(() => !!document.querySelector("nightlatch-report")?.shadowRoot.querySelector("[data-layer]")));
  await shows(tab, "#witness", "Refresh token");
  await tab.run(() => {
    for (const details of [...document.querySelectorAll("details"), ...document.querySelector("nightlatch-report").shadowRoot.querySelectorAll("details")]) details.open = true;
  });
  await look(tab, "demo report");

  const { issuer } = stage.world;
  for (const [path, title, page] of [
    ["/session/end", "Sign out here too?", "provider asks"],
    ["/session/end/success", "Signed out", "provider signed out"],
    ["/interaction/over", "", "provider error"],
  ]) {
    await tab.visit(`${issuer}${path}`);
    await shows(tab, "h1", title);
    await look(tab, page);
  }
  assert.deepEqual(found, []);
});

test("nor in the report's element as it looks where a page gives it no colours", { skip }, async () => {
  const tab = await stage.browser.open();
  await tab.visit(`${stage.world.app}/e2e/report.html`);
  await until("the report is shown", () => tab.run(() => !!window.outcome));
  await tab.run(() => {
    // What a page without a background has, and axe-core takes for white.
    document.body.style.backgroundColor = "Canvas";
    const element = document.querySelector("nightlatch-report");
    const { report } = element;
    element.report = { ...report, complete: false, tokens: { refreshToken: "failed", accessToken: "none" }, problems: ["timeout"], local: { ...report.local, removed: ["cart"] } };
    element.shadowRoot.querySelector("details").open = true;
  });
  assert.deepEqual(await findings(tab, "element", SCREENS, "nightlatch-report"), []);
});
