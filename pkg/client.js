// What all entries share, over the WebAssembly core; where that comes from, an entry says. It decides nothing.
import { cleanUp } from "./cleaners.js";
import { AuthError, fault } from "./error.js";
import { Core } from "./generated/nightlatch.js";
import { fetchWith } from "./fetch.js";
import { add, freeze, tell, telling } from "./listeners.js";
import { shell } from "./shell.js";
import { initialize } from "./wasm.js";

export { AuthError };

/** The options of the clients on this page that are not closed. */
const live = new Set();

export async function createClient(options, module) {
  await load(module);
  const events = new Map();
  const listeners = new Set();
  const cleaners = new Set();
  const waiting = new Map();
  let core;
  let plain;
  let snapshot;
  let last = 0;
  const settle = (id, error, value) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(fault(error));
    else call?.resolve(value);
  };
  const notify = (name, detail) => {
    if (name === "abort") return requests.abort();
    if (detail.error) detail.error = fault(detail.error);
    freeze(detail);
    if (name === "snapshot") snapshot = detail;
    for (const listener of [...(name === "snapshot" ? listeners : (events.get(name) ?? []))]) tell(listener, detail);
  };
  const call = (name, options) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      core.tell(name, last, 0, options);
    });
  // What an extension may put its own in the place of.
  const calls = { getAccessToken: (options) => call("token", options), login: (options) => call("login", options) };
  try {
    // Functions in them are nothing that the core reads.
    const { application, debug, dpop, outbox, par, provider } = options ?? {};
    plain = {
      ...provider?.options,
      ...options,
      application: application && (application.url ?? ""),
      // Whether one of the two cannot be right.
      outbox: (outbox && typeof outbox !== "function") || (provider && !provider.send),
      provider: undefined,
    };
    if (debug && !debug.extend) throw { code: "invalid_options", kind: "usage", message: "`debug` is not what debug() gives" };
    for (const { issuer, redirectUri } of live) {
      if (redirectUri === plain.redirectUri && issuer !== plain.issuer) throw { code: "invalid_options", kind: "usage", message: "another provider's client on this page has this `redirectUri`" };
    }
    const page = shell(() => core, settle, notify, (plan) => cleanUp(cleaners, plan), options ?? {});
    dpop?.extend(calls, page.effects);
    par?.extend(calls, plain);
    core = new Core(plain, page);
    debug?.extend(core, page, calls, plain);
    live.add(plain);
  } catch (error) {
    throw error instanceof Error ? error : fault(error);
  }
  const requests = fetchWith(
    (url) => core.tell("allows", 0, 0, url),
    calls,
    (detail) => notify("stepUpRequired", detail),
  );
  await call("start");
  const client = {
    login: calls.login,
    handleRedirectCallback: (url) => call("callback", url),
    getAccessToken: calls.getAccessToken,
    fetch: requests.fetch,
    logout: (options) => call("logout", options),
    onLogout: (cleaner, { name = cleaner.name } = {}) => add(cleaners, { cleaner, name: `${name}` }),
    capabilities: async () => (await call("logout", { scope: "provider", dryRun: true })).capabilities,
    close() {
      listeners.clear();
      cleaners.clear();
      events.clear();
      requests.abort(); // A sign-out would not be heard any more.
      live.delete(plain);
      core.tell("close", 0, 0);
    },
  };
  return Object.freeze(Object.assign(telling(() => snapshot, listeners, events), client));
}

let defaults;
let shared;
let source;

export function configure(options, module) {
  defaults = options;
  source = module;
  shared = undefined;
}

export function client() {
  if (!defaults) return Promise.reject(new AuthError("invalid_options", "usage", "call configure() first"));
  shared ??= createClient(defaults, source).catch((error) => {
    shared = undefined; // A failed attempt may be repeated.
    throw error;
  });
  return shared;
}

export const login = async (options) => (await client()).login(options);
export const handleRedirectCallback = async (url) => (await client()).handleRedirectCallback(url);
export const getAccessToken = async (options) => (await client()).getAccessToken(options);
export const logout = async (options) => (await client()).logout(options);
export const onLogout = async (cleaner, options) => (await client()).onLogout(cleaner, options);

export async function load(module) {
  try {
    await initialize(module);
  } catch (cause) {
    const message = "the module cannot be loaded: a Content-Security-Policy needs script-src 'wasm-unsafe-eval'";
    throw cause.code ? cause : new AuthError("wasm_blocked", "environment", message, { cause });
  }
}
