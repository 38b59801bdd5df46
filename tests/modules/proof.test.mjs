// Whose an ID token is: real keys, real signatures, and a provider whose requests are counted.
import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import { mock, test } from "node:test";

import { prepare, proofOf } from "../../pkg/browser/proof.js";

const { subtle } = webcrypto;
const COOL_MS = 60_000;

const KINDS = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  RS384: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
  RS512: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  PS384: { name: "RSA-PSS", hash: "SHA-384", saltLength: 48 },
  PS512: { name: "RSA-PSS", hash: "SHA-512", saltLength: 64 },
  ES256: { name: "ECDSA", hash: "SHA-256", namedCurve: "P-256" },
  ES384: { name: "ECDSA", hash: "SHA-384", namedCurve: "P-384" },
  ES512: { name: "ECDSA", hash: "SHA-512", namedCurve: "P-521" },
  EdDSA: { name: "Ed25519", hash: "SHA-512" },
  Ed25519: { name: "Ed25519", hash: "SHA-512" },
};

/** A signing key: `{ alg, jwk, sign(text) }`. */
async function keyOf(alg, members = {}, { modulusLength = 2048 } = {}) {
  const rsa = { modulusLength, publicExponent: new Uint8Array([1, 0, 1]) };
  const { privateKey, publicKey } = await subtle.generateKey({ ...rsa, ...KINDS[alg] }, true, ["sign", "verify"]);
  const { kty, n, e, crv, x, y } = await subtle.exportKey("jwk", publicKey);
  const jwk = JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, ...members }));
  return { alg, jwk, sign: (text) => subtle.sign(KINDS[alg], privateKey, Buffer.from(text)) };
}

const part = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** The body of a token endpoint's answer. */
async function answer(key, { header = {}, claims = {}, accessToken = "AT" } = {}) {
  const text = `${part({ alg: key.alg, ...header })}.${part({ sub: "ada", ...claims })}`;
  const signature = Buffer.from(await key.sign(text)).toString("base64url");
  return JSON.stringify({ access_token: accessToken, id_token: `${text}.${signature}` });
}

let count = 0;

/** A provider's address of keys. What it says can be changed; every request is counted. */
function keysOf(...keys) {
  const url = `https://id.example/keys/${++count}`;
  const provider = { url, asked: 0, status: 200, body: JSON.stringify({ keys: keys.map((key) => key?.jwk ?? key) }) };
  provider.proof = (body) => proofOf(body, url, 1000);
  provider.rotate = (...keys) => (provider.body = JSON.stringify({ keys: keys.map((key) => key.jwk ?? key) }));
  served.set(url, provider);
  return provider;
}

const served = new Map();
const now = mock.method(performance, "now", () => time);
let time = 1_000_000;
test.after(() => now.mock.restore());

// Node 20 has none.
globalThis.navigator ??= { onLine: true };

/** Nothing else is asked for. */
const asked = [];
mock.method(globalThis, "fetch", async (url, init) => {
  asked.push({ url, init });
  const provider = served.get(url);
  assert.ok(provider, `a request to ${url}`);
  provider.asked += 1;
  if (provider.status === 0) throw new TypeError("no network");
  return new Response(provider.body, { status: provider.status });
});

for (const alg of Object.keys(KINDS)) {
  test(`IDT-3 IDT-8 a token that is signed by ${alg} is the provider's, and what is changed in it is not`, async () => {
    const key = await keyOf(alg);
    const { hash } = KINDS[alg];
    const digest = Buffer.from(await subtle.digest(hash, Buffer.from("AT")));
    const at_hash = digest.subarray(0, digest.length / 2).toString("base64url");
    const provider = keysOf(key);

    const body = await answer(key, { claims: { at_hash, name: "Ádá" } });
    assert.equal(await provider.proof(body), "valid");

    const { access_token, id_token } = JSON.parse(body);
    const [header, payload, signature] = id_token.split(".");
    const changed = (...parts) => JSON.stringify({ access_token, id_token: parts.join(".") });
    assert.equal(await provider.proof(changed(header, part({ sub: "eve", at_hash }), signature)), "forged");
    assert.equal(await provider.proof(changed(part({ alg, typ: "JWT" }), payload, signature)), "forged");
    assert.equal(await provider.proof(changed(header, payload, part("x"))), "forged");
    assert.equal(await provider.proof(changed(header, payload, "")), "forged");
    assert.equal(await provider.proof(JSON.stringify({ access_token: "other", id_token })), "at_hash");
  });
}

