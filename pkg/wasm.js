// Instantiates the WebAssembly module once, on first use. Importing this file does nothing.
import init from "./generated/nightlatch.js";
import embedded from "./generated/bytes.js";

let ready;

/** Resolves when the module is instantiated; calls that overlap share one attempt. */
export function initialize() {
  ready ??= start().catch((error) => {
    ready = undefined; // A failed attempt may be repeated.
    throw error;
  });
  return ready;
}

async function start() {
  await init({ module_or_path: await inflate(embedded) });
}

// Not `fetch("data:…")`, which a `connect-src` policy blocks; not `new Blob().stream()`, which jsdom lacks.
function inflate(base64) {
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const stream = new Response(packed).body.pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer();
}
