// Jest has to be told of ES modules, ours like everybody's: these are the lines of docs/guide/install.md.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { install, isWhole, node, remove, temporary } from "./project.mjs";

const skip = !isWhole && "NIGHTLATCH_MATRIX=all runs it";

let folder;
before(async () => {
  folder = await temporary();
  if (!skip) await install("jest", folder);
});
after(() => remove(folder));

test("an app's own tests use the package in Jest, which makes CommonJS of it", { skip }, () => passes([]));

test("an app's own tests use the package in Jest, as the module that it is", { skip }, () => passes(["--experimental-vm-modules"], "--transform", "{}"));

async function passes(options, ...more) {
  const { stdout } = await node(folder, ...options, "node_modules/jest/bin/jest.js", "--runInBand", "--json", ...more);
  const { numPassedTests, numTotalTests } = JSON.parse(stdout);
  assert.deepEqual({ numPassedTests, numTotalTests }, { numPassedTests: 1, numTotalTests: 1 });
}
