/** Markdown as the site shows it. */
import GithubSlugger from "github-slugger";
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import http from "highlight.js/lib/languages/http";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import rust from "highlight.js/lib/languages/rust";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";
import { Marked } from "marked";

const languages = { bash, http, javascript, json, rust, typescript, xml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);
const called = { html: "xml", javascript: "javascript", js: "javascript", json: "json", jsx: "javascript", rust: "rust", sh: "bash", svelte: "xml", ts: "typescript", tsx: "typescript", typescript: "typescript", vue: "xml", http: "http" };

export const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Code with its colours. The box can be scrolled by keys. */
export function codeBlock(text, language) {
  const name = called[language];
  const html = name ? hljs.highlight(text, { language: name }).value : escape(text);
  return `<pre tabindex="0"${language ? ` data-language="${escape(language)}"` : ""}><code>${html}</code></pre>\n`;
}

/**
 * HTML of a markdown text, and its headings.
 *
 * @param {string} text
 * @param {(href: string) => string | undefined} resolve an address of the site for a link of the text; `undefined`: what it names is no page, and stays a text
 */
export function render(text, resolve) {
  const slugger = new GithubSlugger();
  const headings = [];
  const tables = [];
  const marked = new Marked({
    gfm: true,
    renderer: {
      code: ({ text, lang }) => codeBlock(text, lang?.split(" ")[0]),
      heading({ tokens, depth }) {
        const html = this.parser.parseInline(tokens);
        const plain = html.replace(/<[^>]+>/g, "");
        const id = slugger.slug(unescape(plain));
        headings.push({ id, depth, plain, html: html.replace(/<\/?a[^>]*>/g, "") });
        const anchor = depth > 1 ? ` <a class="anchor" href="#${id}" aria-label="Link to ${plain}">#</a>` : "";
        return `<h${depth} id="${id}">${html}${anchor}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const inner = this.parser.parseInline(tokens);
        const to = resolve(href);
        return to === undefined ? inner : `<a href="${escape(to)}">${inner}</a>`;
      },
      table({ header, rows }) {
        // A head's cell without words heads nothing.
        const cell = (tag) => (each) => (tag === "th" && each.text ? `<th scope="col">${this.parser.parseInline(each.tokens)}</th>` : `<td>${this.parser.parseInline(each.tokens)}</td>`);
        // A head without words is there because markdown asks for one.
        const head = header.some(({ text }) => text) ? `<thead><tr>${header.map(cell("th")).join("")}</tr></thead>` : "";
        const body = rows.map((row) => `<tr>${row.map(cell("td")).join("")}</tr>`).join("\n");
        const about = headings.at(-1)?.plain ?? "this page";
        const before = tables.filter((one) => one === about).length;
        tables.push(about);
        return `<div class="table" role="region" aria-label="Table${before > 0 ? ` ${before + 1}` : ""}: ${about}" tabindex="0"><table>${head}<tbody>\n${body}\n</tbody></table></div>\n`;
      },
    },
  });
  return { html: marked.parse(text), headings };
}

const unescape = (html) => html.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** The anchors of a markdown file, as GitHub gives them. */
export const anchors = (text) => new Set(render(text, () => undefined).headings.map(({ id }) => id));

/** The addresses that a markdown text links to. */
export function links(text) {
  const found = [];
  render(text, (href) => void found.push(href));
  return found;
}
