// Fails where a module cannot be parsed, or says what can never be meant.
import { build } from "esbuild";

const { warnings } = await build({
  entryPoints: process.argv.slice(2),
  bundle: false,
  format: "esm",
  outdir: "nowhere",
  write: false,
  logLevel: "warning",
}).catch(() => process.exit(1));
if (warnings.length > 0) process.exit(1);
