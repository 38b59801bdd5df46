/** How far an outbox goes. */
export interface OutboxOptions {
  /** How many revocations are kept at most; the oldest gives way. Default 20. */
  limit?: number;
  /** How often each is sent at most, the first time included. Default 5. */
  attempts?: number;
  /** How long each is kept at most, in seconds. Default a day; less where the token ends before. */
  maxAge?: number;
}

/** What {@link outbox} gives, for the option `outbox`. It has no members that are of use to an app. */
export type Outbox = (namespace: string) => unknown;

/**
 * Keeps revocations that did not get through (RFC 7009 §2.2.1), for the option `outbox` of `createClient`.
 *
 * They are tried again when the browser is online again, at the next start of the app, and when a provider that answered 503 said to come back. What is
 * kept is the request, sealed under a key of two shares like the session; one is in a session cookie, so that nothing can be opened any more once the
 * browser is closed. It is destroyed when the provider has answered, or when its time or its attempts are over.
 */
export function outbox(options?: OutboxOptions): Outbox;
