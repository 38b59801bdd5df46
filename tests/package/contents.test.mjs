import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { remove, tarball, temporary } from "./project.mjs";

const run = promisify(execFile);

let folder;
let packed;
before(async () => {
  folder = await temporary();
  packed = await tarball(folder);
});
after(() => remove(folder));

test("the tarball holds what the package is made of, and nothing else", async () => {
  const { stdout } = await run("tar", ["-tzf", packed]);

  assert.deepEqual(stdout.trim().split("\n").sort(), [
    "package/LICENSE-APACHE",
    "package/LICENSE-MIT",
    "package/README.md",
    "package/adapter.d.ts",
    "package/adapter.js",
    "package/beyond.js",
    "package/browser/application.js",
    "package/browser/database.js",
    "package/browser/navigation.js",
    "package/browser/proof.js",
    "package/browser/record.js",
    "package/browser/request.js",
    "package/browser/share.js",
    "package/browser/signals.js",
    "package/browser/vault.js",
    "package/browser/visibility.js",
    "package/browser/wipe.js",
    "package/challenge.js",
    "package/cleaners.js",
    "package/client.js",
    "package/debug.d.ts",
    "package/debug.js",
    "package/debug/entries.js",
    "package/debug/record.js",
    "package/debug/warnings.js",
    "package/departure.js",
    "package/disconnect.d.ts",
    "package/disconnect.js",
    "package/discovery.js",
    "package/dpop.d.ts",
    "package/dpop.js",
    "package/dpop/keys.js",
    "package/dpop/proof.js",
    "package/error.js",
    "package/everywhere.d.ts",
    "package/everywhere.js",
    "package/explain.d.ts",
    "package/explain.js",
    "package/fetch.js",
    "package/front-channel.d.ts",
    "package/front-channel.js",
    "package/generated/bytes.js",
    "package/generated/fingerprint.js",
    "package/generated/nightlatch.js",
    "package/generated/nightlatch.wasm",
    "package/index.d.ts",
    "package/index.js",
    "package/legacy.d.ts",
    "package/legacy.js",
    "package/listeners.js",
    "package/monitor.d.ts",
    "package/monitor.js",
    "package/outbox.d.ts",
    "package/outbox.js",
    "package/package.json",
    "package/par.d.ts",
    "package/par.js",
    "package/popup.d.ts",
    "package/popup.js",
    "package/providers.d.ts",
    "package/providers.js",
    "package/providers/all.d.ts",
    "package/providers/all.js",
    "package/providers/dialect.js",
    "package/providers/sources.js",
    "package/react.d.ts",
    "package/react.js",
    "package/report.d.ts",
    "package/report.js",
    "package/report/labels.js",
    "package/report/styles.js",
    "package/report/words.js",
    "package/shell.js",
    "package/silent.d.ts",
    "package/silent.js",
    "package/slim.d.ts",
    "package/slim.js",
    "package/solid.d.ts",
    "package/solid.js",
    "package/step-up.d.ts",
    "package/step-up.js",
    "package/svelte.d.ts",
    "package/svelte.js",
    "package/testing.d.ts",
    "package/testing.js",
    "package/testing/api.js",
    "package/testing/browser.js",
    "package/testing/client.js",
    "package/testing/clock.js",
    "package/testing/errors.js",
    "package/testing/machine.js",
    "package/testing/options.js",
    "package/testing/playwright.d.ts",
    "package/testing/playwright.js",
    "package/testing/provider.js",
    "package/testing/record.js",
    "package/testing/refresh.js",
    "package/testing/sign-in.js",
    "package/testing/sign-out.js",
    "package/testing/tab.js",
    "package/testing/traces.js",
    "package/unpack.js",
    "package/userinfo.d.ts",
    "package/userinfo.js",
    "package/vue.d.ts",
    "package/vue.js",
    "package/wasm.js",
  ]);
});

test("what the package names as its entries is in the tarball, and no file of it names this machine", async () => {
  await run("tar", ["-xzf", packed, "-C", folder]);
  const contents = join(folder, "package");

  const { exports, dependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(await readFile(join(contents, "package.json"), "utf8"));
  assert.equal(dependencies, undefined);
  for (const framework of Object.keys(peerDependencies)) assert.deepEqual(peerDependenciesMeta[framework], { optional: true });
  for (const targets of Object.values(exports)) for (const target of Object.values(typeof targets === "string" ? { targets } : targets)) await readFile(join(contents, target));

  const root = join(import.meta.dirname, "..", "..");
  const { stdout: files } = await run("grep", ["-rlF", "-e", root, "-e", "/.cargo/", contents]).catch(({ stdout }) => ({ stdout }));
  assert.equal(files, "");
});
