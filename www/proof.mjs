import { createHash, createPublicKey, verify } from "node:crypto";

// How old a proof may be, in seconds.
const RECENT = 60;

/** What is wrong with a request's DPoP proof, by the words of RFC 9449 §7.1; `undefined` where nothing is. It is for the token, and of the key `jkt`. */
export function flawOf(req, token, jkt, nonce) {
  const proof = String(req.headers.dpop ?? "").split(".");
  try {
    const [header, claims] = proof.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
    const { kty, crv, x, y, ...more } = header.jwk;
    const key = createPublicKey({ key: header.jwk, format: "jwk" });
    const signature = Buffer.from(proof[2], "base64url");
    const [htu] = `http://${req.headers.host}${req.url}`.split("?");
    if (nonce !== undefined && claims.nonce !== nonce) return "use_dpop_nonce";
    const right =
      proof.length === 3 &&
      header.typ === "dpop+jwt" &&
      header.alg === "ES256" &&
      Object.keys(more).length === 0 &&
      verify("sha256", Buffer.from(`${proof[0]}.${proof[1]}`), { key, dsaEncoding: "ieee-p1363" }, signature) &&
      claims.htm === req.method &&
      claims.htu === htu &&
      claims.jti?.length >= 16 &&
      (nonce !== undefined || Math.abs(Date.now() / 1000 - claims.iat) < RECENT) &&
      claims.ath === digest(token) &&
      jkt === digest(JSON.stringify({ crv, kty, x, y }));
    return right ? undefined : "invalid_dpop_proof";
  } catch {
    return "invalid_dpop_proof";
  }
}

const digest = (text) => createHash("sha256").update(text).digest("base64url");
