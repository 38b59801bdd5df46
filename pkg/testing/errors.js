// The errors of the core, in its words.
import { AuthError } from "../error.js";

const KINDS = {
  usage: ["invalid_options", "login_required", "client_closed"],
  environment: ["insecure_context", "storage_unavailable"],
  transport: ["network_error", "timeout"],
  server: ["authorization_refused", "token_refused", "discovery_refused", "revocation_refused", "application_refused", "invalid_response"],
  security: ["state_mismatch", "response_issuer_mismatch", "sign_in_superseded", "id_token_invalid", "redirect_refused"],
};
const FAILURES = {
  drop: ["network_error", "no answer: the network, the server's CORS headers or a redirect"],
  offline: ["network_error", "the browser is offline"],
  timeout: ["timeout", "no answer in time"],
};

export const kindOf = (code) => Object.keys(KINDS).find((kind) => KINDS[kind].includes(code));

export const errorOf = (code, message, details) => new AuthError(code, kindOf(code), message, details);

export const invalid = (message) => errorOf("invalid_options", message);
export const loginRequired = () => errorOf("login_required", "nobody is signed in");
export const superseded = () => errorOf("sign_in_superseded", "a sign-out or another sign-in came first");

/** Why there is no answer. */
export const failed = (failure) => errorOf(...FAILURES[failure]);

/** What an answer refuses: RFC 6749 §5.2. */
export function refusal(code, message, { status, body }) {
  return errorOf(code, message, { status, error: body?.error, errorDescription: body?.error_description });
}

/** What an app's mistake does in a browser: it shows as its own and stops nothing. Where there is no `reportError`, as in Node, the test fails by it. */
export function report(error) {
  if (typeof reportError === "function") reportError(error);
  else queueMicrotask(() => { throw error; });
}
