/** Links that lead nowhere: in the repository's markdown, as it is read there, and on the site. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";

import { parse } from "parse5";

import { anchors, links } from "./markdown.mjs";
import { assets, read, root, sources } from "./pages.mjs";

const isElsewhere = (href) => /^[a-z][a-z+.-]*:/.test(href);

export function deadSourceLinks() {
  const known = new Map();
  const anchorsOf = (file) => {
    if (!known.has(file)) known.set(file, anchors(read(file)));
    return known.get(file);
  };
  const dead = [];
  for (const source of sources()) {
    for (const href of links(read(source)).filter((href) => !isElsewhere(href))) {
      const [file, hash] = href.split("#");
      const target = file === "" ? source : posix.normalize(posix.join(posix.dirname(source), file));
      if (target.startsWith("..") || !existsSync(join(root, target))) dead.push(`${source}: nothing is at ${href}`);
      else if (hash && target.endsWith(".md") && !anchorsOf(target).has(hash)) dead.push(`${source}: ${href} names no heading`);
    }
  }
  return dead;
}

/** @param {Map<string, string>} pages HTML by path */
export function deadLinks(pages) {
  const read = new Map([...pages].map(([path, html]) => [path, elements(html)]));
  const dead = [];
  for (const [path, { hrefs, twice }] of read) {
    dead.push(...twice.map((id) => `${path}: the id ${id} stands there twice`));
    for (const href of hrefs.filter((href) => !isElsewhere(href))) {
      const [file, hash] = href.split("#");
      const target = file === "" ? path : posix.normalize(posix.join(posix.dirname(path), file));
      if (assets[target]) continue;
      if (!read.has(target)) dead.push(`${path}: nothing is at ${href}`);
      else if (hash && !read.get(target).ids.has(decodeURIComponent(hash))) dead.push(`${path}: ${href} has no anchor`);
    }
  }
  return dead;
}

function elements(html) {
  const hrefs = [];
  const ids = new Set();
  const twice = [];
  const walk = (node) => {
    for (const { name, value } of node.attrs ?? []) {
      if (name === "href" || name === "src") hrefs.push(value);
      if (name === "id") (ids.has(value) ? twice : { push: (id) => ids.add(id) }).push(value);
    }
    for (const child of node.childNodes ?? []) walk(child);
  };
  walk(parse(html));
  return { hrefs, ids, twice };
}
