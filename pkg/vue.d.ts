import type { ComputedRef, DefineComponent, Plugin, SlotsType } from "vue";

import type { AuthCalls, AuthHandlers, AuthState, AuthValues, ClientSource, OptionsSource } from "./adapter.js";
import type { LoginOptions, Unsubscribe } from "./index.js";

export type { AuthHandlers, AuthState, ClientSource, OptionsSource };

/** Every member of {@link AuthState}: what it shows as a ref, what it does as it is. */
export type Auth = { readonly [Name in keyof AuthValues]: ComputedRef<AuthValues[Name]> } & AuthCalls & {
    /** {@link RequireAuth} without a component: a sign-in begins for who comes signed out, until the returned function is called. */
    requireAuth(login?: LoginOptions): Unsubscribe;
  };

/**
 * A plugin for `app.use()`: has one client for the app, and takes the provider's answer out of the address by itself. What it gives can also be used without
 * {@link useAuth}, in a router's guard for instance. Where the app is unmounted, a client that was made from options is closed (Vue 3.5).
 */
export function createAuth(source: OptionsSource | ClientSource, handlers?: AuthHandlers): Auth & Plugin;

/** What the client shows and does, in the `setup` of a component of an app that uses the plugin. */
export function useAuth(): Auth;

/**
 * Renders its slot for who is signed in, and only as long as they are. For who comes signed out it begins a sign-in by itself, once for the page however many
 * there are, and comes back to the address; the slot `fallback` is shown on the way.
 *
 * It begins none where that would undo something: once a session has ended on this page, in whichever tab and for whatever reason, once the page has come
 * back from a sign-out, or once a sign-in has failed, the slot `signed-out` is shown, by default a plain button, "Sign in".
 *
 * The prop `login` says how the sign-in asks. Default: it comes back to the address of now.
 */
export const RequireAuth: DefineComponent<
  { login?: LoginOptions },
  {},
  {},
  {},
  {},
  {},
  {},
  {},
  string,
  {},
  {},
  {},
  SlotsType<{ default?: []; fallback?: []; "signed-out"?: [] }>
>;
