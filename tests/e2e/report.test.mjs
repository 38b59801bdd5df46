// The element of `nightlatch/report`, under the policy that the README gives.
import assert from "node:assert/strict";
import { test } from "node:test";

import { logout, openApp, openSignedIn } from "./harness/app.mjs";
import { documentedPolicy } from "./harness/policy.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

// Trusted Types and no style of any kind. (What the policy refuses the page tells, and the test fails.)
const stage = setStage({ csp: documentedPolicy });

/** Shows a report in the page, and gives what a person and a script see of it. */
const shown = (tab, report, { attributes = {}, ...properties } = {}) =>
  tab.run(
    async (report, attributes, properties) => {
      const { defineReport } = await import("/nightlatch/report.js");
      defineReport();
      document.querySelector("nightlatch-report")?.remove();
      const element = document.createElement("nightlatch-report");
      for (const name in attributes) element.setAttribute(name, attributes[name]);
      Object.assign(element, { report, ...properties });
      document.body.append(element);
      const all = (selector, of) => [...element.shadowRoot.querySelectorAll(selector)].map(of);
      return {
        headings: all("h1, h2, h3, h4, h5, h6", ({ localName, textContent }) => `${localName} ${textContent}`),
        layers: all("[data-layer]", ({ dataset }) => `${dataset.layer} ${dataset.tone}`),
        text: element.textContent,
        shape: all("article, [role=list], li", ({ localName, part }) => `${localName} ${part}`.trim()),
        code: all("code", ({ textContent }) => textContent),
        styled: all("[style]", ({ style }) => style.cssText),
        colour: getComputedStyle(element.shadowRoot.querySelector("[part~=outcome][part~=good]") ?? element).color,
      };
    },
    report,
    attributes,
    properties,
  );

test("LOUT-15 the report of a real sign-out is shown under the documented policy, with headings, a list, and a text of its own", async () => {
  const tab = await openSignedIn(stage);
  stage.world.faults.set("revocation", "503");
  const report = await logout(tab);
  const seen = await shown(tab, report, { provider: "Lanternhouse", attributes: { "heading-level": "1" } });

  assert.equal(seen.headings[0], "h1 Signed out. 2 layers unconfirmed.");
  assert.deepEqual(seen.headings.slice(1), ["This browser", "Other tabs", "Refresh token", "Access token", "Session at Lanternhouse", "What went wrong"].map((name) => `h2 ${name}`));
  assert.deepEqual(seen.layers, ["local good", "tabs none", "refreshToken open", "accessToken open", "provider none"]);
  assert.deepEqual(seen.shape.slice(0, 3), ["article report", "ul layers", "li layer good"]);
  assert.match(seen.text, /Refresh token: Refused \(.*\)\. Lanternhouse did not do it/);
  assert.deepEqual(seen.code, [...report.local.removed, "revocation_refused"]);
  // The bars alone, by a property that a policy has no say in.
  assert.ok(seen.styled.length >= 3 && seen.styled.every((text) => /^--at: [01]\.\d{4};$/.test(text)));
  const both = await tab.run(async (report) => {
    const { textOf } = await import("/nightlatch/report.js");
    return textOf(report, { provider: "Lanternhouse", lang: "en" });
  }, report);
  assert.equal(seen.text, both);
});

test("what a report names is text and nothing else, and a report that is taken away leaves nothing", async () => {
  const tab = await openApp(stage);
  const markup = "<img src=x onerror=\"window.ran=1\">";
  const report = await logout(tab);
  report.local = { status: "partial", removed: [markup], residue: [markup] };
  report.cleaners = [{ name: markup, status: "failed" }];
  report.problems = [markup];
  const seen = await shown(tab, report);
  assert.deepEqual(seen.code, [markup, markup]);
  assert.ok(seen.headings.includes(`h3 Clean-up: ${markup}`));
  const left = await tab.run(() => {
    const element = document.querySelector("nightlatch-report");
    const images = element.shadowRoot.querySelectorAll("img").length;
    element.report = null;
    return { images, children: [...element.shadowRoot.children].map(({ localName }) => localName), text: element.textContent, ran: window.ran ?? "nothing" };
  });
  assert.deepEqual(left, { images: 0, children: ["slot"], text: "", ran: "nothing" });
});

test("defining is done once, importing does nothing, and what was set before the definition counts", async () => {
  const tab = await stage.browser.open();
  await tab.visit(`${stage.world.app}/e2e/report.html`);
  const { before, titles } = await until("the page has shown both", () => tab.run(() => window.outcome));
  assert.equal(before, false);
  assert.deepEqual(titles, Array(2).fill('<h2 part="title" id="title">Signed out. Every layer confirmed.</h2>'));
});

test("colours follow color-scheme, and the page's own go before", async () => {
  const tab = await openApp(stage);
  const report = await logout(tab);
  const scheme = (value) => tab.run((value) => void document.documentElement.style.setProperty("color-scheme", value), value);
  await scheme("light");
  const light = await shown(tab, report);
  await scheme("dark");
  const dark = await shown(tab, report);
  assert.deepEqual([light.colour, dark.colour], ["rgb(23, 105, 74)", "rgb(132, 220, 177)"]);
  await tab.run(() => void document.documentElement.style.setProperty("--nightlatch-good", "rgb(1, 2, 3)"));
  assert.equal((await shown(tab, report)).colour, "rgb(1, 2, 3)");
});
