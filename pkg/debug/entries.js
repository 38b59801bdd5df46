// What is said of each thing that passes through the doors of the core. Texts are made here, of words from closed lists and of
// numbers: no value of a token, a code, a claim or an address is ever put into one.
import { recordEntry } from "./record.js";

const CALLS = ["callback", "login", "logout", "start", "token"];
const FAILURES = ["network", "offline", "queued", "timeout", "too_large"];
const MESSAGES = { acknowledge: "another tab says that it has looked", look: "another tab says: look" };
const SIGNALS = {
  away: "the page leaves, or is frozen",
  look: "something may have changed: the record is looked at",
  restored: "the page is back: it is hidden until the record was looked at",
};
const EFFECTS = {
  abort: "calls under way are aborted",
  clean: "the answer is taken out of the address",
  close: "the client lets go",
  forget: "the key share in memory is forgotten",
  hide: "the page is hidden",
  shut: "the key share is deleted: what is stored can no longer be opened",
};
// RFC 6749 §4.1.2.1 and §5.2, RFC 7009 §2.2.1, RFC 9449 §8, OpenID Connect Core 1.0 §3.1.2.6.
const ERRORS = [
  "access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_client", "invalid_dpop_proof", "invalid_grant",
  "invalid_request", "invalid_scope", "invalid_target", "login_required", "server_error", "temporarily_unavailable", "unauthorized_client",
  "unsupported_grant_type", "unsupported_response_type", "unsupported_token_type", "use_dpop_nonce",
];

/** A word of ours, or of a closed list: what came from outside and is neither is not repeated. */
const word = (value, list) => ((list ? list.includes(value) : /^[\w-]{1,40}$/.test(value)) ? value : "other");

/** What the endpoint of a request is for. */
export function endpointOf({ form }) {
  if (form === null) return "discovery";
  const params = new URLSearchParams(form);
  if (params.has("grant_type")) return params.get("grant_type") === "refresh_token" ? "token (refresh)" : "token (code)";
  return `revocation (${params.get("token_type_hint") === "refresh_token" ? "refresh token" : "access token"})`;
}

