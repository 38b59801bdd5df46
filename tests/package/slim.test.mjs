import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { serve } from "../../www/server.mjs";
import { install, node, remove, temporary } from "./project.mjs";
import { signInAndOut } from "./visit.mjs";

let folder;
before(async () => {
  folder = await temporary();
  await install("plain", folder);
});
after(() => remove(folder));

test("a page that serves the module itself signs in and signs out under a strict policy, and loads no other copy", async (t) => {
  const world = await serve({ mounts: { "/pkg-test/": folder }, redirectUris: ["/pkg-test/slim.html"] });
  t.after(() => world.close());

  const tab = await signInAndOut(world, `${world.app}/pkg-test/slim.html`);

  const names = await tab.run(() => performance.getEntriesByType("resource").map(({ name }) => name.split("/").pop()));
  assert.ok(names.includes("nightlatch.wasm"));
  assert.ok(!names.includes("bytes.js"));
});

test("the module is taken as an address, an answer, bytes or compiled, and as a promise of them; what is no module of this version is refused", async () => {
  const { answers, same } = await inNode(`
    import { readFile } from "node:fs/promises";
    import { createServer } from "node:http";
    import { fileURLToPath } from "node:url";
    import * as whole from "nightlatch";
    import * as slim from "nightlatch/slim";

    const file = await readFile(fileURLToPath(import.meta.resolve("nightlatch/nightlatch.wasm")));
    const other = Uint8Array.from(file);
    other[other.length - 1] ^= 1;
    const server = createServer((req, res) => (req.url === "/nightlatch.wasm" ? res.end(file) : req.url === "/page" ? res.end("<!doctype html>") : res.writeHead(404).end()));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = "http://127.0.0.1:" + server.address().port;

    const answers = {};
    const told = async (what, promise) => (answers[what] = await promise.then(() => "done", ({ code, kind, status }) => [code, kind, status].filter(Boolean).join(" ")));
    const create = () => slim.createClient({ issuer: "https://id.example.com", clientId: "spa", redirectUri: "https://app.example.com/" });

    await told("before", create());
    slim.configure({ issuer: "https://id.example.com", clientId: "spa" });
    await told("default client, before", slim.login());
    await told("nothing", slim.initialize());
    await told("another version's bytes", slim.initialize(other));
    await told("a page", slim.initialize(at + "/page"));
    await told("no such file", slim.initialize(fetch(at + "/missing")));
    await told("out of reach", slim.initialize("http://127.0.0.1:1/nightlatch.wasm"));
    await told("still nothing", create());
    const first = slim.initialize(at + "/nightlatch.wasm");
    // It waits, although nobody has awaited the module.
    await told("after", create());
    await told("an address", first);
    await told("once more", slim.initialize(other));
    await told("the other entry", whole.createClient({ issuer: "https://id.example.com", clientId: "spa", redirectUri: "https://app.example.com/" }));
    server.close();
    server.closeAllConnections();
    console.log(JSON.stringify({ answers, same: whole.AuthError === slim.AuthError && whole.client === slim.client }));
  `);

  assert.equal(same, true);
  assert.deepEqual(answers, {
    before: "invalid_options usage",
    "default client, before": "invalid_options usage",
    nothing: "invalid_options usage",
    "another version's bytes": "invalid_options usage",
    "a page": "invalid_response server 200",
    "no such file": "invalid_response server 404",
    "out of reach": "network_error transport",
    "still nothing": "invalid_options usage",
    // There is no page here: that is the module's own word.
    after: "insecure_context environment",
    "an address": "done",
    "once more": "done",
    "the other entry": "insecure_context environment",
  });
});

for (const [what, source] of Object.entries({
  "its bytes": "bytes",
  "an ArrayBuffer": "Uint8Array.from(bytes).buffer",
  "a compiled module": "WebAssembly.compile(bytes)",
  "a promise of an answer": "Promise.resolve(new Response(bytes))",
})) {
  test(`the module is taken as ${what}`, async () => {
    const { code } = await inNode(`
      import { readFile } from "node:fs/promises";
      import { fileURLToPath } from "node:url";
      import { createClient, initialize } from "nightlatch/slim";

      const bytes = await readFile(fileURLToPath(import.meta.resolve("nightlatch/nightlatch.wasm")));
      await initialize(${source});
      const { code } = await createClient({}).catch((error) => error);
      console.log(JSON.stringify({ code }));
    `);
    assert.equal(code, "insecure_context");
  });
}

async function inNode(script) {
  const { stdout, stderr } = await node(folder, "--input-type=module", "--eval", script);
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}
