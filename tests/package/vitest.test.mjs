import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { install, remove, run, temporary } from "./project.mjs";

let folder;
before(async () => {
  folder = await temporary();
  await install("vitest", folder);
});
after(() => remove(folder));

test("an app's own tests use the package in Vitest, in jsdom and in happy-dom, without any configuration", async () => {
  const { stdout } = await run(folder, "vitest/vitest.mjs", "run", "--reporter=json");

  const { numPassedTests, numTotalTests } = JSON.parse(stdout);
  assert.deepEqual({ numPassedTests, numTotalTests }, { numPassedTests: 2, numTotalTests: 2 });
});
