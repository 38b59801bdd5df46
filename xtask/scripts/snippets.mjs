// Type-checks the code of README.md, pkg/README.md and docs/guide against the package's declarations, and parses what else stands there in fences.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { transformSync } from "esbuild";
import { parse, parseFragment } from "parse5";

import { fences } from "./site/fences.mjs";
import { read, root, sources } from "./site/pages.mjs";

const folder = join(root, "target", "snippets");
const installed = createRequire(join(root, "package.json"));
const typed = { js: "loose", jsx: "loose", ts: "strict", tsx: "strict" };
const parsed = { html, http, json: JSON.parse };

/** What a fragment may use without saying where it comes from. */
const PRELUDE = `
declare const auth: import("nightlatch").Client;
declare const options: import("nightlatch").ClientOptions;
declare const provider: import("nightlatch/providers").Provider;
declare namespace JSX {
  type Element = any;
  interface IntrinsicElements { [name: string]: any }
}
`;

const wrong = [];
const foreign = new Map();
const counts = {};
rmSync(folder, { recursive: true, force: true });
for (const source of sources().filter((source) => source.endsWith("README.md") || source.startsWith("docs/guide/"))) {
  for (const { language, mark, line, code } of fences(read(source))) {
    counts[language] = (counts[language] ?? 0) + 1;
    try {
      parsed[language]?.(code);
      if (mark === "fragment") transformSync(code, { loader: language, jsx: "preserve", logLevel: "silent" });
    } catch (error) {
      wrong.push(`${source}:${line}: ${error.message}`);
    }
    // It shows what changes in code that the page does not have: no more than that it can be parsed is known of it.
    if (!typed[language] || mark === "fragment") continue;
    for (const [, what = "", name] of code.matchAll(/import\s+(?:([^"';]+?)\s+from\s+)?"([^"]+)"/g)) if (!resolves(name)) note(name, what);
    const file = join(folder, typed[language], `${source}.${line}.${language}`);
    mkdirSync(dirname(file), { recursive: true });
    // Lines keep their numbers, so that an error names the line of the page.
    // What an element is, Solid says for itself; React's are what others are checked by.
    const elements = code.includes('/solid"') || code.includes('"solid-js') ? "/** @jsxImportSource solid-js */" : "";
    writeFileSync(file, `${elements}${"\n".repeat(line)}${code}\nexport {};\n`);
  }
}

// Libraries that are not installed here, and files of the reader's own, are not looked into; the compiler has to know their names all the same.
const anything = (name) => `export const ${name}: any; export type ${name}<A = any, B = any, C = any> = any;`;
const prelude = `${PRELUDE}${[...foreign].map(([name, names]) => `declare module "${name}" { const all: any; export default all; ${[...names].map(anything).join(" ")} }\n`).join("")}`;
const compiler = {
  allowJs: true,
  checkJs: true,
  jsx: "preserve",
  lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
  module: "esnext",
  moduleResolution: "bundler",
  noEmit: true,
  paths: { nightlatch: [join(root, "pkg/index.d.ts")], "nightlatch/*": [join(root, "pkg/*.d.ts")] },
  skipLibCheck: true,
  target: "es2022",
  types: [],
};
for (const [name, further] of Object.entries({ loose: { strict: false }, strict: { exactOptionalPropertyTypes: true, strict: true } })) {
  const config = join(folder, `tsconfig.${name}.json`);
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "prelude.d.ts"), prelude);
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...compiler, ...further }, include: [`${name}/**/*`] }));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", config, "--pretty", "false"], { cwd: folder, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) wrong.push(...`${stdout}${stderr}`.trim().split("\n").map((message) => message.replace(/^(?:loose|strict)\/(.+)\.\d+\.\w+\((\d+),\d+\)/, "$1:$2")));
}

if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`  ${Object.entries(counts).map(([language, count]) => `${count} ${language}`).join(", ")}`);

/** Notes what a snippet imports by name from where nothing is known. */
function note(name, what) {
  const key = name.replace(/^\.+/, "*");
  if (!foreign.has(key)) foreign.set(key, new Set());
  const [, named = ""] = /\{([^}]*)\}/.exec(what) ?? [];
  for (const one of named.split(",").map((one) => one.trim().replace(/^type\s+/, "").split(/\s+as\s+/)[0])) if (one) foreign.get(key).add(one);
}

function resolves(name) {
  if (/^nightlatch(\/|$)/.test(name)) return true;
  if (name.startsWith(".")) return false;
  try {
    installed.resolve(name);
    return !name.startsWith("node:");
  } catch {
    return false;
  }
}

function html(code) {
  const onParseError = ({ code: error, startLine }) => {
    throw new Error(`${error} in its line ${startLine}`);
  };
  if (/^<!doctype/i.test(code)) parse(code, { onParseError, sourceCodeLocationInfo: true });
  else parseFragment(code, { onParseError, sourceCodeLocationInfo: true });
}

/** A status line or a request line, then fields. */
function http(code) {
  for (const [at, line] of code.split("\n").entries()) {
    if (at === 0 && /^(HTTP\/\d|[A-Z]+ \S+ HTTP)/.test(line)) continue;
    if (line === "") return;
    if (!/^[\w-]+: \S/.test(line)) throw new Error(`${line} is no field`);
  }
}
