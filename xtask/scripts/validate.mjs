// Fails unless browsers take the module, it asks for nothing but its own glue, and the package unpacks it as it is.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { unpack } from "../../pkg/unpack.js";

const [path, packed] = process.argv.slice(2);
const bytes = await readFile(path);

// The compiler's own message says where; `validate` only says no.
const module = await WebAssembly.compile(bytes).catch((error) => {
  console.error(`the module is not valid: ${error.message}`);
  process.exit(1);
});
if (!WebAssembly.validate(bytes)) throw new Error("the module is not valid");

const foreign = WebAssembly.Module.imports(module).filter((item) => !item.module.startsWith("./"));
if (foreign.length > 0) {
  const names = foreign.map((item) => `${item.module}.${item.name}`).join(", ");
  console.error(`the module imports ${names}: code that is not for wasm was linked in`);
  process.exit(1);
}

const { default: parts } = await import(pathToFileURL(packed));
if (!bytes.equals(unpack(parts))) throw new Error("pkg/unpack.js does not undo what xtask/src/embed.rs did");
