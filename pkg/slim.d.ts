/** `nightlatch` without the WebAssembly inside, for pages that serve the file `nightlatch/nightlatch.wasm` themselves. Both entries share one instance. */
export * from "./index.js";

/** What {@link initialize} takes: where the file is, an answer with it, its bytes, or what was compiled of it. An address is relative to the page. */
export type ModuleSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the module, once for the page: a second call gives the first one's promise. Call it before `createClient()` or the functions of the default client;
 * these wait for it. A failed attempt may be repeated, with another source too.
 *
 * It rejects with an `AuthError`, and so do they until an attempt succeeds:
 *
 * - `network_error`: the file could not be fetched, or `source` is a promise that was rejected.
 * - `invalid_response`: there is no such file, or what came is not the module of this very version; `status` is the answer's.
 * - `invalid_options`: `source` is something else, or bytes of something else; of `createClient()`: `initialize()` was not called.
 * - `wasm_blocked`: the page's policy lacks `'wasm-unsafe-eval'`.
 *
 * A compiled `WebAssembly.Module` is taken as it is: whether it belongs to this version cannot be told.
 */
export function initialize(source: ModuleSource | PromiseLike<ModuleSource>): Promise<void>;
