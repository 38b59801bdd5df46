import assert from "node:assert/strict";
import { cp, readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";

import { serve } from "../../www/server.mjs";
import { install, remove, run, temporary } from "./project.mjs";
import { whileServed, worldBeside } from "./served.mjs";
import { signInAndOut } from "./visit.mjs";

// What a user types, after `npx`, with no file of configuration.
const builds = {
  "vite-5": "vite-5/bin/vite.js build --outDir dist/vite-5",
  "vite-8": "vite-8/bin/vite.js build --outDir dist/vite-8",
  webpack: "webpack/bin/webpack.js --mode production --entry ./main.js --output-path dist/webpack",
  esbuild: "esbuild/bin/esbuild main.js --bundle --outfile=dist/esbuild/main.js",
  rollup: "rollup/dist/bin/rollup main.js --plugin node-resolve --dir dist/rollup",
};

// Where to comes last.
const slimBuilds = {
  "vite-5": "vite-5/bin/vite.js build slim --outDir",
  "vite-8": "vite-8/bin/vite.js build slim --outDir",
  webpack: "webpack/bin/webpack.js --mode production --entry ./slim/webpack.js --output-path",
};

// The module alone has more.
const SLIM_BYTES = 50_000;

let folder;
before(async () => {
  folder = await temporary();
  await install("bundlers", folder);
});
after(() => remove(folder));

for (const [name, command] of Object.entries(builds)) {
  test(`what ${name} builds without any configuration signs in and signs out under a strict policy`, async (t) => {
    await run(folder, ...command.split(" "));
    const built = join(folder, "dist", name);
    // Vite has made a page of its own.
    await cp(join(folder, "index.html"), join(built, "index.html"), { force: false });
    const world = await serve({ mounts: { "/": built } });
    t.after(() => world.close());

    await signInAndOut(world, `${world.app}/`);
  });
}

for (const [name, command] of Object.entries(slimBuilds)) {
  test(`what ${name} builds of the slim entry serves the module beside it, and signs in and signs out under a strict policy`, async (t) => {
    const built = join(folder, "dist", `slim-${name}`);
    await run(folder, ...command.split(" "), built);
    await cp(join(folder, "slim", "index.html"), join(built, "index.html"), { force: false });
    const files = (await readdir(built, { recursive: true })).filter((file) => /\.(js|wasm)$/.test(file));
    assert.deepEqual(files.map((file) => extname(file)).sort(), [".js", ".wasm"]);
    const script = files.find((file) => extname(file) === ".js");
    assert.ok((await stat(join(built, script))).size < SLIM_BYTES);
    const world = await serve({ mounts: { "/": built } });
    t.after(() => world.close());

    await signInAndOut(world, `${world.app}/`);
  });
}

for (const name of ["vite-5", "vite-8"]) {
  test(`what the development server of ${name} serves without any configuration signs in and signs out`, async (t) => {
    const { world, origin, port } = await worldBeside(t, folder);
    const server = [`${name}/bin/vite.js`, "--host", "127.0.0.1", "--port", port, "--strictPort", "--force"];

    await whileServed(folder, origin, server, () => signInAndOut(world, `${origin}/`));
  });
}
