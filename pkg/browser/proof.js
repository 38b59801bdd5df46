// Whose an ID token is: its signature by the provider's keys, and the access token that it belongs to. OpenID Connect Core 1.0
// §3.1.3.6, §3.1.3.7 (6), §10.1. What of a key does not fit (`kty`, `crv`, `use`, `key_ops`) is refused by WebCrypto itself.
import { send } from "./request.js";
import { bytes } from "./vault.js";

/** How long keys that were asked for again are not asked for once more, in milliseconds, whatever tokens name. */
const COOL_MS = 60_000;
const sets = new Map();

const decode = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt());
const read = (part) => JSON.parse(new TextDecoder().decode(decode(part)));

/** RFC 7518 §3.1, RFC 8037, RFC 9864. A secret shared with the provider is none of them: there is no secret in a browser. */
function algorithmOf(alg) {
  const [, kind, size] = /^([RPE]S)(256|384|512)$/.exec(alg) ?? [];
  const names = { RS: "RSASSA-PKCS1-v1_5", PS: "RSA-PSS", ES: "ECDSA" };
  const namedCurve = `P-${size === "512" ? 521 : size}`;
  if (kind) return { name: names[kind], hash: `SHA-${size}`, namedCurve, saltLength: size / 8 };
  if (alg === "EdDSA" || alg === "Ed25519") return { name: "Ed25519", hash: "SHA-512" };
  throw alg;
}

/** The keys at an address: those that are at hand, or `anew`. The first may be a moment older than the token. */
function keysAt(url, timeoutMs, anew) {
  const known = sets.get(url);
  if (known && !(anew && performance.now() - known.at >= COOL_MS)) return known;
  const set = { at: known ? performance.now() : -COOL_MS };
  set.keys = send({ url, form: null, timeoutMs }).then(({ status, body }) => {
    if (status !== 200) throw status;
    return JSON.parse(body).keys.filter(Boolean);
  });
  // What failed is asked for again by the next token.
  set.keys.catch(() => sets.delete(url));
  sets.set(url, set);
  return set;
}

/** Begins to read the keys, so that they are there when the token is. */
export const prepare = (url, timeoutMs) => void keysAt(url, timeoutMs);

/** What the ID token in an answer's body is: `valid`, `forged`, `at_hash` (of another access token), `keys` (there are none). */
export async function proofOf(body, url, timeoutMs) {
  try {
    const { id_token: token, access_token: accessToken } = JSON.parse(body);
    const [header, payload, signature] = token.split(".");
    const { alg, kid } = read(header);
    const algorithm = algorithmOf(alg);
    let known;
    for (;;) {
      // The request that brought the token had its time already.
      const set = keysAt(url, timeoutMs / 5, known);
      if (set === known) return "forged";
      known = set;
      let keys;
      try {
        keys = await set.keys;
      } catch {
        return "keys";
      }
      for (const key of keys.filter((key) => (key.alg ?? alg) === alg && (kid === undefined || key.kid === kid)).slice(0, 9)) {
        if (await isSigned(key, algorithm, decode(signature), bytes(`${header}.${payload}`))) return await ofAccessToken(read(payload).at_hash, algorithm, accessToken);
      }
    }
  } catch {
    return "forged";
  }
}

async function isSigned(jwk, algorithm, signature, text) {
  try {
    const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
    // RFC 7518 §3.3: no RSA key of less than 2048 bits.
    return !(key.algorithm.modulusLength < 2048) && (await crypto.subtle.verify(algorithm, key, signature, text));
  } catch {
    return false;
  }
}

async function ofAccessToken(hash, algorithm, accessToken) {
  if (hash === undefined) return "valid";
  const digest = new Uint8Array(await crypto.subtle.digest(algorithm.hash, bytes(accessToken)));
  return `${decode(hash)}` === `${digest.slice(0, digest.length / 2)}` ? "valid" : "at_hash";
}
