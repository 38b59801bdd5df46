// What an app passes, held against the rules of `src/protocol/options.rs` and its like.
import { errorOf, invalid } from "./errors.js";

const LOGIN_RESERVED = [
  ...["acr_values", "client_id", "code_challenge", "code_challenge_method", "id_token_hint", "max_age", "nonce", "prompt"],
  ...["redirect_uri", "request", "request_uri", "response_mode", "response_type", "scope", "state"],
];
const LOGOUT_RESERVED = ["client_id", "id_token_hint", "post_logout_redirect_uri", "state"];
const CLEAR = ["localStorage", "sessionStorage", "indexedDB", "caches", "cookies", "serviceWorkers", "keep"];

/** The options of a client, parsed once. What is missing is made up: the fake has a provider for every issuer. */
export function clientOptions(options, { origin, issuer, clientId }) {
  const given = { issuer, clientId, redirectUri: `${origin}/callback`, ...options?.provider?.options, ...options };
  if (!isPlain(given)) throw invalid("the options are not a plain object");
  for (const name of ["issuer", "clientId", "redirectUri"]) if (!given[name]) throw invalid(`\`${name}\` is missing`);
  for (const name of ["redirectUri", "postLogoutRedirectUri"]) ownAddress(given[name], origin);
  word(given, "endSessionMethod", ["get", "post"]);
  return {
    issuer: given.issuer,
    clientId: given.clientId,
    // What a report says of the endpoints; the addresses are the virtual provider's.
    metadata: given.metadata && { revocation: given.metadata.revocation_endpoint, endSession: given.metadata.end_session_endpoint },
    redirectUri: given.redirectUri,
    postLogoutRedirectUri: given.postLogoutRedirectUri,
    scope: scopes("openid", given.scope),
    place: word(given, "storage", ["browser", "tab", "memory"]) ?? "browser",
    allowedOrigins: given.allowedOrigins ?? [origin],
    allowedRedirects: given.allowedRedirects ?? [],
    clear: clear(given.clear) ?? "own",
    application: given.application !== undefined,
    reach: word(given, "revocationReach", ["session", "user", "grant"]) ?? "session",
    promptAfterLogout: word(given, "promptAfterLogout", ["login", "select_account"]) ?? "login",
    idleMs: duration(given.idleTimeout, 0),
    maxMs: duration(given.maxSession, 0),
    requestTimeoutMs: duration(given.requestTimeout, 10_000),
    origin,
  };
}

export function loginOptions(options = {}, here, client) {
  if (!isPlain(options)) throw invalid("the options are not a plain object");
  for (const name of ["returnTo", "prompt", "loginHint", "acrValues"]) text(options[name], "a login option is not a string");
  const { prompt, maxAge } = options;
  if (maxAge != null && !(Number.isInteger(maxAge) && maxAge >= 0)) throw invalid("`maxAge` is a number of seconds");
  if (prompt !== "none" && prompt?.split(" ").includes("none")) throw invalid('`prompt: "none"` stands alone');
  return {
    returnTo: options.returnTo == null ? reachable(here, client) : target(options.returnTo, client),
    prompt,
    scope: scopes(client.scope, options.scope),
    parameters: {
      ...extra(options.extraParams, LOGIN_RESERVED),
      ...(options.loginHint != null && { login_hint: options.loginHint }),
      ...(options.acrValues != null && { acr_values: options.acrValues }),
      ...(maxAge != null && { max_age: String(maxAge) }),
    },
  };
}

export function logoutOptions(options = {}, client) {
  if (!isPlain(options)) throw invalid("the options are not a plain object");
  const { revoke } = options;
  const scope = word(options, "scope", ["tab", "app", "provider"]) ?? "app";
  if (revoke !== "grant") flag(options, "revoke", ' or "grant"');
  return {
    scope,
    redirectTo: target(options.redirectTo ?? "/", client),
    // Where a revocation takes the user's consent along, only that word asks for one.
    revoke: revoke === "grant" || (revoke !== false && client.reach !== "grant"),
    parameters: extra(options.extraParams, LOGOUT_RESERVED),
    clear: clear(options.clear) ?? client.clear,
    timeoutMs: duration(options.timeout, 5000),
    dryRun: flag(options, "dryRun"),
    reason: word(options, "reason", ["logout", "providerSessionEnded"]) ?? "logout",
  };
}

