/** What `cargo xtask demo` prints holds, for an app of one's own too. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

test("the demo's provider knows an app of one's own by the values that are printed", async (t) => {
  const app = "http://localhost:5173";
  const demo = spawn(process.execPath, [join(import.meta.dirname, "demo.mjs"), "--port=41710", `--app=${app}/`], { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => demo.kill());
  let printed = "";
  while (!printed.includes("Ctrl+C")) printed += (await once(demo.stdout, "data"))[0];
  const value = (name) => printed.match(new RegExp(`^ *${name} +(\\S+)`, "m"))[1];

  const issuer = value("issuer");
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  assert.equal(metadata.issuer, issuer);
  for (const redirect_uri of [value("redirectUri"), `${app}/`]) {
    const parameters = {
      client_id: value("clientId"), redirect_uri, response_type: "code", scope: "openid profile offline_access", prompt: "consent",
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256", state: "s", nonce: "n",
    };
    const { status } = await fetch(`${metadata.authorization_endpoint}?${new URLSearchParams(parameters)}`, { redirect: "manual" });
    assert.equal(status, 303, redirect_uri);
  }
  // A page of that origin may read what is answered: keys, tokens, and the API's word.
  const form = { method: "POST", body: new URLSearchParams({ client_id: value("clientId") }) };
  for (const [address, init] of [[metadata.jwks_uri], [metadata.token_endpoint, form], [`${value("allowedOrigins")}/me`]]) {
    const { headers } = await fetch(address, { ...init, headers: { Origin: app } });
    assert.equal(headers.get("access-control-allow-origin"), app, address);
  }

  demo.kill("SIGTERM");
  assert.deepEqual(await once(demo, "exit"), [0, null]);
});
