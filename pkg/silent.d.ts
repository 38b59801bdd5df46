import type { Client, ClientOptions, LoginOptions, User } from "./index.js";

/** How {@link loginSilently} asks. */
export interface SilentOptions extends Omit<LoginOptions, "prompt" | "returnTo"> {
  /** How long the provider may take, in seconds. Default 10. A page that refuses to be framed says nothing, and only this ends the wait. */
  timeout?: number;
  /**
   * Lets scripts run in the frame, for a provider that answers `prompt=none` by a script rather than by a redirect. The app's own page at
   * {@link ClientOptions.redirectUri} then runs in the frame too: it has to call `handlePopupCallback` of `nightlatch/popup`, which stops there. Default `false`.
   */
  scripts?: boolean;
}

/**
 * Signs in without asking anybody, by `prompt=none` in a hidden frame (OpenID Connect Core 1.0 §3.1.2.1): the claims of who is signed in at the provider, or
 * `null` where it would have to ask (`login_required`, `interaction_required`, `consent_required`, `account_selection_required`), and after a sign-out at the
 * provider that is not confirmed. `null` ends nothing: a session that this app has goes on. Calls that overlap share one frame.
 *
 * `null` does not say that nobody is signed in at the provider: where it is on another site than the app, browsers keep its cookies from the frame. And while
 * somebody is signed in here the provider is told who (`id_token_hint`), so that it does not answer for anybody else; not with an ID token above 6,000 bytes, nor
 * with `endSessionMethod: "post"`.
 *
 * It rejects with what {@link Client.login} and {@link Client.handleRedirectCallback} reject with, with `timeout`, and with `invalid_response` where the frame ends at another address than
 * {@link ClientOptions.redirectUri}. A Content-Security-Policy has to allow the provider and the app itself in `frame-src`, and
 * the page at {@link ClientOptions.redirectUri} has to let the app embed it (`frame-ancestors 'self'`).
 */
export function loginSilently(client: Client, options?: SilentOptions): Promise<User | null>;
