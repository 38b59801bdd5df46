/** A person at a browser, in front of an app that uses the package. */
import assert from "node:assert/strict";

import { Browser } from "../e2e/harness/browser.mjs";
import { until } from "../e2e/harness/until.mjs";

/** {@link signInAndOutIn} a browser of its own. */
export async function signInAndOut(world, address) {
  const browser = await Browser.launch("chromium");
  try {
    await signInAndOutIn(browser, world, address);
  } finally {
    await browser.close();
  }
}

/** Signs in at the provider, asks the API, signs out, and finds nobody signed in after a reload. */
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
}
