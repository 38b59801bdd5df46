// Other libraries, each set up as an app would that keeps its users signed in. What they are given: `{ issuer, clientId, redirectUri, tenant, file }`.

export async function oidcClient({ issuer, clientId, redirectUri }) {
  const { IndexedDbDPoPStore, UserManager, WebStorageStateStore } = await import("/legacy/oidc-client-ts.js");
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: "openid profile offline_access",
    userStore: new WebStorageStateStore({ store: localStorage }),
    dpop: { store: new IndexedDbDPoPStore() },
  });
}

export async function auth0({ clientId, redirectUri, tenant }) {
  const { Auth0Client } = await import("/legacy/-auth0-auth0-spa-js.js");
  return new Auth0Client({ domain: tenant, clientId, cacheLocation: "localstorage", useRefreshTokens: true, authorizationParams: { redirect_uri: redirectUri } });
}

/** It takes no authority without https: where the endpoints are, its metadata says. */
export async function msal({ issuer, clientId, redirectUri, file }) {
  const { PublicClientApplication } = await import(`/legacy/${file}.js`);
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/session/end`,
    jwks_uri: `${issuer}/jwks`,
  };
  const app = new PublicClientApplication({
    auth: {
      clientId,
      redirectUri,
      authority: "https://id.example",
      authorityMetadata: JSON.stringify(metadata),
      knownAuthorities: ["id.example"],
      navigateToLoginRequestUrl: false,
      // Version 5 has it below.
      protocolMode: "OIDC",
      OIDCOptions: { serverResponseType: "query", defaultScopes: ["openid", "profile"] },
    },
    cache: { cacheLocation: "localStorage", storeAuthStateInCookie: true },
    system: { protocolMode: "OIDC" },
  });
  await app.initialize();
  return app;
}

/** It asks with cookies, which this provider's CORS does not allow, and reads access tokens, which are opaque here. */
export async function keycloak({ issuer, clientId, redirectUri }) {
  const { default: Keycloak } = await import("/legacy/keycloak-js.js");
  const { fetch } = window;
  window.fetch = async (url, init) => {
    const answer = await fetch(url, { ...init, credentials: "omit" });
    const { id_token: token, ...rest } = await answer.json();
    return Response.json(token ? { ...rest, id_token: token, access_token: token } : rest);
  };
  const client = new Keycloak({ clientId, oidcProvider: issuer });
  await client.init({ checkLoginIframe: false, responseMode: "query", pkceMethod: "S256", redirectUri });
  return client;
}
