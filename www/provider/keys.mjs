import { createSign, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

let keys;

/** Fresh signing keys for this process: nothing that is signed here can be believed anywhere else. Every test starts a provider, and keys take longest. */
export function signingKeys() {
  return (keys ??= generateKeys());
}

async function generateKeys() {
  const [rsa, ec] = await Promise.all([generate("rsa", { modulusLength: 2048 }), generate("ec", { namedCurve: "P-256" })]);
  const jwks = {
    keys: [
      { ...rsa.privateKey.export({ format: "jwk" }), kid: "rs256", alg: "RS256", use: "sig" },
      { ...ec.privateKey.export({ format: "jwk" }), kid: "es256", alg: "ES256", use: "sig" },
    ],
  };
  return { jwks, sign: (claims) => signedWith(rsa.privateKey, claims) };
}

/** A JWT that this provider's keys vouch for, whatever it claims: for tests of what a client must refuse all the same. */
function signedWith(privateKey, claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode({ alg: "RS256", typ: "JWT", kid: "rs256" })}.${encode(claims)}`;
  return `${content}.${createSign("sha256").update(content).sign(privateKey, "base64url")}`;
}
