/** The pages of the site, in the order of its navigation, and the markdown that each is made of. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..", "..");

/** What the pages load, and where it comes from. */
export const assets = { "base.css": "www/app/styles/base.css", "latch.svg": "www/app/latch.svg", "style.css": "xtask/scripts/site/style.css" };

const guide = (name) => ({ source: `docs/guide/${name}.md`, path: `guide/${name}.html` });

/** Groups of the navigation. A guide page that nobody has written yet is left out. */
const groups = [
  ["Start", ["quick-start", "install", "frameworks", "content-security-policy"].map(guide)],
  ["Signing in", ["signing-in", "calling-apis", "bound-tokens", "storage"].map(guide)],
  ["Signing out", ["signing-out", "report", "clean-up", "tabs", "providers", "unfinished-revocations", "ended-elsewhere", "your-server"].map(guide)],
  ["Working with it", ["errors", "seeing", "testing", "rust"].map(guide)],
  ["Moving over", ["moving-over", "from-oidc-client-ts", "from-auth0-spa-js", "from-msal-browser", "from-keycloak-js", "legacy"].map(guide)],
  [
    "Reference",
    [
      { source: "README.md", section: "Errors", title: "Error codes", path: "reference/errors.html" },
      { source: "docs/providers.md", path: "reference/providers.html" },
      { source: "docs/requirements.md", path: "reference/requirements.html" },
      { source: "docs/conformance.md", path: "reference/conformance.html" },
    ],
  ],
  ["Security", [{ source: "SECURITY.md", path: "security.html" }]],
  [
    "Project",
    [
      { source: "CHANGELOG.md", path: "changelog.html" },
      { source: "ARCHITECTURE.md", path: "architecture.html" },
      { source: "CONTRIBUTING.md", path: "contributing.html" },
      guide("release"),
    ],
  ],
];

/** Every file of the repository whose links are followed. */
export function sources() {
  const guides = readdirSync(join(root, "docs/guide")).filter((name) => name.endsWith(".md"));
  const docs = readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md"));
  return [
    ...["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "pkg/README.md"],
    ...docs.map((name) => `docs/${name}`),
    ...guides.map((name) => `docs/guide/${name}`),
  ];
}

export const read = (source) => readFileSync(join(root, source), "utf8");

/** The groups with their pages' markdown and titles. A guide page that has no place here stands at the end of its group's neighbours, rather than nowhere. */
export function grouped() {
  const there = new Set(sources());
  const placed = new Set(groups.flatMap(([, pages]) => pages.map(({ source }) => source)));
  const further = [...there].filter((source) => source.startsWith("docs/guide/") && !placed.has(source)).map((source) => guide(source.slice("docs/guide/".length, -".md".length)));
  const all = groups.map(([name, pages]) => [name, name === "Working with it" ? [...pages, ...further] : pages]);
  return all.map(([name, pages]) => ({ name, pages: pages.filter(({ source }) => there.has(source)).map(withText) })).filter(({ pages }) => pages.length > 0);
}

function withText(page) {
  const whole = read(page.source);
  const text = page.section ? section(whole, page.section) : whole;
  return { ...page, text, title: page.title ?? /^# (.+)$/m.exec(text)?.[1] ?? page.source };
}

/** One section of a page, to the next of its kind. */
export function section(text, name) {
  const [, after] = text.split(`\n## ${name}\n`);
  if (after === undefined) throw new Error(`there is no section ${name}`);
  return after.split("\n## ")[0];
}
