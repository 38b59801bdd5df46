/** Every page of the site, as HTML by its path. */
import { existsSync } from "node:fs";
import { join, posix } from "node:path";

import { api } from "./api.mjs";
import { fences } from "./fences.mjs";
import { home } from "./home.mjs";
import { page, relative } from "./layout.mjs";
import { codeBlock, render } from "./markdown.mjs";
import { grouped, read, root, section } from "./pages.mjs";
import { entries, index } from "./reference.mjs";

const DESCRIPTION = "nightlatch signs people out completely, in every tab, whatever the network does, and says what it reached.";

export function site() {
  const groups = grouped();
  const apis = entries();
  const names = index(apis);
  groups.splice(groups.findIndex(({ name }) => name === "Reference"), 0, { name: "API", pages: apis });

  const written = groups.flatMap(({ pages }) => pages).filter(({ text }) => text !== undefined);
  const bySource = new Map([...written.filter(({ section }) => !section).map(({ source, path }) => [source, path]), ...apis.map(({ file, path }) => [file, path])]);
  const excerpts = new Map(written.filter(({ section }) => section).map(({ source, section, path }) => [`${source}#${section.toLowerCase()}`, path]));
  bySource.set("README.md", "index.html");

  /** What a link of a markdown file is on the site. A file that is no page is named, and not linked to. */
  const resolver = (source, path) => (href) => {
    if (/^[a-z]+:/.test(href)) return href;
    const [file, hash] = href.split("#");
    if (file === "" && path !== "index.html" && bySource.get(source) === path) return href;
    const target = file === "" ? source : posix.normalize(posix.join(posix.dirname(source), file));
    const excerpt = excerpts.get(`${target}#${hash}`);
    if (excerpt) return relative(path, excerpt);
    const to = bySource.get(target);
    if (to === undefined) {
      if (!existsSync(join(root, target))) throw new Error(`${source} links to ${href}, which is not there`);
      return undefined;
    }
    return relative(path, to) + (hash && !to.startsWith("index") ? `#${hash}` : "");
  };

  const pages = new Map();
  const order = groups.flatMap(({ pages }) => pages);
  for (const [position, one] of order.entries()) {
    const next = order[position + 1];
    const shown = one.text === undefined ? api(one, names) : render(one.section ? `# ${one.title}\n\n${one.text}` : one.text, resolver(one.source, one.path));
    pages.set(one.path, page({ path: one.path, title: `${one.title} · nightlatch`, description: summary(shown.html), body: shown.html, headings: shown.headings, groups, next }));
  }

  const [{ code: markup }, { code: script }] = fences(section(read("README.md"), "Thirty lines to a working app"));
  const quickStart = `<h2 id="quick-start">Thirty lines</h2>\n${codeBlock(markup, "html")}${codeBlock(script, "js")}`;
  pages.set("index.html", page({ path: "index.html", title: "nightlatch: signs people out", description: DESCRIPTION, body: home("index.html", quickStart), headings: [], groups }));
  return pages;
}

/** The first sentence of a page. */
function summary(html) {
  const text = (/<p>([\s\S]*?)<\/p>/.exec(html)?.[1] ?? "").replace(/<[^>]+>/g, "").replace(/\s+/g, " ");
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replaceAll("&#39;", "'").replaceAll("&quot;", '"').replaceAll("&gt;", ">").replaceAll("&lt;", "<").replaceAll("&amp;", "&") || DESCRIPTION;
}
