/** The probe of `nightlatch/testing`, brought into the page by WebDriver. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { findTraces } from "../../pkg/testing.js";
import { logout, openApp, openSignedIn } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";

const stage = setStage();

test("the probe names the session's parts while somebody is signed in, and nothing after a sign-out, in every tab", async () => {
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  for (const one of [tab, other]) {
    const [share, session, ...rest] = await one.run(findTraces);
    assert.match(share, /^nightlatch-[\w-]+ \(cookie\)$/);
    assert.equal(session, "nightlatch/records: a session (IndexedDB)");
    assert.deepEqual(rest, []);
  }

  await logout(tab);

  for (const one of [tab, other]) assert.deepEqual(await one.run(findTraces), []);
});
