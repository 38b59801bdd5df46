// `WWW-Authenticate`, from the corpus and out of a grammar, and mutated. pkg/challenge.js is JavaScript, so its fuzzer is too.
//
// The seed is printed. NIGHTLATCH_SEED makes the same headers again, NIGHTLATCH_SECONDS says for how long each of the
// two goes on.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";

import { bearer } from "../pkg/challenge.js";

const SECONDS = Number(process.env.NIGHTLATCH_SECONDS ?? 1);
const SEED = Number(process.env.NIGHTLATCH_SEED ?? Math.floor(Math.random() * 2 ** 32));
const LONGEST = 4096;

const corpus = readdirSync(new URL("corpus/challenge/", import.meta.url))
  .sort()
  .map((name) => readFileSync(new URL(`corpus/challenge/${name}`, import.meta.url), "utf8"));

// RFC 9110 §5.6.2, and texts that mean something somewhere.
const NAMES = ["error", "Scope", "max_age", "acr_values", "realm", "x", "error_description", "constructor", "toString", "hasOwnProperty", "a-b.c~d"];
const WORDS = ["Bearer", "bearer", "DPoP", "Basic", "error=", '"', "\\", ",", "=", " ", "\t", "insufficient_user_authentication", "__proto__=1", '=" ', "\u00e9", "Bearer error=\"invalid_token\""];
const VALUES = ["", "a", "insufficient_user_authentication", "60", "gold silver", 'say "no"', "back\\slash", "Bearer x=y", "a=b, c", "\t", "\u00fc"];

/** Mulberry32. */
function dice(seed) {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(end, 1);
  };
}

/** A header as RFC 9110 §11.6.1 has it, and what it says to a Bearer client. */
function written(below) {
  const one = (of) => of[below(of.length)];
  const blank = () => one(["", "", " ", "\t", "  "]);
  const header = [];
  const says = [];
  for (let left = 1 + below(3); left > 0; left--) {
    const scheme = one(["Bearer", "bearer", "BEARER", "Basic", "DPoP", "Negotiate"]);
    const parameters = new Map();
    const texts = [];
    for (let count = below(4); count > 0; count--) {
      const [name, value] = [one(NAMES), one(VALUES)];
      const token = /^[!#$%&'*+.^_`|~\w-]+$/.test(value) && below(2);
      const quoted = () => `"${value.replace(/["\\]/g, "\\$&")}"`;
      texts.push(`${name}${blank()}=${blank()}${token ? value : quoted()}`);
      // A name stands once in a challenge; of two the first is taken.
      if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), value);
    }
    header.push(`${scheme}${texts.length ? " " : ""}${texts.join(`${blank()},${blank()}`)}`);
    if (/^bearer$/i.test(scheme)) says.push(Object.fromEntries(parameters));
  }
  return { header: header.join(", "), says };
}

function mutated(below) {
  const one = (of) => of[below(of.length)];
  let header = below(2) ? one(corpus) : written(below).header;
  for (let count = 1 + below(4); count > 0; count--) {
    const from = below(header.length + 1);
    const to = Math.min(header.length, from + below(below(4) ? 8 : header.length));
    const part = [() => "", () => one(WORDS), () => header.slice(from, to).repeat(2), () => String.fromCharCode(below(256)), () => one(corpus)];
    header = (header.slice(0, from) + one(part)() + header.slice(to)).slice(0, LONGEST);
  }
  return header;
}

/** What holds of every header. */
function judge(header) {
  const found = bearer(header);
  assert.ok(Array.isArray(found));
  for (const parameters of found) {
    for (const [name, value] of Object.entries(parameters)) {
      assert.equal(typeof value, "string");
      assert.equal(name, name.toLowerCase());
      assert.ok(header.toLowerCase().includes(name), `${name} comes from nowhere`);
      // Escapes are taken out of it.
      assert.ok(header.replaceAll("\\", "").includes(value.replaceAll("\\", "")), "a value comes from nowhere");
    }
  }
  // There is no challenge without its scheme, and none for a text that nobody closed.
  assert.ok(found.length <= (header.match(/bearer/gi)?.length ?? 0));
  assert.equal({}.polluted ?? Object.prototype.error, undefined);
}

function until(end, seed, body) {
  console.log(`NIGHTLATCH_SEED=${seed}`);
  const below = dice(seed);
  let count = 0;
  for (; count < 200 || Date.now() < end; count++) body(below);
  console.log(`${count} headers`);
}

test("RS-3 whatever an API sends as a challenge is read without harm", () => {
  for (const header of corpus) judge(header);
  until(Date.now() + SECONDS * 1000, SEED, (below) => {
    const header = mutated(below);
    try {
      judge(header);
    } catch (error) {
      error.message += `\n${JSON.stringify(header)}, NIGHTLATCH_SEED=${SEED}`;
      throw error;
    }
  });
});

test("RS-3 a challenge as RFC 9110 writes it is read as it was meant, among others", () => {
  until(Date.now() + SECONDS * 1000, SEED, (below) => {
    const { header, says } = written(below);
    const read = bearer(header).map((parameters) => ({ ...parameters }));
    assert.deepEqual(read, says, `${JSON.stringify(header)}, NIGHTLATCH_SEED=${SEED}`);
  });
});

test("RS-3 a long challenge takes no longer than its length", () => {
  // One that went back and forth in it would not end.
  for (const piece of ["a", "a ", "a=", 'a="', 'a="\\', 'a= "', "a=\\\"", " ", ",", "Bearer ", 'Bearer a="b", ']) {
    judge(piece.repeat(65_536 / piece.length));
  }
});
