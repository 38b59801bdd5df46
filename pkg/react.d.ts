import type { ReactElement, ReactNode } from "react";

import type { AuthHandlers, AuthState, ClientSource, OptionsSource } from "./adapter.js";
import type { LoginOptions } from "./index.js";

export type { AuthHandlers, AuthState, ClientSource, OptionsSource };

/** How {@link AuthProvider} comes to its client: by `options`, or by one that the app has made. What is given first stays. */
export type AuthProviderProps = AuthHandlers & {
  /** What may call {@link useAuth}. */
  children?: ReactNode;
  /** Is shown in place of the children while {@link AuthState.status} is `loading`, and while an answer in the address is dealt with. Default: the children. */
  fallback?: ReactNode;
} & (
    | {
        /**
         * Makes the client when the provider is mounted; it is closed a moment after the last provider with these options is unmounted. Options that are made
         * outside of a component are one client, however often React begins anew.
         */
        options: OptionsSource;
        client?: undefined;
      }
    | {
        /** Stays the app's own: nothing closes it. */
        client: ClientSource;
        options?: undefined;
      }
  );

/**
 * Has one client for everything below it, and takes the provider's answer out of the address by itself. In Strict Mode too there is one client and one token
 * request. A server renders `loading`, and touches nothing of a browser.
 */
export function AuthProvider(props: AuthProviderProps): ReactElement;

/** What the client shows and does, anywhere below {@link AuthProvider}; a component that calls it is rendered again when something changes. */
export function useAuth(): AuthState;

/** What {@link RequireAuth} is given. */
export interface RequireAuthProps {
  /** Is shown to who is signed in. */
  children?: ReactNode;
  /** Is shown on the way: while it is not known who is signed in, while signing in, while signing out. Default: nothing. */
  fallback?: ReactNode;
  /** How the sign-in asks. Default: it comes back to the address of now. */
  login?: LoginOptions | undefined;
  /** Is shown where nobody is signed in and the user has to begin. Default: a plain button, "Sign in". */
  signedOut?: ReactNode;
}

/**
 * Renders its children for who is signed in, and only as long as they are. For who comes signed out it begins a sign-in by itself, once for the page however
 * many there are, and comes back to the address.
 *
 * It begins none where that would undo something: once a session has ended on this page, in whichever tab and for whatever reason, once the page has come
 * back from a sign-out, or once a sign-in has failed, `signedOut` is shown, until the user asks or the page is loaded anew.
 */
export function RequireAuth(props: RequireAuthProps): ReactElement;
