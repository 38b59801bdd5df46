/**
 * The demo: `cargo xtask demo` ends here. `--port=4010` names the app's port; provider and API take the two after it. `--app=http://localhost:5173` lets
 * an app of your own, on that origin, sign in at this provider too.
 */
import { parseArgs } from "node:util";

import { serve } from "./server.mjs";

const { values } = parseArgs({ options: { app: { type: "string", multiple: true, default: [] }, port: { type: "string", default: "4010" } } });
const port = Number(values.port);
const apps = values.app.map((address) => new URL(address).origin);

const world = await serve({
  appPort: port,
  idpPort: port + 1,
  apiPort: port + 2,
  anyPort: true,
  control: true,
  extraOrigins: apps,
  redirectUris: apps.map((app) => `${app}/`),
});
const people = world.accounts.map(({ username, password }) => `${username} / ${password}`).join("   or   ");

console.log(`
  nightlatch demo

    open       ${world.app}
    sign in    ${people}

    provider   ${world.issuer}   (oidc-provider, on a site of its own)
    API        ${world.api}   (asks the provider about every token)
`);
for (const app of apps) {
  console.log(`  for your own app at ${app}

    issuer          ${world.issuer}
    clientId        ${world.clientId}
    redirectUri     ${app}/callback   or   ${app}/
    scope           openid profile offline_access
    allowedOrigins  ${world.api}   (it answers at ${world.api}/me)
`);
}
console.log("  Ctrl+C ends it.\n");

process.once("SIGINT", () => world.close());
process.once("SIGTERM", () => world.close());
