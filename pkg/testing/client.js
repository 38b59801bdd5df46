// The surface of `index.js`, over a machine in the place of the core.
import { fetchWith } from "../fetch.js";
import { add, freeze, telling } from "../listeners.js";
import { errorOf, report } from "./errors.js";
import { Machine } from "./machine.js";
import { clientOptions, isUnder } from "./options.js";
import { accessToken } from "./refresh.js";
import { handleRedirectCallback, login } from "./sign-in.js";
import { logout } from "./sign-out.js";

/** A client in a page of a tab. It is there at once: nothing has to be loaded. */
export function clientIn(world, tab, page, options) {
  const parsed = clientOptions(options, world);
  world.provider.serve(parsed);
  const events = new Map();
  const listeners = new Set();
  const cleaners = new Set();
  let snapshot;
  const notify = (name, detail) => {
    freeze(detail);
    if (name === "snapshot") snapshot = detail;
    for (const listener of [...(name === "snapshot" ? listeners : (events.get(name) ?? []))]) tell(listener, detail);
  };
  const machine = new Machine(world, parsed, page, { notify, abort: () => requests?.abort(), cleaners });
  const call = (work) => async (options) => {
    if (machine.isClosed) throw errorOf("client_closed", "the client was closed");
    return work(machine, options);
  };
  const getAccessToken = call(accessToken);
  const requests = fetchWith(
    (url) => isUnder(url, parsed.allowedOrigins),
    { getAccessToken, fetch: world.api.answer, now: () => world.clock.now() },
    (detail) => notify("stepUpRequired", detail),
  );
  world.machines.add(machine);
  const signOut = call(logout);
  const client = {
    login: call(login),
    handleRedirectCallback: call(handleRedirectCallback),
    getAccessToken,
    // Outside a browser there is no page that an address could be relative to.
    fetch: (input, init, how) => requests.fetch(typeof input === "string" ? new URL(input, page.address) : input, init, how),
    logout: signOut,
    onLogout: (cleaner, { name = cleaner.name } = {}) => add(cleaners, { cleaner, name: `${name}` }),
    capabilities: async () => (await signOut({ scope: "provider", dryRun: true })).capabilities,
    close() {
      for (const one of [listeners, cleaners, events]) one.clear();
      requests.abort();
      world.machines.delete(machine);
      machine.close();
    },
    tab,
  };
  return { client: Object.freeze(Object.assign(telling(() => snapshot, listeners, events), client)), machine };
}

function tell(listener, detail) {
  try {
    listener(detail);
  } catch (error) {
    report(error);
  }
}
