// Says what a gzipped tar file holds: size, SHA-256 and path of each file, and of the whole.
//
//     node contents.mjs nightlatch-0.1.0.tgz
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { argv } from "node:process";
import { gunzipSync } from "node:zlib";

const BLOCK = 512;

/** The files of a tar file, as `[path, content]`. What npm and cargo write has no other entries than files, and long names of GNU's kind. */
function* files(tar) {
  let long;
  for (let at = 0; tar[at]; ) {
    const field = (from, length) => tar.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = parseInt(field(124, 12), 8);
    const content = tar.subarray(at + BLOCK, at + BLOCK + size);
    const prefix = field(257, 6).startsWith("ustar\0") || field(263, 2) === "00" ? field(345, 155) : "";
    const type = field(156, 1);
    if (type === "L") long = content.toString("utf8").replace(/\0.*$/s, "");
    else if (type === "0" || type === "") {
      yield [long ?? (prefix ? `${prefix}/` : "") + field(0, 100), content];
      long = undefined;
    } else if (type !== "x" && type !== "g") throw new Error(`an entry of type ${type}`);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
}

const row = (content, name) => `${String(content.length).padStart(9)}  ${createHash("sha256").update(content).digest("hex")}  ${name}`;

for (const path of argv.slice(2)) {
  const packed = await readFile(path);
  for (const [name, content] of files(gunzipSync(packed))) console.log(row(content, name));
  console.log(row(packed, basename(path)));
}
