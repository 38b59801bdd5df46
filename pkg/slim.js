// The surface that slim.d.ts documents: the same client, with the WebAssembly from elsewhere.
import { AuthError, configure as set, createClient as create, load } from "./client.js";
import fingerprint from "./generated/fingerprint.js";

export { AuthError, client, getAccessToken, handleRedirectCallback, login, logout, onLogout } from "./client.js";

export const initialize = (source) => load(() => moduleOf(source));
export const createClient = (options) => create(options, missing);
export const configure = (options) => set(options, missing);

function missing() {
  throw new AuthError("invalid_options", "usage", "call initialize(source) of nightlatch/slim first");
}

async function moduleOf(given) {
  let source = await reached(given);
  if (typeof source === "string" || source instanceof URL || source instanceof Request) source = await reached(fetch(source));
  if (source instanceof Response) {
    const { ok, status } = source;
    const bytes = await reached(source.arrayBuffer());
    // A server of a single-page app answers with the app's page where it has no such file.
    if (!ok || !isOurs(bytes)) throw new AuthError("invalid_response", "server", "what came is not the module of this version of nightlatch", { status });
    return bytes;
  }
  if (source instanceof WebAssembly.Module) return source;
  if ((source instanceof ArrayBuffer || ArrayBuffer.isView(source)) && isOurs(source)) return source;
  throw new AuthError("invalid_options", "usage", "initialize() takes the module of this version of nightlatch: where it is, a response, its bytes, or compiled");
}

async function reached(promise) {
  try {
    return await promise;
  } catch (cause) {
    throw new AuthError("network_error", "transport", "the module cannot be fetched", { cause });
  }
}

// Module and glue know each other by names that every build gives anew: of two versions, one would call the wrong functions of the other. (FNV-1a; no defence.)
function isOurs(source) {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0 === fingerprint;
}
