import type { Client, ClientOptions, LoginOptions, RedirectResult, User } from "./index.js";

/** How {@link loginWithPopup} asks. `returnTo` is of no use here: the page stays where it is. */
export interface PopupOptions extends LoginOptions {
  /** Gives up: the window is closed, and the promise rejects with the signal's `reason`. */
  signal?: AbortSignal;
  /** What `window.open` takes. Default `"popup,width=480,height=640"`. */
  features?: string;
}

/**
 * Signs in in a window of its own, and resolves to the claims of who signed in. Call it in the handler of a click and before anything is waited for: the
 * window is opened at once, and browsers open none at other times. The page at {@link ClientOptions.redirectUri} has to call {@link handlePopupCallback}.
 *
 * It rejects with what the sign-in by {@link Client.login} would have rejected with, and with
 *
 * - `popup_blocked`: the browser did not open the window; or, with `storage` `"tab"` or `"memory"`, the page cannot reach into it because
 *   `Cross-Origin-Opener-Policy` here or at the provider cuts it off. With `"browser"` no policy is in the way. Sign in with {@link Client.login} then.
 * - `storage_unavailable`: also where the window's session storage takes nothing, being full.
 * - `popup_closed`: the person closed the window and came back to this page. With such a policy a window that is still open cannot be told from one that
 *   was closed: a person who comes back to the page without closing it is told the same. If they sign in all the same, the client is signed in as ever.
 *
 * Somebody who signs in elsewhere meanwhile settles it too.
 */
export function loginWithPopup(client: Client, options?: PopupOptions): Promise<User>;

/**
 * {@link Client.handleRedirectCallback} for a page that popups come back to as well: call it in its place. In a window that {@link loginWithPopup} opened it
 * completes the sign-in and closes the window, and its promise never settles, so that nothing of the app goes on there. Load the app after it.
 */
export function handlePopupCallback(client: Client): Promise<RedirectResult | null>;
