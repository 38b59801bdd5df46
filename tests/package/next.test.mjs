import assert from "node:assert/strict";
import { env } from "node:process";
import { after, before, test } from "node:test";

import { install, isWhole, remove, run, temporary } from "./project.mjs";
import { whileServed, worldBeside } from "./served.mjs";
import { signInAndOut, visit } from "./visit.mjs";

const next = "next/dist/bin/next";

// Turbopack is the default.
const builds = { Turbopack: [], ...(isWhole && { webpack: ["--webpack"] }) };

env.NEXT_TELEMETRY_DISABLED = "1";

let folder;
before(async () => {
  folder = await temporary();
  await install("next", folder);
});
after(() => remove(folder));

for (const [name, options] of Object.entries(builds)) {
  test(`what Next builds with ${name} signs in and signs out in a client component, and a server component imports the package`, async (t) => {
    const { world, origin, port } = await worldBeside(t, folder);
    await run(folder, next, "build", ...options);

    await whileServed(folder, origin, [next, "start", "--port", port], async () => {
      await signInAndOut(world, `${origin}/`);
      const tab = await visit(`${origin}/on-the-server`);
      assert.deepEqual(JSON.parse(await tab.text("#answer")), { isAuthError: true, kind: "environment", code: "insecure_context" });
    });
  });
}
