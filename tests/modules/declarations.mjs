/** What the hand-written declarations say, read by their layout: an item begins its line, a member is indented by two spaces. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const pkg = join(import.meta.dirname, "..", "..", "pkg");

const ITEM = /^export (?:declare )?(?:async )?(function|const|class|interface|type) (\w+)/;
const MEMBER = /^ {2}(?:readonly )?(?:get |set )?(\w+)\??(?:<[^>]*>)?[:(]/;
const ALL = /^export \* from "\.\/(.+)\.js"/;
const REEXPORT = /^export \{([^}]+)\}/;

export async function declarations(path) {
  const text = await readFile(join(pkg, path), "utf8");
  const lines = text.split("\n");
  const values = new Set();
  const members = {};
  const undocumented = [];
  for (const [, other] of lines.map((line) => ALL.exec(line)).filter(Boolean)) for (const value of (await declarations(`${other}.d.ts`)).values) values.add(value);
  let item;
  lines.forEach((line, at) => {
    const isDocumented = lines[at - 1]?.trimEnd().endsWith("*/");
    const [, kind, name] = ITEM.exec(line) ?? [];
    if (name) {
      item = name;
      members[item] ??= [];
      if (["function", "const", "class"].includes(kind)) values.add(name);
      if (!isDocumented && lines.findIndex((other) => ITEM.exec(other)?.[2] === name) === at) undocumented.push(name);
    }
    for (const one of REEXPORT.exec(line)?.[1].split(",") ?? []) values.add(one.trim());
    const [, member] = MEMBER.exec(line) ?? [];
    if (!member || !item) return;
    members[item].push(member);
    if (!isDocumented) undocumented.push(`${item}.${member}`);
  });
  return { values: [...values].sort(), members, undocumented };
}