/** Writes down what passes: `write(kind, name, text, detail)`. */
export function entriesOf(write) {
  const calls = new Map();
  const requests = new Map();
  const transactions = new Map();
  const waiting = new Set();
  let status;
  const key = (id, part) => `${id}.${part}`;

  /** What the core is told, as `told[name](id, part, value)`. */
  const told = {
    login: (id) => write("call", "login", "a sign-in begins"),
    callback: () => {},
    start: () => write("call", "start", "the record is opened"),
    logout: (id, part, options) => {
      const [scope, dryRun] = [word(options?.scope ?? "app"), !!options?.dryRun];
      write("call", "logout", `${dryRun ? "a dry run" : "a sign-out begins"}, scope ${scope}`, { scope, dryRun });
    },
    token: (id, part, options) => options?.forceRefresh && write("call", "token", "the app asks for a new token"),
    message: (id, part, value) => {
      const kind = word(value?.kind, Object.keys(MESSAGES));
      write("message", "heard", MESSAGES[kind] ?? "something else on the channel, which is taken for: look", { kind });
    },
    committed: (id, part) => committed(id, part),
    refused: (id, part) => {
      transactions.delete(key(id, part));
      write("record", "refused", "the browser refuses the transaction: it is made in memory");
    },
    answer: (id, part, { status, failure, body, proof }) => {
      const { endpoint, began } = requests.get(key(id, part)) ?? {};
      requests.delete(key(id, part));
      if (!endpoint) return;
      const ms = Math.round(performance.now() - began);
      const detail = { endpoint, ms };
      if (failure) detail.failure = word(failure, FAILURES);
      else detail.status = status;
      const error = status >= 400 && endpoint !== "application" ? parse(body)?.error : undefined;
      if (error !== undefined) detail.error = word(error, ERRORS);
      if (proof) detail.proof = word(proof);
      const came = failure ? `no answer (${detail.failure})` : `${status}${detail.error ? ` ${detail.error}` : ""}`;
      write("request", "answer", `${endpoint}: ${came} after ${ms} ms${proof ? `; ID token: ${detail.proof}` : ""}`, detail);
    },
    cleanedUp: (id, part, outcomes) => write("step", "cleaners", `the app's clean-up: ${counted(outcomes.map((outcome) => outcome.status)) || "there is none"}`),
    probed: (id, part, { record, cookies }) => {
      write("step", "browser", `IndexedDB ${record ? "is there" : "is refused"}, cookies ${cookies ? "are kept" : "are refused"}`, { record, cookies });
    },
    wiped: (id, part, plan) => {
      const [removed, residue] = [plan.removed.length, plan.residue.length];
      write("step", "wiped", `${removed} removed, ${residue} left behind`, { removed, residue });
    },
  };

  /** What the core asks for, as `asked[name](id, part, value)`. */
  const asked = {
    commit: (id, part, plan) => transactions.set(key(id, part), { plan, began: performance.now() }),
    request: (id, part, request) => {
      const endpoint = endpointOf(request);
      requests.set(key(id, part), { endpoint, began: performance.now() });
      write("request", "request", `${endpoint} is asked`, { endpoint, keepalive: !!request.keepalive });
    },
    application: (id, part) => {
      // Prepared twice where the page leaves.
      requests.set(key(id, part), { endpoint: "application", began: performance.now() });
      write("request", "request", "the app's own server is asked to end its session", { endpoint: "application" });
    },
    navigate: (id, part, { url }) => {
      const isSignIn = /[?&](response_type|request_uri)=/.test(url);
      write("step", "navigate", `the page leaves for the provider's ${isSignIn ? "sign-in" : "end of session"}`, { to: isSignIn ? "sign-in" : "end of session" });
    },
    post: (id, part, { kind }) => write("message", "told", kind === "look" ? "the other tabs are told to look" : "the other tabs are told that this one has looked", { kind: word(kind) }),
    reveal: (id, part, to) => write("step", "reveal", to === null ? "the page is shown" : "the page is loaded anew"),
    wipe: (id, part, { own }) => write("step", "wipe", own ? "what this browser keeps is wiped" : "what this browser keeps for the app is wiped"),
    snapshot: (id, part, snapshot) => {
      const now = `${snapshot.status} ${snapshot.storage}`;
      if (now !== status) write("event", "status", `${snapshot.status} (storage: ${snapshot.storage})`, { status: snapshot.status, storage: snapshot.storage });
      status = now;
    },
    signedIn: () => write("event", "signedIn", "somebody is signed in"),
    signedOut: (id, part, { reason }) => write("event", "signedOut", word(reason), { reason: word(reason) }),
    tokenRefreshed: (id, part, { expiresAt }) => {
      if (expiresAt === null) return write("event", "tokenRefreshed", "for how long the provider does not say");
      const seconds = Math.round((expiresAt - Date.now()) / 1000);
      return write("event", "tokenRefreshed", `good for ${seconds} s`, { seconds });
    },
    refreshFailed: (id, part, { error }) => write("event", "refreshFailed", said(error), refusalOf(error)),
    done: (id) => settled(id),
    settle: (id, part, value) => settled(id, value),
    reject: (id, part, error) => {
      const name = calls.get(id);
      settled(id, undefined, true);
      write("call", "rejected", `${name} is rejected: ${said(error)}`, { call: name, ...refusalOf(error) });
    },
  };

  function settled(id, value, failed) {
    const name = calls.get(id);
    calls.delete(id);
    if (waiting.delete(id) && !failed) write("record", "refreshed", "another tab's refresh gave the token");
    if (name === "logout" && value?.tokens) report(value);
    if (name === "callback" && value?.kind === "login") write("call", "callback", "the answer was a sign-in's, and it is complete", { kind: "login" });
    if (name === "callback" && value?.kind === "logout") {
      write("call", "callback", "the answer was a sign-out's", { kind: "logout" });
      report(value.report);
    }
  }

  function report({ scope, complete, durationMs, local, tabs, tokens, application, provider, devices, cleaners, problems }) {
    const detail = {
      scope: word(scope), complete: !!complete, durationMs: +durationMs,
      local: word(local.status), tabs: +tabs.acknowledged, refreshToken: word(tokens.refreshToken), accessToken: word(tokens.accessToken),
      application: word(application), provider: word(provider), devices: word(devices),
      cleaners: counted(cleaners.map(({ status }) => word(status))), problems: problems.map((code) => word(code)).join(" "),
    };
    const layers = ["local", "tabs", "refreshToken", "accessToken", "application", "provider", "devices"].map((name) => `${name} ${detail[name]}`);
    const trouble = detail.problems && ` (${detail.problems})`;
    write("call", "report", `${complete ? "complete" : "not complete"} after ${detail.durationMs} ms: ${layers.join(", ")}${trouble}`, detail);
  }

  function committed(id, part) {
    const transaction = transactions.get(key(id, part));
    transactions.delete(key(id, part));
    if (!transaction?.applied) return;
    const call = calls.get(id);
    const entry = recordEntry(transaction.plan, transaction.applied, call);
    // Who waits looks again every quarter of a second.
    if (!entry || (entry.name === "wait" && waiting.has(id))) return;
    if (entry.name === "wait") waiting.add(id);
    if (entry.name === "refresh") waiting.delete(id);
    const ms = Math.round(performance.now() - transaction.began);
    write("record", entry.name, `${entry.text} (${ms} ms)`, { ...entry.detail, ms });
  }

  return {
    told(name, id, part, value) {
      if (CALLS.includes(name)) calls.set(id, name);
      if (Object.hasOwn(SIGNALS, name)) write("signal", name, SIGNALS[name]);
      if (Object.hasOwn(told, name)) told[name](id, part, value);
    },
    asked(name, id, part, value) {
      if (Object.hasOwn(EFFECTS, name)) write("step", name, EFFECTS[name]);
      if (Object.hasOwn(asked, name)) asked[name](id, part, value);
    },
    /** What was there in a transaction, and what is to be there after it. */
    applied(id, part, before, next) {
      const transaction = transactions.get(key(id, part));
      if (transaction) transaction.applied = { before, next };
    },
    /** A call of the app's `fetch`. */
    called(request, answer, ms, hasToken) {
      const { origin } = new URL(request.url);
      const detail = { endpoint: "api", origin, token: hasToken, ms, ...(answer && { status: answer.status }) };
      const how = hasToken ? "with the token" : "without the token: it lies outside `allowedOrigins`, or has an Authorization header of its own";
      write("request", "api", `${origin}: ${answer ? answer.status || answer.type : "no answer"} after ${ms} ms, ${how}`, detail);
    },
  };
}

/** The code and the words of an error: both are ours. */
const said = ({ code, message, status }) => `${code}, ${message}${status === undefined || status === null ? "" : ` (${status})`}`;
const refusalOf = ({ code, status }) => ({ code: word(code), ...(status > 0 && { status }) });

function counted(words) {
  const counts = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return Object.entries(counts).map(([word, count]) => `${count} ${word}`).join(", ");
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}
