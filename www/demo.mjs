/** The demo: `cargo xtask demo` ends here. `--port=4010` names the app's port; provider and API take the two after it. */
import { parseArgs } from "node:util";

import { serve } from "./server.mjs";

const { values } = parseArgs({ options: { port: { type: "string", default: "4010" } } });
const port = Number(values.port);

const world = await serve({ appPort: port, idpPort: port + 1, apiPort: port + 2, anyPort: true, control: true });
const people = world.accounts.map(({ username, password }) => `${username} / ${password}`).join("   or   ");

console.log(`
  nightlatch demo

    open       ${world.app}
    sign in    ${people}

    provider   ${world.issuer}   (oidc-provider, on a site of its own)
    API        ${world.api}   (asks the provider about every token)

  Ctrl+C ends it.
`);

process.once("SIGINT", () => world.close());
process.once("SIGTERM", () => world.close());
