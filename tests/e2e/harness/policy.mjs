/** The policy that the README gives, with the world's addresses in it, and the tests' own picture. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const readme = await readFile(join(import.meta.dirname, "..", "..", "..", "README.md"), "utf8");
const [, documented] = /```http\nContent-Security-Policy: ([^`]+)```/.exec(readme);

export const documentedPolicy = ({ issuer, api }) =>
  `${documented.trim().replaceAll("https://id.example.com", issuer).replaceAll("https://api.example.com", api)}; img-src data:`;
