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

// A byte is one printable letter, or two from 91 on; the first 20 pairs have changed places. (Why: xtask/src/embed.rs.)
function decode(text) {
  const bytes = new Uint8Array(text.length);
  const places = bytes.slice(0, 256).map((_, byte) => byte);
  let length = 0;
  let high = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const index = code - 32 - (code > 34) - (code > 92);
    if (index > 90) high = (index - 90) * 91;
    else {
      bytes[length++] = places[high + index];
      high = 0;
      if (length < 41 && length % 2 === 0) {
        const [rare, common] = bytes.subarray(length - 2);
        places[rare] = common;
        places[common] = rare;
      }
    }
  }
  return bytes.subarray(40, length);
}
