import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { freePort } from "../e2e/harness/drivers.mjs";
import { start } from "../e2e/harness/processes.mjs";
import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";
import { install, remove, temporary } from "./project.mjs";
import { signInAndOut } from "./visit.mjs";

const run = promisify(execFile);
const vite = "node_modules/vite/bin/vite.js";

let folder;
before(async () => {
  folder = await temporary();
  await install("vite", folder);
});
after(() => remove(folder));

test("what Vite builds without any configuration signs in and signs out", async (t) => {
  await run(process.execPath, [vite, "build"], { cwd: folder });
  const world = await serve({ mounts: { "/": join(folder, "dist") } });
  t.after(() => world.close());

  await signInAndOut(world, `${world.app}/`);
});

test("what Vite's development server serves without any configuration signs in and signs out", async (t) => {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const world = await serve({ extraOrigins: [origin] });
  t.after(() => world.close());
  await mkdir(join(folder, "public"), { recursive: true });
  await writeFile(join(folder, "public", "config.json"), JSON.stringify(world.config));

  const server = await start(process.execPath, [vite, "--host", "127.0.0.1", "--port", String(port), "--strictPort"], { cwd: folder });
  try {
    await until("Vite serves", async () => (await fetch(`http://127.0.0.1:${port}/`)).ok);
    await signInAndOut(world, `${origin}/`);
  } catch (error) {
    throw new Error(`${error.message}\n${server.output()}`, { cause: error });
  } finally {
    await server.stop();
  }
});