export function tokenOptions(options = {}) {
  if (!isPlain(options)) throw invalid("the options are not a plain object");
  return { force: flag(options, "forceRefresh"), minValidityMs: duration(options.minValidity, 30_000) };
}

/** Whether an address lies under one of the allowed origins, or origins with a path prefix that ends at a segment. */
export function isUnder(address, allowed) {
  const asked = parsed(address);
  if (!asked) return false;
  return allowed.some((one) => {
    const at = parsed(one);
    const prefix = at?.pathname.replace(/\/+$/, "");
    if (at?.origin !== asked.origin) return false;
    return prefix === "" || (!asked.pathname.includes("%") && (asked.pathname === prefix || asked.pathname.startsWith(`${prefix}/`)));
  });
}

export const parsed = (address, base) => (URL.canParse(address, base) ? new URL(address, base) : undefined);

/** What the app may go on to: on the page's own origin, or on its list. */
function target(url, { origin, allowedRedirects }) {
  text(url, "`redirectTo` is a string");
  const local = url === origin ? "/" : url.startsWith(`${origin}/`) ? url.slice(origin.length) : url;
  if (/^\/(?![/\\]|%5c|%2f|%0)/i.test(local) && !/[\s\\\x7f]/.test(local)) return local;
  if (isUnder(url, allowedRedirects)) return url;
  throw errorOf("redirect_refused", "the target is not on this page's origin");
}

function reachable(here, client) {
  try {
    return target(here, client);
  } catch {
    return "/";
  }
}

function ownAddress(address, origin) {
  if (address == null) return;
  const at = typeof address === "string" ? parsed(address) : undefined;
  if (at?.origin !== origin || address.includes("#")) throw invalid("a redirect address is on this page's origin, without a fragment");
}

function clear(asked) {
  if (asked == null) return undefined;
  const isList = ([kind, what]) => CLEAR.includes(kind) && (Array.isArray(what) || what == null || (typeof what === "boolean" && kind !== "keep"));
  const lists = isPlain(asked) && Object.entries(asked).every(isList);
  if (asked !== "own" && asked !== "all" && !lists) throw invalid('`clear` is "own", "all" or lists of names');
  return asked;
}

function extra(parameters = {}, reserved) {
  for (const [name, value] of Object.entries(parameters)) {
    const values = Array.isArray(value) ? value : [value];
    if (reserved.includes(name) || values.some((one) => typeof one !== "string")) throw invalid("`extraParams` holds strings, under names of its own");
  }
  return parameters;
}

function scopes(before, more) {
  text(more, "`scope` is a string");
  return [...new Set(`${before} ${more ?? ""}`.split(/\s+/).filter(Boolean))].join(" ");
}

function word(options, name, words) {
  const value = options[name];
  if (value == null) return undefined;
  const quoted = words.map((word) => `"${word}"`);
  const rule = `\`${name}\` is ${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  if (!words.includes(value)) throw invalid(rule);
  return value;
}

function flag(options, name, more = "") {
  const value = options[name] ?? false;
  if (typeof value !== "boolean") throw invalid(`\`${name}\` is a boolean${more}`);
  return value;
}

function duration(seconds, defaultMs) {
  if (seconds == null) return defaultMs;
  if (!(typeof seconds === "number" && seconds >= 0 && seconds <= 31_536_000)) throw invalid("a duration is a number of seconds");
  return Math.trunc(seconds * 1000);
}

function text(value, rule) {
  if (value != null && typeof value !== "string") throw invalid(rule);
}

const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
