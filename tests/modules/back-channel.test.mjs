/** The server's code of docs/guide/your-server.md, as it stands there, and every logout token that it must not believe. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";

import { close, listen } from "../../www/listen.mjs";
import { fences } from "../../xtask/scripts/site/fences.mjs";

const root = join(import.meta.dirname, "..", "..");
const ISSUER = "https://id.example.com";
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

let folder;
let server;
let address;
let ours;
let foreign;
let ended = [];
before(async () => {
  const { code } = fences(await readFile(join(root, "docs/guide/your-server.md"), "utf8")).find(({ code }) => code.startsWith("// back-channel.js"));
  // In the repository, where it finds its library.
  await mkdir(join(root, "target"), { recursive: true });
  folder = await mkdtemp(join(root, "target", "back-channel-"));
  await writeFile(join(folder, "back-channel.mjs"), code);
  const { backChannelLogout } = await import(join(folder, "back-channel.mjs"));
  ours = await generateKeyPair("RS256");
  foreign = await generateKeyPair("RS256");
  const keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(ours.publicKey)), kid: "1", alg: "RS256" }] });
  server = createServer(backChannelLogout({ issuer: ISSUER, clientId: "spa", keys }, (about) => ended.push(about)));
  address = `http://127.0.0.1:${await listen(server, 0)}/`;
});
after(async () => {
  await close(server);
  await rm(folder, { recursive: true });
});

const now = () => Math.floor(Date.now() / 1000);
const claims = (other) => ({ iss: ISSUER, aud: "spa", iat: now(), exp: now() + 120, jti: crypto.randomUUID(), events: { [EVENT]: {} }, sub: "ada", sid: "s1", ...other });
const signed = (other, { typ = "logout+jwt", alg = "RS256", key = ours.privateKey } = {}) => new SignJWT(claims(other)).setProtectedHeader({ alg, kid: "1", typ }).sign(key);

async function send(body) {
  ended = [];
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(body) });
  assert.equal(answer.headers.get("Cache-Control"), "no-store");
  // As a page is told of it.
  return { status: answer.status, ended: JSON.parse(JSON.stringify(ended)) };
}

test("BCL-1 a logout token that holds is answered with 200, and says whom it is about", async () => {
  const about = { iss: ISSUER, sub: "ada", sid: "s1" };
  for (const [token, expected] of [
    [await signed({}), about],
    [await signed({ sub: undefined }), { iss: ISSUER, sid: "s1" }],
    [await signed({ sid: undefined }), { iss: ISSUER, sub: "ada" }],
    [await signed({ aud: ["other", "spa"] }), about],
    [await signed({ whatever: 1 }), about],
    [await signed({}, { typ: undefined }), about],
    [await signed({}, { typ: "JWT" }), about],
  ]) {
    assert.deepEqual(await send({ logout_token: token }), { status: 200, ended: [expected] });
  }
});

const secret = new TextEncoder().encode("a shared key that is long enough for HS256");
const refused = {
  "another issuer": () => signed({ iss: "https://evil.example" }),
  "another client": () => signed({ aud: "other" }),
  "no audience": () => signed({ aud: undefined }),
  "no iat": () => signed({ iat: undefined }),
  "an old iat": () => signed({ iat: now() - 3600 }),
  "no exp": () => signed({ exp: undefined }),
  "an exp that is over": () => signed({ exp: now() - 60 }),
  "no jti": () => signed({ jti: undefined }),
  "no events": () => signed({ events: undefined }),
  "events that are a list": () => signed({ events: [EVENT] }),
  "another event": () => signed({ events: { "http://schemas.openid.net/event/other": {} } }),
  "an event that is no object": () => signed({ events: { [EVENT]: true } }),
  "an event that is a list": () => signed({ events: { [EVENT]: [] } }),
  "nobody": () => signed({ sub: undefined, sid: undefined }),
  "a nonce": () => signed({ nonce: "n" }),
  "an ID token": () => signed({ events: undefined, nonce: "n" }, { typ: "JWT" }),
  "another type": () => signed({}, { typ: "at+jwt" }),
  "a foreign key": () => signed({}, { key: foreign.privateKey }),
  "no signature": () => new UnsecuredJWT(claims({})).encode(),
  "a shared key": () => signed({}, { alg: "HS256", key: secret }),
  "no token": () => "",
  "a body without an end": async () => `${"x".repeat(1 << 20)}${await signed({})}`,
};

for (const [what, token] of Object.entries(refused)) {
  test(`BCL-1 a logout token is refused with 400 and ends nothing: ${what}`, async () => {
    assert.deepEqual(await send({ logout_token: await token() }), { status: 400, ended: [] });
  });
}
