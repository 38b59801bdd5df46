let wasm;

/** Instantiates the module: bytes or a `WebAssembly.Module`, or a promise of one of them. */
export default async function init({ module_or_path }) {
    const made = await WebAssembly.instantiate(await module_or_path, __wbg_get_imports());
    wasm = (made.instance ?? made).exports;
    wasm.__wbindgen_start();
}
