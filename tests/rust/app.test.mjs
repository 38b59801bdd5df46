import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";

import { serve } from "../../www/server.mjs";
import { signInAndOut } from "../package/visit.mjs";

test("an app of Yew, against the packed crate and under a strict policy, signs in and signs out", async (t) => {
  assert.ok(env.RUST_APP, "RUST_APP names the folder that `cargo xtask example` makes");
  const world = await serve({ mounts: { "/": env.RUST_APP } });
  t.after(() => world.close());

  await signInAndOut(world, `${world.app}/`);
});
