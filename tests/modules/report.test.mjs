// What a report says in words, where there is no browser.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { ENGLISH, defineReport, textOf } from "../../pkg/report.js";

const REPORT = {
  scope: "app", complete: false, startedAt: 1_790_000_000_000, durationMs: 5207,
  local: { status: "cleared", removed: ["cart", "books (IndexedDB)"], residue: [] },
  tabs: { acknowledged: 2, deadlineMs: 200 },
  tokens: { refreshToken: "failed", accessToken: "revoked" },
  application: "skipped", provider: "skipped", devices: "skipped", cleaners: [],
  timings: { local: 9, refreshToken: 41, accessToken: 44, tabs: 203 },
  problems: ["revocation_refused", "revocation_refused"],
};
const say = (report, options) => textOf({ ...REPORT, ...report }, { lang: "en", ...options });
const PLURALS = /^(removed|tabs\.text|title\.open)\.(zero|two|few|many)$/;

test("a report reads as a heading, a line for each layer, and what went wrong", () => {
  const [, ...lines] = say({}).split("\n");
  assert.deepEqual(lines, [
    "Signed out. One layer unconfirmed.",
    "This browser was done after 9 ms. Not confirmed within 5.2 sec: Refresh token.",
    "- This browser: Cleared (9 ms). Nothing of the session is left in it.",
    "    cart",
    "    books (IndexedDB)",
    "- Other tabs: Signed out (203 ms). 2 other tabs said so.",
    "- Refresh token: Refused (41 ms). The provider did not do it. The token may still be good.",
    "- Access token: Revoked (44 ms). The provider confirmed it.",
    "- Session at the provider: Not asked for. The provider still knows you, and the next sign-in may ask for nothing.",
    "What went wrong:",
    "- The provider refused to revoke a token. (revocation_refused)",
  ]);
});

test("the headline says no more than the report does", () => {
  const title = (report) => say(report).split("\n")[1];
  const revoked = { refreshToken: "revoked", accessToken: "revoked" };
  assert.equal(title({ complete: true, tokens: revoked }), "Signed out. Every layer confirmed.");
  assert.equal(title({ complete: true, scope: "tab", tokens: { refreshToken: "skipped", accessToken: "skipped" } }), "Signed out in this tab.");
  assert.equal(title({ local: { status: "partial", removed: [], residue: ["cart"] } }), "Signed out, with something left behind.");
  assert.equal(title({ scope: "provider", provider: "redirecting", tokens: revoked }), "Signed out here. The provider is next.");
  assert.equal(title({ provider: "failed" }), "Signed out. 2 layers unconfirmed.");
  assert.equal(title({ local: { status: "planned", removed: [], residue: [] } }), "What a sign-out would reach.");
  assert.equal(title({ cleaners: [{ name: "cache", status: "timedOut" }] }), "Signed out. 2 layers unconfirmed.");
});

test("every outcome that a report can have has words", async () => {
  const types = await readFile(join(import.meta.dirname, "..", "..", "pkg", "index.d.ts"), "utf8");
  const union = (name) => [...new RegExp(`export type ${name} = (.*);`).exec(types)[1].matchAll(/"(\w+)"/g)].map(([, word]) => word);
  const bare = (report) => say(report).split("\n").filter((line) => /: (\(|\.|$)|\{|undefined/.test(line) && line !== "What went wrong:");
  const [tokens, layers] = [union("TokenOutcome"), union("LayerOutcome")];
  assert.ok(tokens.length > 7 && layers.length > 6);
  for (const outcome of tokens) assert.deepEqual(bare({ tokens: { refreshToken: outcome, accessToken: outcome } }), []);
  for (const outcome of layers) assert.deepEqual(bare({ application: outcome, provider: outcome, devices: outcome }), []);
  for (const status of ["cleared", "partial", "planned"]) assert.deepEqual(bare({ local: { status, removed: [], residue: ["a"] } }), []);
  for (const status of ["done", "failed", "timedOut"]) assert.deepEqual(bare({ cleaners: [{ name: "cache", status }] }), []);
  for (const permission of ["planned", "withdrawn", "unknown", "failed", "unsupported"]) assert.deepEqual(bare({ permission }), []);
  assert.match(say({ scope: "everywhere", devices: "unsupported", reason: { code: "person", text: "You can do it there." } }), /Other devices: Not possible\. You can do it there\./);
});

test("another language has its own texts, numbers, lists and forms of number; what it lacks is English", () => {
  const labels = { tabs: "Pozostałe karty", "tabs.text.one": "{count} karta", "tabs.text.few": "{count} karty", "tabs.text.many": "{count} kart", provider: "dostawca" };
  const tabs = (acknowledged, options) => say({ tabs: { acknowledged } }, { labels, lang: "pl", ...options }).split("\n").find((line) => line.startsWith("- Pozostałe"));
  assert.match(tabs(1), /1 karta$/);
  assert.match(tabs(2), /2 karty$/);
  assert.match(tabs(5), /5 kart$/);
  assert.match(say({}, { labels, lang: "de" }), /5,2 Sek\..*\n.*Cleared/);
  assert.match(say({}, { labels }), /Session at dostawca.*\. Dostawca still knows you/);
  for (const provider of ["Google", { row: { name: "Google" } }]) assert.match(say({}, { provider }), /Google confirmed it\..*\n- Session at Google/);
  assert.match(say({}, { lang: "no language" }), /Refused/);
});

test("the names that the types give are those that there are", async () => {
  const types = await readFile(join(import.meta.dirname, "..", "..", "pkg", "report.d.ts"), "utf8");
  const [, union] = /export type ReportLabel =([^;]*?)\n {2}\| `/.exec(types);
  assert.deepEqual([...union.matchAll(/"([^"]+)"/g)].map(([, key]) => key).toSorted(), Object.keys(ENGLISH).toSorted());
  assert.ok(Object.keys(ENGLISH).every((key) => !PLURALS.test(key)));
});

test("importing the entry defines nothing, and defining needs a browser", () => {
  assert.equal(globalThis.customElements, undefined);
  assert.throws(() => defineReport(), ReferenceError);
});
