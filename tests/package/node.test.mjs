import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { install, node, remove, temporary } from "./project.mjs";

let folder;
before(async () => {
  folder = await temporary();
  await install("plain", folder);
});
after(() => remove(folder));

test("WEB-14 the import does nothing and needs nothing: no global, no output, nothing that keeps the process", async () => {
  const { stdout, stderr } = await inNode(`
    for (const name of ["AbortSignal", "crypto", "fetch", "TextDecoder", "TextEncoder", "URL"]) delete globalThis[name];
    const before = Reflect.ownKeys(globalThis).length;
    const names = Object.keys(await import("nightlatch")).sort();
    for (const part of ["front-channel", "outbox", "providers/all", "step-up", "userinfo"]) names.push(...Object.keys(await import("nightlatch/" + part)));
    console.log(JSON.stringify({ names, globals: Reflect.ownKeys(globalThis).length - before }));
  `);

  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), {
    names: ["AuthError", "client", "configure", "createClient", "getAccessToken", "handleRedirectCallback", "login", "logout", "onLogout", "frontChannelLogout", "outbox", "providerFor", "sources", "followStepUp", "userInfo"],
    globals: 0,
  });
});

test("WEB-14 a client is not created where there is no page, and the error says so", async () => {
  const { stdout, stderr } = await inNode(`
    import { createClient, AuthError } from "nightlatch";
    const options = { issuer: "https://id.example.com", clientId: "spa", redirectUri: "https://app.example.com/callback" };
    const error = await createClient(options).catch((error) => error);
    console.log(JSON.stringify({ isAuthError: error instanceof AuthError, kind: error.kind }));
  `);

  assert.equal(stderr, "");
  assert.deepEqual(JSON.parse(stdout), { isAuthError: true, kind: "environment" });
});

test("CommonJS requires the package, and what it gets is what the others import", async () => {
  const { stdout, stderr } = await inNode(
    `
    const required = require("nightlatch");
    import("nightlatch").then((imported) => console.log(required.createClient === imported.createClient, typeof required.AuthError));
  `,
    "commonjs",
  );

  // Node 20 and 22 say that this is new to them.
  assert.match(stderr, /^$|ExperimentalWarning: .*require/);
  assert.equal(stdout.trim(), "true function");
});

function inNode(script, kind = "module") {
  return node(folder, `--input-type=${kind}`, "--eval", script);
}
