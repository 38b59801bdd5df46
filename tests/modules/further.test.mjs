// What a provider is asked beyond RFC 7009 and the logout: at its own addresses, with a token that is still good.
import assert from "node:assert/strict";
import { test } from "node:test";

import * as providers from "../../pkg/providers.js";

const user = (iss) => ({ iss, sub: "ada", aud: "spa app" });
const bearer = (url, method, headers = {}) => ({
  url,
  form: null,
  keepalive: true,
  timeoutMs: 5000,
  init: { method, headers: { Accept: "application/json", Authorization: "Bearer AT", ...headers }, body: null, keepalive: true },
});

/** Every row that has an address of its own, and the request to it, as its documents have it. */
const TABLE = {
  cognito: {
    iss: "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_abc",
    devices: {
      url: "https://cognito-idp.eu-west-2.amazonaws.com/",
      form: null,
      keepalive: true,
      timeoutMs: 5000,
      init: {
        method: "POST",
        headers: { Accept: "application/json", "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService.GlobalSignOut" },
        body: '{"AccessToken":"AT"}',
        keepalive: true,
      },
    },
  },
  entra: { iss: "https://login.microsoftonline.com/t1/v2.0", devices: bearer("https://graph.microsoft.com/v1.0/me/revokeSignInSessions", "POST") },
  keycloak: {
    iss: "https://id.example/realms/acme",
    devices: bearer("https://id.example/realms/acme/account/sessions", "DELETE"),
    consent: bearer("https://id.example/realms/acme/account/applications/spa%20app/consent", "DELETE"),
  },
  okta: {
    iss: "https://acme.okta.com/oauth2/default",
    devices: bearer("https://acme.okta.com/idp/myaccount/sessions", "DELETE", { Accept: "application/json; okta-version=1.0.0" }),
  },
};

for (const [name, make] of Object.entries(providers).filter(([name]) => name !== "dialect")) {
  test(`LOUT-15 ${name}: the exact request to the provider's own address, and none where there is none`, () => {
    const { iss = "https://id.example", ...expected } = TABLE[name] ?? {};
    for (const what of ["devices", "consent"]) assert.deepEqual(make().further(what, user(iss), "AT", 5000), expected[what]);
  });
}

test("an address of one's own goes before the row's, and a client among several audiences is the authorized party", () => {
  const provider = providers.keycloak({ consent: { endpoint: "{url}/undo/{client_id}" }, url: "https://id.example" });
  assert.equal(provider.further("consent", { iss: "https://id.example/realms/a", aud: ["api", "spa"], azp: "spa" }, "AT", 1).url, "https://id.example/undo/spa");
});

test("REV-16 where the client's secret is asked for, an address of the app's own takes the place of the refusal", async () => {
  const METADATA = { issuer: "https://appleid.apple.com" };
  const endpoint = "https://app.example/oauth/revoke";
  const provider = providers.apple({ revocation: { endpoint } });
  const { body } = await provider.send({ url: "https://appleid.apple.com", form: null }, async () => ({ status: 200, body: JSON.stringify(METADATA) }));
  assert.equal(JSON.parse(body).revocation_endpoint, endpoint);
  const sent = [];
  const form = "token=RT&token_type_hint=refresh_token&client_id=spa";
  const heard = await provider.send({ url: endpoint, form, timeoutMs: 5 }, async (request) => (sent.push(request.form), { status: 200, body: "" }));
  assert.deepEqual([sent, heard], [[form], { status: 200, body: "" }]);
});

test("LOUT-7 a revocation waits for a request that takes the token, and everything else does not", async () => {
  const provider = providers.okta();
  const order = [];
  const post = async ({ form }) => (order.push(form ?? "metadata"), { status: 200, body: "{}" });
  let release;
  provider.hold(new Promise((resolve) => (release = resolve)));
  const revoked = provider.send({ url: "https://acme.okta.com/revoke", form: "token=AT&token_type_hint=access_token", timeoutMs: 5 }, post);
  await provider.send({ url: "https://acme.okta.com/token", form: "grant_type=refresh_token", timeoutMs: 5 }, post);
  await provider.send({ url: "https://acme.okta.com", form: null, timeoutMs: 5 }, post);
  order.push("answered");
  release();
  await revoked;
  assert.deepEqual(order, ["grant_type=refresh_token", "metadata", "answered", "token=AT&token_type_hint=access_token"]);
});
