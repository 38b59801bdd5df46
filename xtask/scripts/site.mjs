// Makes the documentation's site: `node site.mjs <folder>` writes it, `node site.mjs --check` only looks whether every link leads somewhere.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { site } from "./site/build.mjs";
import { deadLinks, deadSourceLinks } from "./site/links.mjs";
import { assets, root } from "./site/pages.mjs";

const [target] = process.argv.slice(2);
const pages = site();
const dead = [...deadSourceLinks(), ...deadLinks(pages)];
if (dead.length > 0) {
  console.error(dead.join("\n"));
  process.exit(1);
}
if (target === "--check") {
  console.log(`  ${pages.size} pages, every link leads somewhere`);
} else {
  rmSync(target, { recursive: true, force: true });
  for (const [path, html] of pages) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), html);
  }
  for (const [name, from] of Object.entries(assets)) cpSync(join(root, from), join(target, name));
  console.log(`${join(target, "index.html")}: ${pages.size} pages`);
}
