/** What {@link dpop} gives, for the option `dpop`. It has no members that are of use to an app. */
export interface Dpop {
  /** For the client alone. */
  extend(calls: unknown, effects: unknown): void;
}

/**
 * Binds the tokens to a key of this browser (RFC 9449), for the option `dpop` of `createClient`: whoever copies one cannot use it elsewhere.
 *
 * Each sign-in has an ES256 key of its own, which cannot be exported and lies in the database `nightlatch-dpop`, for all tabs. Token requests and every
 * request of {@link Client.fetch} that carries the token carry a proof, with a nonce where the server asks for one. A provider that answers with a bearer
 * token is refused with `invalid_response`, and such a token is revoked where that is known to be possible. A sign-out destroys the key when the
 * revocations have been answered. A key that is gone ends the session with the reason `revoked` at the next call.
 *
 * A token from {@link Client.getAccessToken} is of no use to code that cannot make a proof: call APIs by {@link Client.fetch}. Provider and APIs have to
 * allow the header `DPoP` by CORS and, where they use nonces, to expose `DPoP-Nonce`; where they do not, the error's `errorDescription`, or the console for an
 * API, says so.
 */
export function dpop(): Dpop;
