import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";
import { after, before, test } from "node:test";

import { freePort } from "../e2e/harness/drivers.mjs";
import { start } from "../e2e/harness/processes.mjs";
import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";
import { install, isWhole, remove, run, temporary } from "./project.mjs";
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
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const world = await serve({ extraOrigins: [origin] });
    t.after(() => world.close());
    await mkdir(join(folder, "public"), { recursive: true });
    await writeFile(join(folder, "public", "config.json"), JSON.stringify(world.config));

    await run(folder, next, "build", ...options);
    const server = await start(process.execPath, [join("node_modules", next), "start", "--port", String(port)], { cwd: folder });
    try {
      await until("Next serves", async () => (await fetch(origin)).ok);
      await signInAndOut(world, `${origin}/`);

      const tab = await visit(`${origin}/on-the-server`);
      assert.deepEqual(JSON.parse(await tab.text("#answer")), { isAuthError: true, kind: "environment", code: "insecure_context" });
    } catch (error) {
      throw new Error(`${error.message}\n${server.output()}`, { cause: error });
    } finally {
      await server.stop();
    }
  });
}
