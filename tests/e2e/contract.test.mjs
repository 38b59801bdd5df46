/** The fake of `nightlatch/testing` behaves as the package does: both play the same scenarios, and tell the same. */
import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { realDriver } from "./contract/real.mjs";
import { scenarios } from "./contract/scenarios.mjs";
import { virtualDriver } from "./contract/virtual.mjs";
import { stage as setStage } from "./harness/stage.mjs";

const stage = setStage();
const skip = (env.BROWSER ?? "chromium") !== "chromium" && "that browsers agree is what the other tests are for";

for (const scenario of scenarios) {
  test(`the fake tells what the package tells: ${scenario.name}`, { skip }, async () => {
    const fake = virtualDriver(scenario);
    const told = await scenario.play(fake);
    fake.close();

    const real = await scenario.play(realDriver(stage, scenario));

    assert.deepEqual(told, real);
  });
}
