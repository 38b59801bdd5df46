// The proof that whoever sends a token has its key: RFC 9449 §4.2.
import { hex, random } from "../browser/vault.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

const bytes = (text) => new TextEncoder().encode(text);
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const encode = (part) => base64url(bytes(JSON.stringify(part)));

/** The SHA-256 digest of a text, in base64url: a token's `ath` (RFC 9449 §4.2), a verifier's challenge (RFC 7636 §4.2). */
export const hash = async (text) => base64url(await crypto.subtle.digest("SHA-256", bytes(text)));

/** A public key's members, in the order of its thumbprint, and nothing else (RFC 7638 §3.2). */
const members = ({ crv, kty, x, y }) => ({ crv, kty, x, y });

/** The thumbprint of a public elliptic key: RFC 7638. */
export const thumbprint = (jwk) => hash(JSON.stringify(members(jwk)));

/** A new key `{ key, jwk, jkt }`. Its private half never leaves WebCrypto. */
export async function createKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(CURVE, false, ["sign"]);
  const jwk = members(await crypto.subtle.exportKey("jwk", publicKey));
  return { key: privateKey, jwk, jkt: await thumbprint(jwk) };
}

/** The proof for one request. `ath` goes with an access token, `nonce` where the server has given one. */
export async function proof({ key, jwk }, method, url, { ath, nonce } = {}) {
  const { origin, pathname } = new URL(url);
  const claims = { jti: hex(random(16)), htm: method, htu: origin + pathname, iat: Math.floor(Date.now() / 1000), ath, nonce };
  const signed = `${encode({ typ: "dpop+jwt", alg: "ES256", jwk })}.${encode(claims)}`;
  return `${signed}.${base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, bytes(signed)))}`;
}
