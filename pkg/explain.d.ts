import type { ReasonCode } from "./everywhere.js";
import type { Application, Client } from "./index.js";
import type { Provider } from "./providers.js";

/**
 * Why a layer is not reached, or not for certain. Those of {@link ReasonCode}, and: `consent`, a revocation would take the user's permission back, so it is not done
 * unasked. `scope`, the scope does not include it. `token_kind`, one of the two tokens is not revoked there. `unproven`, nothing on the way back proves it.
 * `unreachable`, the provider's metadata could not be had. `unreadable`, the provider's answer may not be read.
 */
export type ExplainedReason = ReasonCode | "consent" | "scope" | "token_kind" | "unproven" | "unreachable" | "unreadable";

/** One layer of a sign-out that was not made. */
export interface ExplainedLayer {
  /** Which layer: `LogoutReport`, and `permission` for `disconnect`. */
  layer: "local" | "tabs" | "tokens" | "application" | "provider" | "devices" | "permission";
  /** Whether it would be. `unknown`: it is asked for, and nobody will know. */
  reached: "yes" | "partly" | "unknown" | "no";
  /** Why not more. */
  reason?: ExplainedReason;
  /** The same in English, for the person: "You will still be signed in at Google, …". */
  text: string;
}

/** What each kind of sign-out would reach now, layer by layer. */
export interface Explanation {
  /** `logout({ scope: "tab" })`. */
  tab: ExplainedLayer[];
  /** `logout()`. */
  app: ExplainedLayer[];
  /** `logout({ scope: "provider" })`. */
  provider: ExplainedLayer[];
  /** `logoutEverywhere` of `nightlatch/everywhere`. */
  everywhere: ExplainedLayer[];
  /** `disconnect` of `nightlatch/disconnect`. */
  disconnect: ExplainedLayer[];
}

/**
 * What each kind of sign-out would reach with this provider, and why not more, before any is made. Nothing is ended, stored or sent, but for the provider's
 * metadata. `provider` is what the client was given; `devices` and `consent` are what `logoutEverywhere` and `disconnect` would be given.
 */
export function explain(client: Client, options?: { provider?: Provider; devices?: Application; consent?: Application }): Promise<Explanation>;
