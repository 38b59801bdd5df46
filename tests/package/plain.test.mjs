import { cp } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { serve } from "../../www/server.mjs";
import { install, remove, temporary } from "./project.mjs";
import { signInAndOut } from "./visit.mjs";

test("a page without any tool imports the package under a strict policy, signs in and signs out", async (t) => {
  const folder = await temporary();
  t.after(() => remove(folder));
  await install("plain", folder);
  await cp(join(folder, "index.html"), join(folder, "callback.html"));

  const world = await serve({ mounts: { "/pkg-test/": folder } });
  t.after(() => world.close());

  await signInAndOut(world, `${world.app}/pkg-test/`);
});
