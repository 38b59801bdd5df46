import assert from "node:assert/strict";
import { test } from "node:test";

import { assertSignedIn, assertSignedOut, failure, lastIssued, openApp, openSignedIn, started } from "./harness/app.mjs";
import { stage as setStage } from "./harness/stage.mjs";

const stage = setStage();

test("plain imports sign in and out, and share one client", async () => {
  stage.world.config.e2e = { client: "default" };
  const tab = await openSignedIn(stage);
  await assertSignedIn(tab);

  const seen = await tab.run(async () => {
    const { client, getAccessToken, handleRedirectCallback, logout } = window.nightlatch;
    const token = await getAccessToken();
    const answer = await handleRedirectCallback();
    const report = await logout();
    return { token, answer, complete: report.complete, same: (await client()) === window.auth };
  });

  assert.deepEqual(seen, { token: lastIssued(stage).accessToken, answer: null, complete: true, same: true });
  await assertSignedOut(tab);
  await tab.reload();
  await started(tab);
  await assertSignedOut(tab);
});

test("the default client without options is refused, and takes them afterwards", async () => {
  const tab = await openApp(stage);

  for (const name of ["client", "login", "logout", "getAccessToken", "handleRedirectCallback"]) {
    const error = await failure(tab.run((name) => window.nightlatch[name](), name));
    assert.equal(error.code, "invalid_options", name);
    assert.equal(error.kind, "usage", name);
  }

  const status = await tab.run(async () => {
    window.nightlatch.configure(window.options);
    return (await window.nightlatch.client()).status;
  });
  assert.equal(status, "signed-out");
});
