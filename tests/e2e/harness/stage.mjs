/** What every test file stands on: for each test a world of its own, and a browser that has never been anywhere, or that was made as new. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, beforeEach } from "node:test";

import { serve } from "../../../www/server.mjs";
import { Browser } from "./browser.mjs";

const pages = join(import.meta.dirname, "..", "pages");
const ACCESS_TOKEN_TTL = 300;

/** Sets the hooks of a file and hands out, inside a test, its `world` and its `browser`. */
export function stage(options = {}) {
  const stage = {};
  // To launch a browser takes longer than most tests, in Firefox three seconds.
  let spare;

  beforeEach(async () => {
    // (Node runs no `afterEach` for a test that skips itself.)
    await strike();
    stage.world = await serve({ mounts: { "/e2e/": pages }, accessTokenTtl: ACCESS_TOKEN_TTL, ...options });
    stage.browser = spare ?? (await Browser.launch());
    spare = undefined;
  });

  // No page of any test broke its own policy, threw or left a rejection behind: a page that did has told the API's log.
  afterEach(async () => assert.deepEqual(await strike(), []));

  after(async () => {
    await strike();
    await spare?.close();
  });

  /** Ends the test's world, and resolves to what its pages complained about. The ports are new each time, so no origin is ever visited again. */
  async function strike() {
    const { browser, world } = stage;
    delete stage.browser;
    delete stage.world;
    const isFit = (await browser?.closeTabs()) ?? false;
    if (!isFit) await browser?.close();
    const problems = world?.requests.filter(({ path }) => path === "/problem").map(({ params }) => `${params.page}: ${params.text}`);
    // Before anything is deleted: an answer to what a page has sent on its way out may set a cookie, and that is for all ports of a host.
    await world?.close();
    if (isFit) {
      if (await browser.wipe()) spare = browser;
      else await browser.close();
    }
    return problems ?? [];
  }

  return stage;
}
