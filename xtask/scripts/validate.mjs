// Fails unless browsers take the module, and it asks for nothing but its own glue.
import { readFile } from "node:fs/promises";

const [path] = process.argv.slice(2);
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
