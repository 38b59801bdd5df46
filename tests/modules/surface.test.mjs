/** The declarations are written by hand: this holds them against what the modules give. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { createTestBrowser } from "../../pkg/testing.js";
import { declarations } from "./declarations.mjs";

const pkg = join(import.meta.dirname, "..", "..", "pkg");
const { exports, peerDependencies = {} } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
const entries = Object.entries(exports).filter(([, target]) => target.types);

/** What other entries use, and no app. */
const internal = { "./silent": ["FRAME", "signInSilently"] };

for (const [name, { types, default: module }] of entries) {
  test(`what nightlatch${name.slice(1)} exports is what its declarations say`, async (t) => {
    const { values } = await declarations(types);
    const given = await import(join(pkg, module)).catch((error) => error);
    // A framework need not be installed here.
    if (Object.keys(peerDependencies).some((peer) => given.message?.includes(`'${peer}'`))) return t.skip(given.message);
    assert.deepEqual(Object.keys(given).sort(), [...values, ...(internal[name] ?? [])].sort());
  });

  test(`every item and member of nightlatch${name.slice(1)} is documented`, async () => {
    assert.deepEqual((await declarations(types)).undocumented, []);
  });
}

test("an error of the fake is one of the package", async () => {
  const { AuthError } = await import("../../pkg/index.js");
  const error = await createTestBrowser().openTab().client.getAccessToken().catch((error) => error);
  assert.ok(error instanceof AuthError);
});

test("the members of a client, a snapshot, a report and an error are those that are declared", async () => {
  const { members } = await declarations("index.d.ts");
  const { tab } = createTestBrowser({ user: "ada" }).openTab().client;
  const { client } = tab;
  const { AuthError } = await import("../../pkg/index.js");

  // What the fake has the package has: `tests/e2e/contract.test.mjs` compares the two.
  assert.deepEqual(Object.keys(client).filter((name) => name !== "tab").sort(), [...new Set(members.Client)].sort());
  assert.deepEqual(Object.keys(client.getSnapshot()).sort(), members.Snapshot.sort());
  const dry = await client.logout({ scope: "provider", dryRun: true });
  assert.deepEqual(Object.keys(dry).sort(), members.LogoutReportOf.sort());
  assert.deepEqual(Object.keys(dry.capabilities).sort(), members.Capabilities.sort());
  const error = new AuthError("token_refused", "server", "no", { error: "x", errorDescription: "y", status: 400 });
  assert.deepEqual(["name", ...Object.keys(error)].sort(), members.AuthErrorBase.sort());
});

test("the members of a virtual browser and what belongs to it are those that are declared, and more is nobody's to use", async () => {
  const { members } = await declarations("testing.d.ts");
  const browser = createTestBrowser();
  const tab = browser.openTab();
  for (const [name, object] of [
    ["TestBrowser", browser],
    ["TestTab", tab],
    ["TestClock", browser.clock],
    ["TestProvider", browser.provider],
    ["TestApi", browser.api],
  ]) {
    for (const member of members[name]) assert.ok(member in object, `${name}.${member}`);
  }
});