test("IDT-8 an at_hash that is none, is too short or is of the wrong half is another's", async () => {
  const key = await keyOf("ES256");
  const provider = keysOf(key);
  const digest = Buffer.from(await subtle.digest("SHA-256", Buffer.from("AT")));
  const wrong = [digest, digest.subarray(0, 8), digest.subarray(16), Buffer.alloc(0)].map((bytes) => bytes.toString("base64url"));
  for (const at_hash of wrong) assert.equal(await provider.proof(await answer(key, { claims: { at_hash } })), "at_hash", at_hash);
  for (const at_hash of [null, 1, {}, "%"]) assert.notEqual(await provider.proof(await answer(key, { claims: { at_hash } })), "valid", `${at_hash}`);
});

test("A24 IDT-2 what has no signature, or one by a secret, or names an algorithm that is none, is forged", async () => {
  const rsa = await keyOf("RS256");
  const provider = keysOf(rsa);
  const { privateKey } = { privateKey: await subtle.importKey("raw", Buffer.from(rsa.jwk.n), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]) };
  const hmac = { alg: "HS256", sign: (text) => subtle.sign("HMAC", privateKey, Buffer.from(text)) };
  assert.equal(await provider.proof(await answer(hmac)), "forged");
  for (const alg of ["none", "None", "", "RS1", "RS2560", "xRS256", "RS256\n", "toString", 256, null, undefined, ["RS256"], { toString: "RS256" }]) {
    const unsigned = JSON.stringify({ access_token: "AT", id_token: `${part({ alg })}.${part({ sub: "ada" })}.` });
    assert.equal(await provider.proof(unsigned), "forged", `${JSON.stringify(alg)}`);
  }
});

test("A24 a key of one algorithm proves nothing of another", async () => {
  const rs = await keyOf("RS256");
  const pss = { ...rs, alg: "PS256" };
  assert.equal(await keysOf(rs).proof(await answer(pss)), "forged");
  const es = await keyOf("ES256");
  assert.equal(await keysOf(es).proof(await answer({ ...es, alg: "ES384" })), "forged");
  assert.equal(await keysOf(es).proof(await answer({ ...es, alg: "EdDSA" })), "forged");
  assert.equal(await keysOf(es, rs).proof(await answer({ ...rs, alg: "ES256" })), "forged");
});

test("DISC-9 a key is chosen by its `kid`, `alg` and `use`", async () => {
  const good = await keyOf("RS256", { kid: "b", alg: "RS256", use: "sig" });
  const other = await keyOf("RS256", { kid: "a" });
  const provider = keysOf(other, good);
  assert.equal(await provider.proof(await answer(good, { header: { kid: "b" } })), "valid");
  assert.equal(await provider.proof(await answer(good, { header: { kid: "a" } })), "forged");
  const as = (members) => keysOf({ ...good.jwk, ...members });
  const signed = await answer(good, { header: { kid: "b" } });
  for (const members of [{ use: "enc" }, { alg: "RS512" }, { alg: "PS256" }, { key_ops: ["encrypt"] }, { kty: "EC" }, { kid: "B" }, { kid: 1 }]) {
    assert.equal(await as(members).proof(signed), "forged", JSON.stringify(members));
  }
  for (const members of [{ use: undefined }, { alg: undefined }, { key_ops: ["verify"] }, { x5t: "x", "https://id.example/more": 1 }]) {
    assert.equal(await as(members).proof(signed), "valid", JSON.stringify(members));
  }
});

test("DISC-9 a token without a `kid` is proven by any key of its algorithm", async () => {
  const [one, two] = await Promise.all([keyOf("ES256", { kid: "1" }), keyOf("ES256", { kid: "2" })]);
  const provider = keysOf(await keyOf("RS256"), one, two);
  assert.equal(await provider.proof(await answer(two)), "valid");
  assert.equal(await provider.proof(await answer(await keyOf("ES256"))), "forged");
});

test("A24 a `kid` is a name and nothing else", async () => {
  const key = await keyOf("ES256", { kid: "1" });
  for (const kid of ["__proto__", "constructor", "", null, {}, ["1"], 1]) {
    assert.equal(await keysOf(key).proof(await answer(key, { header: { kid } })), "forged", JSON.stringify(kid));
  }
});

test("A24 DISC-9 keys that a token brings, or says where to find, are neither used nor asked for", async () => {
  const evil = await keyOf("RS256");
  const provider = keysOf(await keyOf("RS256"));
  asked.length = 0;
  const header = { jwk: evil.jwk, jku: "https://evil.example/keys", x5u: "https://evil.example/cert", x5c: ["MIIB"] };
  assert.equal(await provider.proof(await answer(evil, { header })), "forged");
  assert.deepEqual(asked.map(({ url }) => url), [provider.url, provider.url]);
});

