// Instantiates the WebAssembly module once, on first use. Importing this file does nothing.
import init from "./generated/nightlatch.js";

let ready;

/** Resolves when the module is instantiated; calls that overlap share one attempt, and so do all entries. `module` gives what it is made of. */
export function initialize(module) {
  ready ??= init({ module_or_path: module() }).catch((error) => {
    ready = undefined; // A failed attempt may be repeated.
    throw error;
  });
  return ready;
}
