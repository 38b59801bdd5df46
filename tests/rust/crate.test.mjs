import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { env } from "node:process";
import { test } from "node:test";
import { promisify } from "node:util";

import { remove, temporary } from "../package/project.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");

test("the crate holds what it is made of, and nothing else", async () => {
  const packed = await files();
  const sources = await readdir(join(root, "src"), { recursive: true, withFileTypes: true });
  const expected = sources.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  expected.push(".cargo_vcs_info.json", "Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md");

  assert.ok(expected.includes("src/surface/client.js"));
  assert.deepEqual(packed.map((path) => path.replace(/^[^/]*\//, "")).sort(), expected.sort());
});

test("no file of the crate names this machine", async (t) => {
  const folder = await temporary();
  t.after(() => remove(folder));
  await run("tar", ["-xzf", env.CRATE, "-C", folder]);
  for (const path of await files()) assert.ok(!(await readFile(join(folder, path), "utf8")).includes(root), path);
});

test("what an app carries of JavaScript is the package's own, in one file that imports nothing and asks for no module", async () => {
  const snippet = await readFile(join(root, "src/surface/client.js"), "utf8");
  assert.doesNotMatch(snippet, /\bimport\b|WebAssembly/);
});

async function files() {
  assert.ok(env.CRATE, "CRATE names the file that `cargo xtask example` packs");
  const { stdout } = await run("tar", ["-tzf", env.CRATE]);
  return stdout.trim().split("\n");
}
