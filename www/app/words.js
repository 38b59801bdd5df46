/** How the page says things. */

/** A span of time as a person reads it: `84 ms`, `1.2 s`. */
export function span(milliseconds) {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** What is left of a token's life: `4:07`. */
export function countdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The time of day, to the second. */
export function clock(at) {
  return new Date(at).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** A list in a sentence: `a, b and c`. */
export function list(words) {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(words);
}

export const statuses = {
  "signed-out": "signed out",
  "signing-in": "signing in",
  "signed-in": "signed in",
  "signing-out": "signing out",
};

export const storages = {
  browser: "this browser, sealed, for all tabs",
  tab: "this tab, sealed",
  memory: "memory only",
};

export const reasons = {
  logout: "Signed out here",
  otherTab: "Signed out by another tab",
  expired: "The session expired",
  idle: "Nobody was here for too long",
  revoked: "The provider ended the session",
  userChanged: "Somebody else signed in",
};

/** What each error means for the person in front of the page. */
export const errors = {
  invalid_options: "The app is not set up correctly.",
  login_required: "Nobody is signed in, so there is no token to send.",
  client_closed: "This page has let go of its session. Reload it.",
  wasm_blocked: "This page's policy does not let WebAssembly run.",
  insecure_context: "Signing in needs https, or a loopback address.",
  storage_unavailable: "This browser lets the page keep nothing, and the sign-in needs to.",
  network_error: "The provider cannot be reached.",
  timeout: "The provider did not answer in time.",
  authorization_refused: "The provider did not sign you in.",
  token_refused: "The provider gave no token.",
  discovery_refused: "The provider does not say how it is to be talked to.",
  revocation_refused: "The provider refused to revoke a token.",
  invalid_response: "The provider answered something that makes no sense.",
  issuer_mismatch: "This is not the provider it says it is.",
  insecure_endpoint: "The provider names an address that is not safe to talk to.",
  pkce_unsupported: "The provider cannot protect the sign-in with PKCE.",
  state_mismatch: "This answer belongs to no sign-in of this tab. Nothing was changed.",
  response_issuer_mismatch: "This answer comes from another provider. Nothing was changed.",
  sign_in_superseded: "Another sign-in or sign-out came first.",
  id_token_invalid: "The provider's statement about you does not hold.",
  userinfo_refused: "The provider does not tell more about you.",
  application_refused: "The app's own server did not end its session.",
  redirect_refused: "That address is not one this app goes to.",
};
