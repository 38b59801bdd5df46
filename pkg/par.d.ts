/** What {@link par} gives, for the option `par`. It has no members that are of use to an app. */
export interface Par {
  /** For the client alone. */
  extend(calls: unknown, options: unknown): void;
}

/**
 * Sends the provider each sign-in's parameters before the browser goes there (RFC 9126), for the option `par` of `createClient`: the address then holds
 * `client_id` and a `request_uri` that is good once.
 *
 * The endpoint is the metadata's `pushed_authorization_request_endpoint`; where there is none `login` is refused with `invalid_response`, since to go
 * on without would not be what was asked for. A request that the provider does not take is `authorization_refused`, with its status and words, and the
 * page stays.
 */
export function par(): Par;
