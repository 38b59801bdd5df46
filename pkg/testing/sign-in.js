// The way in: `src/session/sign_in.rs`.
import { errorOf, failed, loginRequired, refusal, superseded } from "./errors.js";
import { LEAVE_MS } from "./machine.js";
import { loginOptions, parsed } from "./options.js";
import { copy } from "./record.js";
import { sessionOf } from "./refresh.js";

const PENDING_MS = 3_600_000;
const ANSWER = ["code", "error", "error_description", "error_uri", "iss", "session_state", "state"];

/** Leaves for the provider. The promise rejects where that cannot be begun, and never resolves. */
export function login(machine, options) {
  return new Promise((_, reject) => {
    const asked = loginOptions(options, machine.page.address, machine.options);
    const arrival = { reject, hasLeft: false };
    machine.step(() => machine.arrivals.add(arrival));
    leave(machine, asked, arrival).catch((error) => {
      machine.step(() => machine.arrivals.delete(arrival));
      reject(error);
    });
  });
}

/** Calls off the sign-ins that a sign-out meets in this page. */
export function callOff(machine, isAlone) {
  for (const arrival of machine.arrivals) {
    if (arrival.isCallback) arrival.isCalledOff ||= isAlone;
    else if (!arrival.hasLeft) {
      machine.arrivals.delete(arrival);
      arrival.isCalledOff = true;
      arrival.reject(superseded());
    }
  }
}

async function leave(machine, asked, arrival) {
  const { page, provider, options } = machine;
  await undefined;
  machine.step(() => machine.look());
  const { generation } = machine;
  // The provider's session may live on: whoever signed out is not let in by it unasked.
  if (machine.record.ending) {
    asked.prompt ??= options.promptAfterLogout;
    if (asked.prompt === "none") throw loginRequired();
  }
  if (!machine.metadata) await machine.discover();
  if (arrival.isCalledOff || machine.isClosed) return;
  const state = page.drawState();
  page.signIn = { state, generation, begunAt: machine.now(), returnTo: asked.returnTo, scope: asked.scope };
  const parameters = {
    response_type: "code",
    client_id: options.clientId,
    redirect_uri: options.redirectUri,
    scope: asked.scope,
    state,
    ...(asked.prompt && { prompt: asked.prompt }),
    ...asked.parameters,
  };
  page.navigate("login", provider.address("authorization"), parameters);
  arrival.hasLeft = true;
  machine.clock.later(LEAVE_MS, () => machine.step(() => machine.arrivals.delete(arrival)));
  machine.clock.stir();
}

/** Takes the provider's answer out of an address: `null` where it is none. Calls for one answer share one result. */
export function handleRedirectCallback(machine, address = machine.page.address) {
  if (typeof address !== "string") address = machine.page.address;
  const { callbacks } = machine.page;
  if (!callbacks.has(address)) callbacks.set(address, arrive(machine, address).finally(() => callbacks.delete(address)));
  return callbacks.get(address);
}

async function arrive(machine, address) {
  const { page, options } = machine;
  if (machine.answered?.address === address) return machine.answered.result;
  const answer = arrivalOf(address, options.redirectUri);
  if (!answer || !(answer.code || answer.error)) return returned(machine, address);
  const pending = page.signIn;
  if (!pending || pending.state !== answer.state || machine.now() - pending.begunAt > PENDING_MS) {
    throw errorOf("state_mismatch", "no sign-in of this tab asked for this answer");
  }
  const arrival = { isCallback: true, isCalledOff: false };
  machine.step(() => machine.arrivals.add(arrival));
  try {
    const result = await complete(machine, address, answer, pending, arrival);
    machine.answered = { address, result };
    return result;
  } finally {
    machine.step(() => machine.arrivals.delete(arrival));
  }
}

async function complete(machine, address, answer, pending, arrival) {
  const { page, options, record, slot, provider } = machine;
  if (!machine.metadata) await machine.discover();
  page.signIn = undefined;
  page.clean(address, ANSWER);
  if (answer.iss !== undefined && answer.iss !== options.issuer) throw errorOf("response_issuer_mismatch", "the answer's `iss` is another");
  if (answer.error) throw errorOf("authorization_refused", "the provider refused the sign-in", { error: answer.error, errorDescription: answer.error_description });

  if (record.generation !== pending.generation) {
    machine.step(() => machine.look());
    throw superseded();
  }
  const note = record.note("exchange", machine.now());
  const sentAt = machine.now();
  const sent = { grant_type: "authorization_code", code: answer.code, redirect_uri: options.redirectUri, client_id: options.clientId };
  const { failure, ...granted } = await provider.ask("token", sent, options.requestTimeoutMs);
  // It may have been exchanged all the same, so the note stays.
  if (failure) throw failed(failure);
  if (granted.status !== 200 || !granted.body) {
    record.clear(note);
    throw granted.status === 200 ? errorOf("invalid_response", "the answer is not a JSON object") : refusal("token_refused", "the token endpoint refused", granted);
  }
  const session = sessionOf(granted.body, sentAt, { scope: pending.scope, metadata: machine.metadata });
  const { idleMs, maxMs } = options;
  const made = arrival.isCalledOff ? undefined : record.install(slot, machine.now(), { generation: pending.generation, note, session, idleMs, maxMs });
  if (!made) {
    // They were issued: not to use them is not enough.
    machine.withdraw(session, note);
    machine.step(() => machine.look());
    throw superseded();
  }
  machine.step(() => {
    page.left = undefined;
    machine.see("otherTab");
    machine.arrivals.delete(arrival);
    if (made.replaced) machine.withdraw(made.replaced, made.note);
    machine.announce();
  });
  return { kind: "login", returnTo: pending.returnTo, user: copy(session.claims) };
}

/** The way back from a sign-out. */
function returned(machine, address) {
  const { page, options, record } = machine;
  const answer = options.postLogoutRedirectUri && arrivalOf(address, options.postLogoutRedirectUri);
  const kept = page.signOut;
  if (!answer || kept?.state !== answer.state) return null;
  page.signOut = undefined;
  machine.step(() => {
    machine.waited = machine.ending;
    if (kept.ending) record.clear(kept.ending);
    if (kept.ending) machine.announce();
  });
  page.clean(address, ANSWER);
  const since = machine.now() - kept.report.startedAt;
  const isTold = kept.ending !== undefined;
  const report = {
    ...copy(kept.report),
    complete: isTold && kept.isConfirmed,
    durationMs: since,
    provider: isTold ? "ended" : "unknown",
    timings: { ...kept.report.timings, provider: since },
  };
  const result = { kind: "logout", returnTo: kept.returnTo, report };
  machine.answered = { address, result };
  return result;
}

/** An address that looks like an answer: it is at the right place and has a `state`. */
function arrivalOf(address, at) {
  const [here, there] = [parsed(address), parsed(at)];
  if (!here || here.origin !== there.origin || here.pathname !== there.pathname || !here.searchParams.has("state")) return undefined;
  for (const name of ["state", "code", "iss", "error"]) {
    if (here.searchParams.getAll(name).length > 1) throw errorOf("invalid_response", "the answer has a parameter twice");
  }
  return Object.fromEntries(here.searchParams);
}
