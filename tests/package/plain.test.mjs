import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { until } from "../e2e/harness/until.mjs";
import { serve } from "../../www/server.mjs";
import { strictPolicy } from "../../www/static.mjs";
import { install, remove, temporary } from "./project.mjs";
import { signInAndOut, visit } from "./visit.mjs";

let folder;
before(async () => {
  folder = await temporary();
  await install("plain", folder);
  await cp(join(folder, "index.html"), join(folder, "callback.html"));
});
after(() => remove(folder));

test("a page without any tool imports the package under a strict policy, signs in and signs out", async (t) => {
  const world = await serve({ mounts: { "/pkg-test/": folder } });
  t.after(() => world.close());

  await signInAndOut(world, `${world.app}/pkg-test/`);
});

test("a page with an import map imports the package by its name under a strict policy, signs in and signs out", async (t) => {
  const [, map] = /<script type="importmap">(.*?)<\/script>/s.exec(await readFile(join(folder, "mapped.html"), "utf8"));
  const hash = createHash("sha256").update(map).digest("base64");
  const csp = (config) => strictPolicy(config).replace("script-src", `script-src 'sha256-${hash}'`);
  const world = await serve({ mounts: { "/pkg-test/": folder }, redirectUris: ["/pkg-test/mapped.html"], csp });
  t.after(() => world.close());

  await signInAndOut(world, `${world.app}/pkg-test/mapped.html`);
});

test("WEB-14 in a module worker the package is imported, and a client is refused with an error that says so", async (t) => {
  const world = await serve({ mounts: { "/pkg-test/": folder } });
  t.after(() => world.close());

  const tab = await visit(`${world.app}/pkg-test/worker.html`);
  const answers = JSON.parse(await until("the worker answers", () => tab.text("#answer")));
  for (const { isAuthError, kind, code } of answers) assert.deepEqual({ isAuthError, kind, code }, { isAuthError: true, kind: "environment", code: "insecure_context" });
});
