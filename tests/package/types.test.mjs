import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { remove, tarball, temporary } from "./project.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const tsc = join(root, "node_modules", "typescript", "bin", "tsc");

const common = { strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [], skipLibCheck: false };
const nodenext = { module: "nodenext", moduleResolution: "nodenext" };

let folder;
before(async () => {
  folder = await temporary();
  const packed = await tarball(folder);
  await run("tar", ["-xzf", packed, "-C", folder]);
  await mkdir(join(folder, "node_modules"));
  await cp(join(folder, "package"), join(folder, "node_modules", "nightlatch"), { recursive: true });
  // The frameworks of the adapters, and Playwright.
  for (const name of await readdir(join(root, "node_modules"))) await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  await cp(join(root, "tests", "types"), join(folder, "types"), { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(
    join(folder, "page.ts"),
    `import type { Page } from "playwright-core";
    import { findTraces } from "nightlatch/testing";
    import { expectLoggedOut } from "nightlatch/testing/playwright";
    export const look = async (page: Page) => {
      await expectLoggedOut(page, { client: "window.auth" });
      const names: string[] = await page.evaluate(findTraces, { tokens: [] });
      return names;
    };`,
  );
});
after(() => remove(folder));

async function compiles(compilerOptions, include) {
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...common, ...compilerOptions }, include }));
  const { stdout } = await run(process.execPath, [tsc, "--project", folder]).catch((error) => error);
  assert.equal(stdout, "");
}

for (const [how, compilerOptions] of [
  ["by a bundler", { module: "esnext", moduleResolution: "bundler" }],
  ["by Node", nodenext],
  ["by Node, as strictly as can be", { ...nodenext, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true }],
]) {
  test(`the types of the tarball compile as it is resolved ${how}, and say what they have to`, () => compiles(compilerOptions, ["types"]));
}

test("Playwright's own page is what `expectLoggedOut` takes, and takes `findTraces`", () => compiles({ ...nodenext, skipLibCheck: true }, ["page.ts"]));
