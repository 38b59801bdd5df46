// Prints the JavaScript of the Rust client, `src/surface/client.js`: the npm package's own surface in one file without imports (wasm-bindgen takes no
// others), around a core that is compiled into the app's module instead of being loaded.
import { join } from "node:path";
import { stdout } from "node:process";

import { build } from "esbuild";

const root = join(import.meta.dirname, "..", "..");

const entry = `
  import { createClient as create } from "./pkg/client.js";
  import { use } from "./pkg/generated/nightlatch.js";
  export const createClient = (core, options) => (use(core), create(options));`;

// What the app's own module has, or makes unnecessary.
const instead = {
  "./generated/nightlatch.js": `
    let make;
    export const use = (core) => { make = core; };
    export class Core {
      constructor(options, page) { this.tell = make(options, page); }
    }`,
  "./wasm.js": "export const initialize = () => {};",
};

const ofTheApp = {
  name: "the app's own module",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) => {
      const name = path.replace(/^\.\/pkg\//, "./");
      return name in instead ? { path: name, namespace: "app" } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "app" }, ({ path }) => ({ contents: instead[path] }));
  },
};

const { outputFiles } = await build({
  stdin: { contents: entry, resolveDir: root },
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  write: false,
  banner: { js: "// Made of pkg/ by `cargo xtask build`, and read there: pkg/client.js, pkg/shell.js, pkg/browser/." },
  plugins: [ofTheApp],
});
stdout.write(outputFiles[0].text);
