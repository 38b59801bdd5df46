// Instantiates the WebAssembly module once, on first use. Importing this file does nothing.
import init from "./generated/nightlatch.js";
import parts from "./generated/bytes.js";
import { unpack } from "./unpack.js";

let ready;

/** Resolves when the module is instantiated; calls that overlap share one attempt. */
export function initialize() {
  ready ??= init({ module_or_path: unpack(parts) }).catch((error) => {
    ready = undefined; // A failed attempt may be repeated.
    throw error;
  });
  return ready;
}
