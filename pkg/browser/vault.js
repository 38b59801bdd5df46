// Sealing: AES-GCM under a key of two shares (ARCHITECTURE.md, "At rest"). One is a CryptoKey that cannot be exported
// and lies beside the sealed text, the other a random value in a session cookie. HKDF (RFC 5869) joins them: the first as
// key material, the second as salt. Every sealing has a new key, so an old one opens nothing.

/** A text as bytes. */
export const bytes = (text) => new TextEncoder().encode(text);

/** Bytes as text. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const binary = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));

/** So many random bytes. */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** The SHA-256 digest of a text, as an array of bytes. */
export const digest = async (text) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes(text)))];

/** Seals a text under a new key and the share. What comes of it is text, and a key to be cloned as it is. */
export async function seal(text, share) {
  const material = random(32);
  const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveKey"]);
  material.fill(0);
  const iv = random(12);
  const plain = bytes(text);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await join(key, share), plain);
  plain.fill(0);
  return { key, iv: hex(iv), text: hex(new Uint8Array(sealed)) };
}

/** Opens what `seal` gave. Throws where a share is wrong or a byte was changed. */
export async function open({ key, iv, text }, share) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: binary(iv) }, await join(key, share), binary(text));
  return new TextDecoder().decode(plain);
}

function join(key, share) {
  const how = { name: "HKDF", hash: "SHA-256", salt: bytes(share), info: bytes("nightlatch session") };
  return crypto.subtle.deriveKey(how, key, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
