/** The frame of every page: what stands around its text. No script, no request to anywhere, and every address relative, so that it works from a file and under any path. */
import { posix } from "node:path";

import { escape } from "./markdown.mjs";

/** The address of one page of the site from another. */
export function relative(from, to) {
  const [path, hash = ""] = to.split(/(?=#)/);
  if (path === "" || path === from) return hash || posix.basename(from);
  return posix.relative(posix.dirname(from), path) + hash;
}

export function page({ path, title, description, body, headings, groups, next }) {
  const to = (target) => escape(relative(path, target));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${escape(description)}">
<title>${escape(title)}</title>
<link rel="icon" href="${to("latch.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${to("base.css")}">
<link rel="stylesheet" href="${to("style.css")}">
</head>
<body${path === "index.html" ? ' class="home"' : ""}>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
<a class="wordmark" href="${to("index.html")}"><img src="${to("latch.svg")}" alt="" width="30" height="30"> nightlatch <span>docs</span></a>
<nav class="main" aria-label="Sections"><a href="${to("guide/quick-start.html")}">Guide</a> <a href="${to("api/index.html")}">API</a> <a href="${to("reference/errors.html")}">Errors</a> <a href="${to("security.html")}">Security</a></nav>
</header>
<div class="frame">
<nav class="site" aria-label="All pages">
<details class="menu"><summary>All pages</summary>
${menu(groups, path)}
</details>
<div class="list">
${menu(groups, path)}
</div>
</nav>
<main id="content" tabindex="-1">
${body}
${next ? `<p class="next"><a href="${to(next.path)}"><span>Next</span> ${escape(next.title)}</a></p>` : ""}
</main>
${contents(headings)}
</div>
<footer><p>MIT OR Apache-2.0. These pages are made from the repository by <code>cargo xtask docs</code>; every snippet on them is type-checked.</p></footer>
</body>
</html>
`;
}

function menu(groups, path) {
  const item = (page) => `<li><a href="${escape(relative(path, page.path))}"${page.path === path ? ' aria-current="page"' : ""}>${escape(page.title)}</a></li>`;
  return groups.map(({ name, pages }) => `<p>${escape(name)}</p>\n<ul>\n${pages.map(item).join("\n")}\n</ul>`).join("\n");
}

/** What stands on this page, where that is more than a glance shows. */
function contents(headings) {
  const shown = headings.filter(({ depth }) => depth === 2);
  if (shown.length < 3) return "";
  return `<nav class="contents" aria-label="On this page">\n<p>On this page</p>\n<ul>\n${shown.map(({ id, html }) => `<li><a href="#${id}">${html}</a></li>`).join("\n")}\n</ul>\n</nav>`;
}
