/** The API reference: what `pkg/*.d.ts` declares and says, read by the compiler that checks it. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

import { read, root } from "./pages.mjs";

/** Each entry of the package with types, and its declarations. */
export function entries() {
  const { exports, name } = JSON.parse(read("pkg/package.json"));
  const found = Object.entries(exports)
    .filter(([, target]) => target.types)
    .map(([entry, { types }]) => ({ entry: join(name, entry), file: join("pkg", types), path: `api/${entry === "." ? "index" : entry.slice(2).replaceAll("/", "-")}.html` }));

  const api = new API({ cwd: root });
  try {
    const [{ program }] = api.updateSnapshot({ openProject: join(root, "tsconfig.json") }).getProjects();
    return found.map((page) => {
      if (!existsSync(join(root, page.file))) throw new Error(`pkg/package.json names ${page.file}, which is not there`);
      const sourceOf = (file) => {
        const source = program.getSourceFile(join(root, file));
        if (!source) throw new Error(`tsconfig.json leaves out ${file}`);
        return source;
      };
      const shown = declarations(page.file, sourceOf);
      // What an app calls comes first, then what it gives and gets.
      const [called, rest] = [true, false].map((first) => shown.filter(({ kind }) => (kind === "function") === first));
      return { ...page, title: page.entry, about: about(sourceOf(page.file).text), declarations: [...called, ...rest] };
    });
  } finally {
    api.close();
  }
}

// What a file says of itself ends with this tag; what stands before the first declaration otherwise belongs to that.
function about(text) {
  const first = /^\s*(\/\*\*[\s\S]*?\*\/)/.exec(text)?.[1] ?? "";
  return first.includes("@packageDocumentation") ? said(first).text.replace("@packageDocumentation", "").trim() : "";
}

const kinds = {
  [SyntaxKind.ClassDeclaration]: "class",
  [SyntaxKind.FunctionDeclaration]: "function",
  [SyntaxKind.InterfaceDeclaration]: "interface",
  [SyntaxKind.TypeAliasDeclaration]: "type",
  [SyntaxKind.VariableStatement]: "constant",
};

/** What a file exports: its own declarations, and those of files that are no entries, which it passes on. */
function declarations(file, sourceOf) {
  const source = sourceOf(file);
  const found = [];
  const imported = new Map();
  for (const node of source.statements) {
    const kind = kinds[node.kind];
    const text = source.text.slice(node.pos, node.end);
    const from = node.moduleSpecifier?.text;
    if (node.kind === SyntaxKind.ImportDeclaration) for (const one of node.importClause?.namedBindings?.elements ?? []) imported.set(one.name.text, from);
    if (node.kind === SyntaxKind.ExportDeclaration) {
      const names = node.exportClause?.elements?.map(({ name }) => name.text);
      for (const other of new Set(names ? names.map((name) => from ?? imported.get(name)) : [from])) {
        if (!other?.startsWith(".")) continue;
        const passed = declarations(join(dirname(file), other.replace(/\.js$/, ".d.ts")), sourceOf);
        found.push(...(names ? named(passed, names) : passed));
      }
      continue;
    }
    if (!kind || !/^export /.test(withoutLead(text))) continue;
    const name = node.name?.text ?? node.declarationList.declarations[0].name.text;
    const members = kind === "interface" || kind === "class" ? node.members.map((member) => part(source.text.slice(member.pos, member.end), nameOf(member))) : [];
    const whole = part(text, name);
    const signature = (members.length > 0 ? whole.signature.slice(0, whole.signature.indexOf("{")).trim() : whole.signature).replace(/^(export |declare )+/, "");
    const before = found.find((one) => one.name === name);
    // Overloads stand together.
    if (before) before.signature += `\n${signature}`;
    else found.push({ ...whole, kind, members, signature, bases: (node.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.text)) });
  }
  return found;
}

/** Those of these names, and what they extend: what is said of a member stands there. */
function named(all, names) {
  const wanted = new Set(names);
  for (const name of wanted) for (const base of all.find((one) => one.name === name)?.bases ?? []) wanted.add(base);
  return all.filter(({ name }) => wanted.has(name));
}

const nameOf = (member) => member.name?.text ?? (member.kind === SyntaxKind.Constructor ? "constructor" : "[index]");

const LEAD = /^\s*(?:\/\/[^\n]*\n\s*)*(\/\*\*[\s\S]*?\*\/)?\s*/;

/** A declaration's own text, without what is said of it in front, and that. */
function part(text, name) {
  const [, comment = ""] = LEAD.exec(text);
  return { name, signature: withoutLead(text).trim().replace(/;$/, ""), ...said(comment) };
}

const withoutLead = (text) => text.replace(LEAD, "");

/** What a doc comment says: its text, its parameters, what is given back. */
function said(comment) {
  const text = comment
    .replace(/^\/\*\*\s?/, "")
    .replace(/\s*\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n");
  const [body, ...tags] = text.split(/^@(?=param|returns)/m);
  const parameters = [];
  let returns = "";
  for (const tag of tags) {
    const [, name, words] = /^param\s+(\S+)\s+([\s\S]*)$/.exec(tag) ?? [];
    if (name) parameters.push({ name, text: words.trim() });
    else returns = tag.replace(/^returns\s+/, "").trim();
  }
  return { text: body.trim(), parameters, returns };
}

/** Where each exported name stands; of a name that several entries have, where it stands first. */
export function index(pages) {
  const found = new Map();
  for (const { path, declarations } of pages) {
    for (const { name, members } of declarations) {
      if (!found.has(name)) found.set(name, `${path}#${name}`);
      for (const member of members) if (!found.has(`${name}.${member.name}`)) found.set(`${name}.${member.name}`, `${path}#${name}.${member.name}`);
    }
  }
  return found;
}
