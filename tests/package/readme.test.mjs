/** README's thirty lines, as they stand there: installed from the tarball, under README's own policy, against the real provider. Only the addresses are others. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { Browser } from "../e2e/harness/browser.mjs";
import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";
import { fences } from "../../xtask/scripts/site/fences.mjs";
import { giveName } from "./person.mjs";
import { install, remove, temporary } from "./project.mjs";

const read = async (name) => fences(await readFile(join(import.meta.dirname, "..", "..", name), "utf8"));
const readme = await read("README.md");
const page = readme.find(({ language }) => language === "html").code;
const script = readme.find(({ code }) => code.startsWith("// main.js")).code;
const policy = readme.find(({ code }) => code.startsWith("Content-Security-Policy: ")).code.replace("Content-Security-Policy: ", "");

// What a bundler would do: it tells the browser where the package is. And what stands in the console is kept, to be looked at.
const IMPORTS = JSON.stringify({ imports: { nightlatch: "./node_modules/nightlatch/index.js" } });
const CONSOLE = `globalThis.said = []; for (const name of ["log", "error"]) console[name] = (thing) => void said.push({ name, thing: thing instanceof Error ? String(thing) : thing });`;

const named = ({ issuer, api }) => (text) => text.replaceAll("https://id.example.com", issuer).replaceAll("https://api.example.com", api);

test("README's thirty lines sign in, call the API, sign out at the provider and say so", async (t) => {
  const folder = await temporary();
  t.after(() => remove(folder));
  await install("plain", folder);
  const hash = createHash("sha256").update(IMPORTS).digest("base64");
  const csp = (config) => named(config)(policy).replace("script-src 'self'", `script-src 'self' 'sha256-${hash}'`).concat("; img-src data:");
  const world = await serve({ mounts: { "/": folder }, redirectUris: ["/"], csp });
  t.after(() => world.close());
  await writeFile(join(folder, "watch.js"), CONSOLE);
  await writeFile(join(folder, "main.js"), named(world.config)(script).replace('clientId: "spa"', `clientId: "${world.clientId}"`));
  await writeFile(join(folder, "index.html"), page.replace("<script", `<link rel="icon" href="data:,"><script src="watch.js"></script><script type="importmap">${IMPORTS}</script>\n<script`));
  const browser = await Browser.launch("chromium");
  t.after(() => browser.close());

  const tab = await browser.open();
  const shows = (text) => until(`the page shows ${text}`, async () => (await tab.text("#who")) === text);
  const said = (what, is) => until(what, async () => (await tab.run(() => globalThis.said)).find(({ thing }) => is(thing))?.thing);
  const [{ sub, claims }] = world.accounts;

  await tab.visit(`${world.app}/`);
  await shows("signed-out");
  await tab.click("#in");
  await giveName(world, tab);
  await shows(sub);
  assert.equal(await tab.address(), `${world.app}/`);

  await tab.click("#call");
  assert.equal((await said("the API has answered", (thing) => thing?.name)).name, claims.name);
  const { accessToken, refreshToken } = world.issued.at(-1);

  await tab.click("#out");
  await shows("signed-out");
  const report = await said("the report is there", (thing) => thing?.scope);
  assert.deepEqual([report.scope, report.provider, report.complete], ["provider", "ended", true]);
  for (const token of [accessToken, refreshToken]) assert.equal((await world.introspect(token)).active, false);
  assert.deepEqual((await tab.run(() => globalThis.said)).filter(({ name }) => name === "error"), []);

  await tab.click("#in");
  await until("the provider asks again", () => tab.has("#password"));
});

test("the guide has the same lines and the same policy", async () => {
  const [markup, lines] = (await read("docs/guide/quick-start.md")).filter(({ language }) => language !== "sh");
  assert.deepEqual([markup.code, lines.code], [page, script]);
  const [{ code }] = await read("docs/guide/content-security-policy.md");
  assert.equal(code, `Content-Security-Policy: ${policy}`);
});
