/** What every test file stands on: one world, and for each test a browser that has never been anywhere. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";

import { serve } from "../../../www/server.mjs";
import { Browser } from "./browser.mjs";

const pages = join(import.meta.dirname, "..", "pages");
const ACCESS_TOKEN_TTL = 300;

/** Sets the hooks of a file and hands out its `world` and, inside a test, its `browser`. */
export function stage(options = {}) {
  const stage = {};

  before(async () => {
    stage.world = await serve({ mounts: { "/e2e/": pages }, accessTokenTtl: ACCESS_TOKEN_TTL, ...options });
  });
  after(() => stage.world?.close());

  beforeEach(async () => {
    const { world } = stage;
    world.faults.clear();
    world.setAccessTokenTtl(ACCESS_TOKEN_TTL);
    world.requests.clear();
    world.issued.length = 0;
    delete world.config.e2e;
    delete world.coop.app;
    delete world.coop.provider;
    stage.browser = await Browser.launch();
  });

  // No page of any test broke its own policy, threw or left a rejection behind: a page that did has told the API's log.
  afterEach(async () => {
    await stage.browser?.close();
    const problems = stage.world.requests.filter(({ path }) => path === "/problem").map(({ params }) => `${params.page}: ${params.text}`);
    assert.deepEqual(problems, []);
  });

  return stage;
}
