// Instantiates the WebAssembly module once, on first use. Importing this file does nothing.
import init from "./generated/nightlatch.js";
import embedded from "./generated/bytes.js";

let ready;

/** Resolves when the module is instantiated; calls that overlap share one attempt. */
export function initialize() {
  ready ??= init({ module_or_path: decode(embedded) }).catch((error) => {
    ready = undefined; // A failed attempt may be repeated.
    throw error;
  });
  return ready;
}

// A byte is one printable letter, or two from 91 on. (Why: xtask/src/embed.rs.)
function decode(text) {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  let high = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const index = code - 32 - (code > 34) - (code > 92);
    if (index > 90) high = (index - 90) * 91;
    else {
      bytes[length++] = high + index;
      high = 0;
    }
  }
  return bytes.subarray(0, length);
}
