// The provider's metadata, for the modules that read of it what the core does not: OpenID Connect Discovery 1.0 §4.
import { AuthError } from "./error.js";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** Where an issuer publishes it. */
export const metadataAddress = (issuer) => `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;

/** What an issuer has answered there: an answer is `{ status, body }`, the body parsed where that can be done. */
export function metadata(issuer, { status, body }) {
  if (status !== 200) throw refused("discovery_refused", "the provider refused its metadata", status, body);
  if (body?.issuer !== issuer) throw new AuthError("issuer_mismatch", "security", "the metadata's `issuer` is another");
  return body;
}

/** An endpoint that the metadata names: https, or http from this machine to itself. */
export function endpoint(metadata, name) {
  const address = metadata[name];
  if (typeof address !== "string" || !URL.canParse(address)) throw invalid(`the metadata has no \`${name}\``);
  return secured(address);
}

/** An address that a token may go to. */
export function secured(address) {
  const { protocol, hostname } = new URL(address);
  const isLocal = protocol === "http:" && LOOPBACK.test(hostname) && LOOPBACK.test(globalThis.location?.hostname);
  if (protocol !== "https:" && !isLocal) throw new AuthError("insecure_endpoint", "security", "an endpoint is not https");
  return address;
}

export const invalid = (message) => new AuthError("invalid_response", "server", message);
export const unreachable = () => new AuthError("network_error", "transport", "no answer: the network, the server's CORS headers or a redirect");
export const tooLate = () => new AuthError("timeout", "transport", "no answer in time");

export const refused = (code, message, status, said) =>
  new AuthError(code, "server", message, { status, error: scrub(said?.error), errorDescription: scrub(said?.error_description) });

// The words are the server's (RFC 6749 §4.1.2.1).
const scrub = (text) => (typeof text === "string" ? text.slice(0, 300).replace(/[^ -~]|["\\]/g, "?") : undefined);

/** An answer's JSON; `undefined` where it is none. */
export function parse(text, reviver) {
  try {
    return JSON.parse(text, reviver);
  } catch {}
}
