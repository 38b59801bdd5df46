/** What the documentation has to say of the architecture (the rules ARCH; the threat model stands in SECURITY.md), and what looks after its pages. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { fences } from "../../xtask/scripts/site/fences.mjs";
import { deadLinks, deadSourceLinks } from "../../xtask/scripts/site/links.mjs";
import { render } from "../../xtask/scripts/site/markdown.mjs";

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

test("ARCH-5 the threat model says that the provider has to rotate or bind refresh tokens and limit their life, and who warns where it does not", () => {
  says(points[4], "rotate refresh tokens", "bind them to the sender", "limit their lifetime", "RFC 9700 §2.2.2", "`nightlatch/debug`", "warns");
});

test("a link that leads nowhere is found, on a page of the site and in its anchor", () => {
  const links = '<a href="b.html#here"></a><a href="b.html"></a><a href="#own"></a><i id="own"></i><a href="https://elsewhere.example/x#y"></a><link href="style.css">';
  const sound = new Map([["a.html", links], ["b.html", '<i id="here"></i><a href="guide/c.html"></a>'], ["guide/c.html", '<a href="../a.html"></a>']]);
  assert.deepEqual(deadLinks(sound), []);
  for (const [broken, word] of [
    ['<a href="c.html"></a>', "nothing is at c.html"],
    ['<a href="b.html#there"></a>', "has no anchor"],
    ['<a href="#other"></a>', "has no anchor"],
    ['<a href="guide/a.html"></a>', "nothing is at guide/a.html"],
    ['<i id="own"></i>', "stands there twice"],
  ]) {
    const dead = deadLinks(new Map([...sound, ["a.html", links + broken]]));
    assert.ok(dead.length === 1 && dead[0].includes(word), `${broken}: ${dead}`);
  }
});

test("no link of the repository's pages leads nowhere", () => {
  assert.deepEqual(deadSourceLinks(), []);
});

test("what a page says is shown as text, and only what it links to is a link", () => {
  const { html, headings } = render("# A `<b>` & c\n\nSee [it](x.md), [nothing](src/lib.rs).\n\n```js\nconst a = \"<script>\";\n```\n", (href) => (href === "x.md" ? "x.html" : undefined));
  assert.deepEqual(headings.map(({ id }) => id), ["a-b--c"]);
  assert.match(html, /<a href="x.html">it<\/a>, nothing\./);
  assert.doesNotMatch(html, /<script>|<b>/);
});

test("code in fences is found with its language and its line", () => {
  assert.deepEqual(fences("# T\n\n```js fragment\na\n\nb\n```\n\n```\nc\n```"), [
    { language: "js", mark: "fragment", line: 3, code: "a\n\nb" },
    { language: "", mark: "", line: 9, code: "c" },
  ]);
});
