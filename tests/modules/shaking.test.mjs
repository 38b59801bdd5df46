// What an app carries of the table, and of entries that it does not import.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..", "..");

async function bundled(text, options) {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    external: ["./generated/*"],
    ...options,
  });
  return outputFiles[0].text;
}

test("an app carries the rows that it imports, and of the others not a word", async () => {
  const text = await bundled('import { google } from "./pkg/providers.js"; globalThis.provider = google();');
  assert.match(text, /oauth2\.googleapis\.com/);
  for (const other of ["discord", "Keycloak", "Cognito", "salesforce", "auth0", "documents"]) assert.ok(!text.includes(other), other);
});

test("an app without a provider carries no row, and not what reads them", async () => {
  const text = await bundled('import { createClient } from "./pkg/index.js"; globalThis.createClient = createClient;');
  for (const word of ["googleapis", "unsupported_token_type", "no-cors"]) assert.ok(!text.includes(word), word);
});

test("an app that imports none of them carries no timeline, no report and no other library's names", async () => {
  const text = await bundled('import { createClient } from "./pkg/index.js"; globalThis.createClient = createClient;');
  for (const word of ["refresh_token_not_rotated", "attachShadow", "msal"]) assert.ok(!text.includes(word), word);
  for (const entry of ["debug", "report", "legacy"]) assert.equal(await bundled(`import "./pkg/${entry}.js";`, { ignoreAnnotations: true }), "", `importing ${entry} does nothing`);
});

test("an app of the slim entry carries no module, with whatever works on a client beside it", async () => {
  const imported = async (...entries) => {
    const text = await bundled(entries.map((entry, at) => `import * as entry${at} from "./pkg/${entry}.js"; globalThis.entry${at} = entry${at};`).join("\n"));
    return [...new Set(Array.from(text.matchAll(/generated\/([\w.]+)/g), ([, file]) => file))].sort();
  };
  assert.deepEqual(await imported("index"), ["bytes.js", "nightlatch.js"]);
  const beside = ["debug", "disconnect", "dpop", "everywhere", "explain", "legacy", "monitor", "outbox", "par", "popup", "providers", "report", "silent", "step-up", "testing", "userinfo"];
  assert.deepEqual(await imported("slim", ...beside), ["fingerprint.js", "nightlatch.js"]);
});
