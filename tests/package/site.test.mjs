/** The documentation's site, as `cargo xtask docs` makes it, opened from the disk. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { Browser } from "../e2e/harness/browser.mjs";
import { remove, temporary } from "./project.mjs";

const root = join(import.meta.dirname, "..", "..");
const WIDE = 1280;
const NARROW = 390;

let folder;
let pages;
let axe;
let browser;
let tab;
before(async () => {
  folder = await temporary();
  await promisify(execFile)(process.execPath, [join(root, "xtask/scripts/site.mjs"), folder]);
  pages = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".html")).sort();
  axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  browser = await Browser.launch("chromium");
  tab = await browser.open();
});
after(async () => {
  await browser?.close();
  await remove(folder);
});

const visit = (page) => tab.visit(pathToFileURL(join(folder, page)).href);

/** What axe finds on the page that is shown: the rule, and the first element that breaks it. */
const violations = ({ colours }) =>
  tab.run(
    `async (enabled) => {
      ${axe};
      const { violations } = await axe.run(document, { resultTypes: ["violations"], rules: { "color-contrast": { enabled } } });
      return violations.map(({ id, nodes }) => id + ": " + nodes[0].html);
    }`,
    colours,
  );

/** One of each kind: what they share is in all of them. */
const KINDS = ["index.html", "api/popup.html", "guide/signing-out.html", "guide/your-server.html", "security.html"];

test("axe finds nothing to say of how any page of the site is built", async () => {
  assert.ok(pages.length > 35, `${pages.length} pages`);
  await tab.seen({ width: WIDE, scheme: "light" });
  const found = [];
  for (const page of pages) {
    await visit(page);
    for (const finding of await violations({ colours: false })) found.push(`${page}: ${finding}`);
  }
  assert.deepEqual(found, []);
});

test("nor in its colours, in light, in dark and on a telephone", async () => {
  const found = [];
  for (const [width, scheme] of [[WIDE, "light"], [WIDE, "dark"], [NARROW, "light"]]) {
    await tab.seen({ width, scheme });
    for (const page of KINDS) {
      await visit(page);
      for (const finding of await violations({ colours: true })) found.push(`${page} (${width}, ${scheme}): ${finding}`);
    }
  }
  assert.deepEqual(found, []);
});

test("no page of the site is wider than a telephone, has a script, or loads what does not lie beside it", async () => {
  await tab.seen({ width: NARROW, scheme: "light" });
  const beside = pathToFileURL(folder).href;
  for (const page of pages) {
    await visit(page);
    const { width, scripts, loaded } = await tab.run(() => ({
      width: document.documentElement.scrollWidth,
      scripts: document.scripts.length,
      loaded: performance.getEntriesByType("resource").map(({ name }) => name),
    }));
    assert.ok(width <= NARROW, `${page} is ${width} wide`);
    assert.equal(scripts, 0, page);
    for (const name of loaded) assert.ok(name.startsWith(beside), `${page} loads ${name}`);
  }
});
