/**
 * The world that demo and tests run in: the app's server, a certified OpenID provider on another site, and an API that trusts nobody but that provider.
 * All three are real servers on loopback in this one process, so that a test can also look at what reached them.
 */
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { protectedApi } from "./api.mjs";
import { controlEndpoint } from "./control.mjs";
import { Faults } from "./faults.mjs";
import { close, listen } from "./listen.mjs";
import { requestLog } from "./requests.mjs";
import { appSession } from "./session.mjs";
import { strictPolicy, staticApp } from "./static.mjs";
import { accounts } from "./provider/accounts.mjs";
import { createProvider } from "./provider/provider.mjs";

const here = dirname(fileURLToPath(import.meta.url));

const callbackPaths = ["/callback", "/e2e/callback.html", "/e2e/", "/pkg-test/callback.html"];
const signedOutPaths = ["/", "/signed-out"];

/**
 * Starts the world and resolves when all of it answers.
 *
 * @param {object} [options]
 * @param {number} [options.appPort] 0 takes any free port, here and below
 * @param {number} [options.idpPort]
 * @param {number} [options.apiPort]
 * @param {boolean} [options.anyPort] take another port where a fixed one is in use
 * @param {Record<string, string>} [options.mounts] further folders of the app's server, by path: `{ "/e2e/": "/absolute/folder" }`
 * @param {boolean} [options.control] let the page set faults through `/control`
 * @param {number} [options.accessTokenTtl] seconds
 * @param {string | false | ((config: { issuer: string, api: string }) => string)} [options.csp] the app's Content-Security-Policy; `false` sends none
 * @param {boolean} [options.sameSite] the app stands on the provider's own site
 * @param {string} [options.packageDir] what is served at `/nightlatch/`
 * @param {string[]} [options.redirectUris] further redirect URIs: paths of the app, or absolute
 * @param {string[]} [options.postLogoutRedirectUris] further ones after a sign-out
 * @param {string[]} [options.extraOrigins] other origins that serve the app: they get the same paths, and CORS
 */
export async function serve(options = {}) {
  const { appPort = 0, idpPort = 0, apiPort = 0, anyPort = false } = options;
  const { mounts = {}, control = false, accessTokenTtl = 300, packageDir = join(here, "..", "pkg") } = options;
  const { redirectUris = [], postLogoutRedirectUris = [], extraOrigins = [], sameSite = false } = options;

  const servers = { app: createServer(), idp: createServer(), api: createServer() };
  const started = await Promise.allSettled([
    listen(servers.app, appPort, anyPort),
    listen(servers.idp, idpPort, anyPort),
    listen(servers.api, apiPort, anyPort),
  ]);
  const refused = started.find(({ status }) => status === "rejected");
  if (refused) {
    await Promise.all(Object.values(servers).map(close));
    throw refused.reason;
  }
  const [appAt, idpAt, apiAt] = started.map(({ value }) => value);

  // "localhost" and "127.0.0.1" are different sites, as an app and its provider are on the open web: cookies and storage behave accordingly.
  const app = `http://${sameSite ? "127.0.0.1" : "localhost"}:${appAt}`;
  const issuer = `http://127.0.0.1:${idpAt}`;
  const api = `http://127.0.0.1:${apiAt}`;

  const origins = [app, ...extraOrigins];
  const addresses = (paths, more) => [
    ...origins.flatMap((origin) => paths.map((path) => origin + path)),
    ...more.map((address) => (address.startsWith("/") ? app + address : address)),
  ];

  const requests = requestLog();
  const faults = new Faults();
  // What the pages send as Cross-Origin-Opener-Policy: `app`, `provider`. A test sets it.
  const coop = {};
  // Whether a DPoP proof needs a nonce: `nonceAtProvider` true, `nonceAtApi` the nonce. A test sets it.
  const dpop = {};
  const provider = await createProvider({
    issuer,
    origins,
    accessTokenTtl,
    coop,
    dpop,
    faults,
    requests,
    redirectUris: addresses(callbackPaths, redirectUris),
    postLogoutRedirectUris: addresses([...callbackPaths, ...signedOutPaths], [...redirectUris, ...postLogoutRedirectUris]),
  });

  const config = { issuer, clientId: provider.clientId, api };
  const world = {
    app,
    issuer,
    api,
    config,
    clientId: provider.clientId,
    strictClientId: provider.strictClientId,
    accounts,
    coop,
    dpop,
    faults,
    requests,
    issued: provider.issued,
    introspect: provider.introspect,
    revoke: provider.revoke,
    sign: provider.sign,
    publicKey: provider.publicKey,
    setAccessTokenTtl: provider.setAccessTokenTtl,
    async close() {
      faults.release();
      await Promise.all(Object.values(servers).map(close));
    },
  };

  servers.idp.on("request", provider.handler);
  servers.api.on("request", protectedApi({ origins, dpop, faults, requests, issuer, credentials: provider.apiCredentials }));
  servers.app.on(
    "request",
    staticApp({
      mounts: { "/": join(here, "app"), "/nightlatch/": packageDir, ...mounts },
      config,
      session: appSession({ app, faults, requests }),
      csp: typeof options.csp === "function" ? options.csp(config) : (options.csp ?? strictPolicy(config)),
      coop,
      control: control ? controlEndpoint({ app, faults, provider }) : undefined,
    }),
  );
  return world;
}
