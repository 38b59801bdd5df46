/** An app that its own tool serves, and the world that it talks to. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { freePort } from "../e2e/harness/drivers.mjs";
import { start } from "../e2e/harness/processes.mjs";
import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";

/** A world that knows the app at `origin`; the app in `folder` is told of the world. */
export async function worldBeside(t, folder) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const world = await serve({ extraOrigins: [origin] });
  t.after(() => world.close());
  await mkdir(join(folder, "public"), { recursive: true });
  await writeFile(join(folder, "public", "config.json"), JSON.stringify(world.config));
  return { world, origin, port: `${port}` };
}

/** Runs a server of what is installed in a folder while `work` lasts. What the server said is in the error. */
export async function whileServed(folder, origin, [program, ...args], work) {
  const server = await start(process.execPath, [join("node_modules", program), ...args], { cwd: folder });
  try {
    await until(`${program} serves`, async () => (await fetch(origin)).ok);
    await work();
  } catch (error) {
    throw new Error(`${error.message}\n${server.output()}`, { cause: error });
  } finally {
    await server.stop();
  }
}
