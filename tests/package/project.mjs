/** The packed tarball, and projects that use it as their users would. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { env } from "node:process";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = import.meta.dirname;
const INSTALL_MS = 180_000;

/** The tarball that `cargo xtask test` names, or one that is packed here and now into `folder`. */
export async function tarball(folder) {
  if (env.TARBALL) return env.TARBALL;
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(here, "..", "..", "pkg") });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

export function temporary() {
  return mkdtemp(join(tmpdir(), "nightlatch-package-"));
}

export function remove(folder) {
  return rm(folder, { recursive: true, force: true });
}

/** Copies a fixture into a folder and installs the tarball there, with what the fixture's own package.json asks for. */
export async function install(fixture, folder) {
  await cp(join(here, "fixtures", fixture), folder, { recursive: true });
  await cp(join(here, "fixtures", "app.js"), join(folder, "app.js"));
  await installTarball(folder);
}

/** Copies several projects into a folder, side by side, and installs at once the tarball and what all of them ask for. */
export async function installTogether(projects, folder) {
  const workspaces = projects.map((project) => basename(project));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, workspaces }));
  for (const project of projects) await cp(project, join(folder, basename(project)), { recursive: true });
  await installTarball(folder);
}

async function installTarball(folder) {
  const packed = await tarball(folder);
  await run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", packed], { cwd: folder, timeout: INSTALL_MS });
}
