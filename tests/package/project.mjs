/** The packed tarball, and projects that use it as their users would. */
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { env } from "node:process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const here = import.meta.dirname;
const INSTALL_MS = 180_000;
const TOOL_MS = 180_000;

/** Whether what takes a minute is tested as well. */
export const isWhole = env.NIGHTLATCH_MATRIX === "all";

/** The tarball that `cargo xtask test` names, or one that is packed here and now into `folder`. */
export async function tarball(folder) {
  if (env.TARBALL) return env.TARBALL;
  const { stdout } = await execute("npm", ["pack", "--json", "--pack-destination", folder], { cwd: join(here, "..", "..", "pkg") });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

export function temporary() {
  return mkdtemp(join(tmpdir(), "nightlatch-package-"));
}

export function remove(folder) {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Copies a fixture into a folder and installs the tarball there, with what the fixture's own package.json asks for. */
export async function install(fixture, folder) {
  await cp(join(here, "fixtures", fixture), folder, { recursive: true });
  for (const shared of ["app.js", "unit.js"]) await cp(join(here, "fixtures", shared), join(folder, shared));
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
  await execute("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline", packed], { cwd: folder, timeout: INSTALL_MS });
}

/** Runs a program of what is installed in a folder, such as `vite/bin/vite.js`. What it said on its way to fail is in the error. */
export function run(folder, program, ...args) {
  return within(folder, join(folder, "node_modules", program), args);
}

/** Runs Node in a folder. */
export function node(folder, ...args) {
  return within(folder, process.execPath, args);
}

async function within(cwd, program, args) {
  // What the test runner sets for its own processes is no user's.
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, ...surroundings } = env;
  try {
    return await execute(program, args, { cwd, env: surroundings, timeout: TOOL_MS });
  } catch (error) {
    throw new Error(`${error.message}\n${error.stdout}`, { cause: error });
  }
}
