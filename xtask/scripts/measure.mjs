// Prints the size of the module, and of all that an app carries when it uses the package, whole or slim, as JSON.
import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const [wasm, consumer] = process.argv.slice(2);

async function bundle(app) {
  const { outputFiles } = await build({
    absWorkingDir: consumer,
    entryPoints: [app],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "warning",
  });
  return sizes(outputFiles[0].contents);
}

function sizes(bytes) {
  const brotli = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params: brotli }).length,
  };
}

console.log(JSON.stringify({ wasm: sizes(await readFile(wasm)), bundle: await bundle("app.js"), slim: await bundle("slim.js") }));