test("DISC-9 a key that is new is asked for once, and not again for a minute, whatever tokens name", async () => {
  const [old, fresh] = await Promise.all([keyOf("ES256", { kid: "old" }), keyOf("ES256", { kid: "new" })]);
  const provider = keysOf(old);
  assert.equal(await provider.proof(await answer(old, { header: { kid: "old" } })), "valid");
  provider.rotate(fresh);
  const signed = await answer(fresh, { header: { kid: "new" } });
  assert.equal(await provider.proof(signed), "valid");
  assert.equal(provider.asked, 2);
  const [third, later] = await Promise.all([keyOf("ES256", { kid: "3" }), keyOf("ES256", { kid: "3" })]);
  provider.rotate(fresh, third);
  time += COOL_MS - 1;
  assert.equal(await provider.proof(await answer(third, { header: { kid: "3" } })), "forged");
  assert.equal(provider.asked, 2);
  time += 1;
  assert.equal(await provider.proof(await answer(third, { header: { kid: "3" } })), "valid");
  assert.equal(await provider.proof(await answer(later, { header: { kid: "3" } })), "forged");
  assert.equal(provider.asked, 3);
  const strangers = Array.from({ length: 100 }, (_, at) => answer(fresh, { header: { kid: `${at}` } }));
  for (const body of await Promise.all(strangers)) assert.equal(await provider.proof(body), "forged");
  assert.equal(provider.asked, 3);
  time += COOL_MS;
  await Promise.all((await Promise.all(strangers)).map((body) => provider.proof(body)));
  assert.equal(provider.asked, 4);
});

test("a key that was rotated under the same name is found", async () => {
  const [old, fresh] = await Promise.all([keyOf("ES256", { kid: "1" }), keyOf("ES256", { kid: "1" })]);
  const provider = keysOf(old);
  assert.equal(await provider.proof(await answer(old)), "valid");
  provider.rotate(fresh);
  time += COOL_MS;
  assert.equal(await provider.proof(await answer(fresh)), "valid");
});

test("keys are asked for once, beside the tokens, without cookies, redirects or referrer", async () => {
  const key = await keyOf("ES256");
  const provider = keysOf(key);
  asked.length = 0;
  prepare(provider.url, 1000);
  prepare(provider.url, 1000);
  const body = await answer(key);
  await Promise.all([provider.proof(body), provider.proof(body)]);
  assert.equal(provider.asked, 1);
  const { init } = asked[0];
  assert.deepEqual([init.credentials, init.redirect, init.referrerPolicy, init.cache, init.method], ["omit", "error", "no-referrer", "no-store", undefined]);
});

test("DISC-9 keys that cannot be had or read are said to be missing, and asked for again by the next token", async () => {
  const key = await keyOf("ES256");
  const body = await answer(key);
  const provider = keysOf(key);
  const good = provider.body;
  for (const [status, text] of [[0, ""], [404, good], [500, good], [200, "<html>"], [200, "null"], [200, "{}"], [200, '{"keys":{}}'], [200, `{"keys":[]}${" ".repeat(1 << 20)}`]]) {
    Object.assign(provider, { status, body: text });
    assert.equal(await provider.proof(body), "keys", `${status} ${text.slice(0, 20)}`);
  }
  Object.assign(provider, { status: 200, body: good });
  assert.equal(await provider.proof(body), "valid");
  assert.equal(provider.asked, 9);
});

test("A22 keys that are none are passed over, and of many no more than nine are tried", async () => {
  const key = await keyOf("ES256");
  const body = await answer(key);
  assert.equal(await keysOf(null, 1, "x", [], {}, { kty: "EC" }, { kty: "oct", k: "c2VjcmV0" }, key).proof(body), "valid");
  const verify = mock.method(subtle, "importKey");
  assert.equal(await keysOf(...Array.from({ length: 5000 }, () => ({ kty: "EC" })), key).proof(body), "forged");
  // The keys are asked for once more, in case they have changed.
  assert.equal(verify.mock.callCount(), 2 * 9);
  verify.mock.restore();
});

test("an RSA key of less than 2048 bits proves nothing", async () => {
  const key = await keyOf("RS256", {}, { modulusLength: 1024 });
  assert.equal(await keysOf(key).proof(await answer(key)), "forged");
});

test("a body that is no answer with an ID token has no proof", async () => {
  const provider = keysOf(await keyOf("ES256"));
  for (const body of [undefined, "", "{", "null", "[]", "{}", '{"id_token":null}', '{"id_token":1}', '{"id_token":"a"}', '{"id_token":"a.b"}', '{"id_token":"a.b.c"}', '{"id_token":"..","access_token":"AT"}']) {
    assert.notEqual(await provider.proof(body), "valid", body);
  }
});
