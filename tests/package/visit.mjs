/** A person at a browser, in front of an app that uses the package. */
import assert from "node:assert/strict";
import { after } from "node:test";

import { Browser } from "../e2e/harness/browser.mjs";
import { until } from "../e2e/harness/until.mjs";

let browser;
after(() => browser?.close());

/** A browser as in a new profile. One serves the tests of a file: everything that it keeps is deleted before each visit. */
async function fresh() {
  if (!((await browser?.closeTabs()) && (await browser.wipe()))) {
    await browser?.close();
    browser = await Browser.launch("chromium");
  }
  return browser;
}

/** Opens a tab in a fresh browser. */
export async function visit(address) {
  const tab = await (await fresh()).open();
  await tab.visit(address);
  return tab;
}

/** {@link signInAndOutIn} a fresh browser. */
export async function signInAndOut(world, address) {
  return signInAndOutIn(await fresh(), world, address);
}

/** Signs in at the provider, asks the API, signs out, and finds nobody signed in after a reload. Gives the tab. */
export async function signInAndOutIn(browser, world, address) {
  const tab = await browser.open();
  await tab.visit(address);
  const shows = (id, text) => until(`#${id} shows ${text}`, async () => (await tab.text(`#${id}`)) === text);
  await shows("status", "signed-out");

  await tab.click("#enter");
  await until("the provider asks", () => tab.has("#password"));
  const [{ username, password }] = world.accounts;
  await tab.fill("#username", username);
  await tab.fill("#password", password);
  await tab.click("#sign-in");
  await shows("status", "signed-in");
  assert.equal(new URL(await tab.address()).search, "");

  await tab.click("#ask");
  await shows("name", "Ada Lovelace");
  const { accessToken, refreshToken } = world.issued.at(-1);

  await tab.click("#leave");
  await shows("status", "signed-out");
  const report = JSON.parse(await until("the report is there", () => tab.text("#report")));
  assert.equal(report.complete, true);
  assert.deepEqual(report.tokens, { refreshToken: "revoked", accessToken: "revoked" });
  for (const token of [accessToken, refreshToken]) assert.equal((await world.introspect(token)).active, false);

  await tab.reload();
  await shows("status", "signed-out");
  return tab;
}
