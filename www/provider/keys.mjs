import { generateKeyPair, generateKeyPairSync, sign } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);
const RSA = ["rsa", { modulusLength: 2048 }];
const EC = ["ec", { namedCurve: "P-256" }];

let made;

/** Fresh signing keys for this process: nothing that is signed here can be believed anywhere else. Every test starts a provider, and keys take longest. */
export function signingKeys() {
  return (made ??= makeKeys());
}

async function makeKeys() {
  const [rsa, ec] = await Promise.all([generate(...RSA), generate(...EC)]);
  const keys = { rs256: rsa, es256: ec };
  const jwks = { keys: Object.keys(keys).map((name) => ({ ...keys[name].privateKey.export({ format: "jwk" }), ...described(name) })) };
  // Any other name is a key that this provider does not know: what an attacker has, or what comes next.
  const keyOf = (name) => (keys[name] ??= generateKeyPairSync(...(name.endsWith("es256") ? EC : RSA)));
  return {
    jwks,
    /** A JWT that one of these keys vouches for, whatever it claims: for tests of what a client must refuse all the same. */
    sign: (claims, { key = "rs256", header } = {}) => signedWith(keyOf(key).privateKey, { ...described(key), use: undefined, typ: "JWT", ...header }, claims),
    publicKey: (name, members) => ({ ...keyOf(name).publicKey.export({ format: "jwk" }), ...described(name), ...members }),
  };
}

/** What stands about a key in header and key set. A key's name is its `kid`, and ends with its algorithm: `next-es256`. */
function described(name) {
  return { kid: name, alg: name.slice(-5).toUpperCase(), use: "sig" };
}

function signedWith(key, header, claims) {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const content = `${encode(header)}.${encode(claims)}`;
  return `${content}.${sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}
