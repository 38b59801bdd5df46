import type { Client } from "./index.js";

/** What {@link userInfo} takes. */
export interface UserInfoOptions {
  /** The provider's userinfo endpoint. Default: the one of its metadata, which is asked for once. With {@link ClientOptions.metadata} by hand, give it here. */
  url?: string;
  /** How long it may take in all, in seconds. Default 10. */
  timeout?: number;
}

/** The claims of a person, as the provider has them now: OpenID Connect Core 1.0 §5.1. Which of them there are depends on the scopes and on the provider. */
export interface UserInfo {
  /** Who it is: the `sub` of {@link Client.getUser}. */
  readonly sub: string;
  /** The full name, for display. */
  readonly name?: string;
  /** The given names. */
  readonly given_name?: string;
  /** The family names. */
  readonly family_name?: string;
  /** The name that the person wishes to go by. It names nobody reliably: `sub` does. */
  readonly preferred_username?: string;
  /** The address of a picture. */
  readonly picture?: string;
  /** The e-mail address (scope `email`). It names nobody reliably: `sub` does. */
  readonly email?: string;
  /** Whether the provider has seen that the address is theirs. */
  readonly email_verified?: boolean;
  /** A language, such as `en-US`. */
  readonly locale?: string;
  /** A time zone, such as `Europe/Paris`. */
  readonly zoneinfo?: string;
  /** When any of this changed last, in seconds since the Unix epoch. */
  readonly updated_at?: number;
  /** Whatever else the provider says. */
  readonly [claim: string]: unknown;
}

/**
 * Asks the provider about who is signed in, for what its ID token does not say: OpenID Connect Core 1.0 §5.3. Each call asks anew.
 *
 * The access token goes to the provider's own endpoint, whatever {@link ClientOptions.allowedOrigins} says, with its proof where it is bound (`nightlatch/dpop`). A
 * token that is refused is renewed once. An answer about another `sub` is not used, and one that arrives after a sign-out is dropped. It is for display: decide nothing on a
 * server by it. A Content-Security-Policy needs the endpoint's origin under `connect-src`.
 *
 * Rejects with an {@link AuthError}:
 * - `login_required`: nobody is signed in, or no longer;
 * - `userinfo_refused`: the provider refuses, with `status`, and `error` where it gives one (RFC 6750 §3.1);
 * - `invalid_response`: the answer is about somebody else, is no JSON, is signed (`application/jwt`) or has more than 1 MiB; or the metadata has no `userinfo_endpoint`;
 * - `insecure_endpoint`: the address is not https (or http on loopback); `discovery_refused`, `issuer_mismatch`: the metadata;
 * - `network_error`, `timeout`: there was no answer; `invalid_options`: the call cannot be right.
 */
export function userInfo(client: Client, options?: UserInfoOptions): Promise<UserInfo>;
