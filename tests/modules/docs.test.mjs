/** What the documentation has to say of the architecture: the rules ARCH. Each of its points is looked for in SECURITY.md, where the threat model stands. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");
const read = async (name) => (await readFile(join(root, name), "utf8")).replace(/\s+/g, " ");

/** The points of the section on the architecture, by their numbers. */
const security = await read("SECURITY.md");
const [, section] = /## What this architecture is, and is not (.*?) ## /.exec(security);
const points = section.split(/ (?=\d\. )/).slice(1);

function says(point, ...words) {
  for (const word of words) assert.ok(point.includes(word), `${word} is missing in: ${point}`);
}

test("ARCH-1 the threat model and README say that a client in the browser is not recommended, what is stronger, and who says so", async () => {
  says(points[0], "weakest of the three", "does not recommend", "business applications", "sensitive applications", "personal data", "backend for frontend", "stands between", "§6.1");
  says(await read("README.md"), "does not recommend this architecture", "business applications", "personal data", "backend for frontend", "token-mediating backend");
});

test("ARCH-2 the threat model says that a script on the page can always begin a sign-in of its own, and that nothing here prevents it", () => {
  says(points[1], "can always start a sign-in of its own", "hidden frame", "No storage kind, sealed key, worker, service worker or bound token prevents that", "§5.1.3", "RFC 9449 §11.4");
});

test("ARCH-3 the threat model says what a backend for frontend has to do, since none is offered", () => {
  says(points[2], "no backend for frontend", "confidential client", "`Secure`", "`HttpOnly`", "`SameSite=Strict`", "`Path=/`", "no `Domain`", "`__Host-`", "cross-site requests", "list of the addresses", "logout that a cross-site GET cannot cause");
});

test("ARCH-4 the threat model says what a token-mediating backend has to do, since none is offered", () => {
  says(points[3], "token-mediating backend", "the refresh token stays there", "no token with more scope than was asked for", "§6.2.2");
});

test("ARCH-5 the threat model says that the provider has to rotate or bind refresh tokens and limit their life, and that nobody warns where it does not", () => {
  says(points[4], "rotate refresh tokens", "bind them to the sender", "limit their lifetime", "RFC 9700 §2.2.2", "does not yet notice and warn");
});
