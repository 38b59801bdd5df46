import type { AuthCalls, AuthHandlers, AuthState, ClientSource, OptionsSource } from "./adapter.js";
import type { LoginOptions, Unsubscribe } from "./index.js";

export type { AuthHandlers, AuthState, ClientSource, OptionsSource };

/** A readable store (`$auth` in a component), and what can be done with it. No member needs `this`. */
export interface AuthStore extends AuthCalls {
  /** Calls `run` with the state of now, and after every change. */
  subscribe(this: void, run: (state: AuthState) => void): Unsubscribe;
  /**
   * A view needs somebody signed in until the returned function is called, as `onMount` and `$effect` do: a sign-in begins for who comes signed out, once for
   * the page, and comes back to the address.
   *
   * None begins where that would undo something: once a session has ended on this page, in whichever tab and for whatever reason, once the page has come back
   * from a sign-out, or once a sign-in has failed. `status` is `signed-out` then, and the user has to ask.
   */
  requireAuth(login?: LoginOptions): Unsubscribe;
  /** Lets go of the client: one that was made from options is closed. The session stays. */
  close(): void;
}

/**
 * One client as a store, for Svelte 4 and 5. The client is made, and the provider's answer taken out of the address, when somebody first subscribes in a
 * browser; on a server the store stays `loading`.
 */
export function authStore(source: OptionsSource | ClientSource, handlers?: AuthHandlers): AuthStore;
