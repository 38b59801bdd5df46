import type { AuthHandlers, AuthState, ClientSource, OptionsSource } from "./adapter.js";
import type { LoginOptions, Unsubscribe } from "./index.js";

export type { AuthHandlers, AuthState, ClientSource, OptionsSource };

/** The state, whose members are read like signals: whoever reads one in a view or an effect follows it. Do not destructure what is shown. */
export interface Auth extends AuthState {
  /**
   * A view needs somebody signed in until the returned function is called (`onCleanup`): a sign-in begins for who comes signed out, once for the page, and
   * comes back to the address.
   *
   * None begins where that would undo something: once a session has ended on this page, in whichever tab and for whatever reason, once the page has come back
   * from a sign-out, or once a sign-in has failed. `status` is `signed-out` then, and the user has to ask.
   */
  requireAuth(login?: LoginOptions): Unsubscribe;
}

/**
 * Has one client, and takes the provider's answer out of the address by itself. Under an owner it lives as long as that: a client that was made from options
 * is closed then. On a server it stays `loading`.
 */
export function createAuth(source: OptionsSource | ClientSource, handlers?: AuthHandlers): Auth;
