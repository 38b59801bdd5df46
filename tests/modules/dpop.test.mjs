// DPoP proofs, without a browser: RFC 9449.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createKey, hash, proof, thumbprint } from "../../pkg/dpop/proof.js";
import { flawOf } from "../../www/proof.mjs";

const parts = (jwt) => jwt.split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));

test("DPOP-2 thumbprint and `ath` are those of RFC 9449 §6.1 and §7.1", async () => {
  const jwk = {
    kty: "EC",
    alg: "ES256",
    use: "sig",
    x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    crv: "P-256",
  };
  assert.equal(await thumbprint(jwk), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  assert.equal(await hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
});

test("DPOP-1 a key is ES256, its private half cannot be exported, and two keys are two", async () => {
  const [one, other] = [await createKey(), await createKey()];
  assert.deepEqual([one.key.type, one.key.extractable, one.key.algorithm.namedCurve], ["private", false, "P-256"]);
  for (const format of ["jwk", "pkcs8"]) await assert.rejects(crypto.subtle.exportKey(format, one.key), { name: /^InvalidAccess/ });
  assert.deepEqual(Object.keys(one.jwk), ["crv", "kty", "x", "y"]);
  assert.notEqual(one.jkt, other.jkt);
});

test("DPOP-2 a proof has a header with the public members alone, and claims of this one request", async () => {
  const key = await createKey();
  const before = Math.floor(Date.now() / 1000);
  const [header, claims] = parts(await proof(key, "PUT", "https://api.example/books?q=a#f", { ath: "token's hash", nonce: "n-1" }));

  assert.deepEqual(header, { typ: "dpop+jwt", alg: "ES256", jwk: key.jwk });
  const { jti, iat, ...rest } = claims;
  assert.deepEqual(rest, { htm: "PUT", htu: "https://api.example/books", ath: "token's hash", nonce: "n-1" });
  assert.match(jti, /^[0-9a-f]{32}$/);
  assert.ok(Number.isInteger(iat) && iat >= before && iat <= Date.now() / 1000);

  const [, bare] = parts(await proof(key, "POST", "https://id.example/token"));
  assert.deepEqual(Object.keys(bare), ["jti", "htm", "htu", "iat"], "what there is none of is left out");
});

test("DPOP-2 `htu` is the address without query and fragment, as browsers write it", async () => {
  const key = await createKey();
  for (const [url, htu] of [
    ["https://API.Example:443/a?b", "https://api.example/a"],
    ["https://api.example", "https://api.example/"],
    ["http://api.example:8080/a/../b/%7e#c", "http://api.example:8080/b/%7e"],
    ["https://bücher.example/ü?ü", "https://xn--bcher-kva.example/%C3%BC"],
    ["https://user:word@api.example/a", "https://api.example/a"],
  ]) {
    assert.equal(parts(await proof(key, "GET", url))[1].htu, htu, url);
  }
});

test("DPOP-2 no two proofs have the same `jti`", async () => {
  const key = await createKey();
  const seen = new Set();
  for (let round = 0; round < 200; round += 1) seen.add(parts(await proof(key, "GET", "https://api.example/"))[1].jti);
  assert.equal(seen.size, 200);
});

test("DPOP-2 the signature is the key's, and the API beside the demo sees every flaw", async () => {
  const key = await createKey();
  const url = "http://127.0.0.1:1/me";
  const ath = await hash("a token");
  const judge = async (dpop, { method = "GET", token = "a token", jkt = key.jkt, nonce } = {}) =>
    flawOf({ headers: { dpop: await dpop, host: "127.0.0.1:1" }, url: "/me?q", method }, token, jkt, nonce);

  assert.equal(await judge(proof(key, "GET", url, { ath })), undefined);
  assert.equal(await judge(proof(key, "GET", url, { ath, nonce: "n" }), { nonce: "n" }), undefined);
  assert.equal(await judge(proof(key, "GET", url, { ath, nonce: "old" }), { nonce: "n" }), "use_dpop_nonce");
  for (const [what, dpop, by] of [
    ["another method", proof(key, "POST", url, { ath })],
    ["another address", proof(key, "GET", `${url}/x`, { ath })],
    ["another token", proof(key, "GET", url, { ath }), { token: "another" }],
    ["no token", proof(key, "GET", url)],
    ["another key", proof(key, "GET", url, { ath }), { jkt: (await createKey()).jkt }],
    ["another key's signature", proof({ ...(await createKey()), jwk: key.jwk }, "GET", url, { ath })],
    ["nothing", ""],
  ]) {
    assert.equal(await judge(dpop, by), "invalid_dpop_proof", what);
  }
});
