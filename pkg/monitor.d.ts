import type { Client } from "./index.js";
import type { SilentOptions } from "./silent.js";

/** What {@link monitorSession} needs. Durations are in seconds. */
export interface MonitorOptions extends Omit<SilentOptions, "timeout"> {
  /** The client's identifier, as given to `createClient`. */
  clientId: string;
  /** The provider's `check_session_iframe` (OpenID Connect Session Management 1.0 §3.3). */
  checkSessionIframe: string;
  /** How often the frame is asked. Default 10, and never less than 2. */
  interval?: number;
  /** How long the frame, and each silent sign-in, may take. A frame that does not answer in time is not asked again. Default 10. */
  timeout?: number;
}

/**
 * Ends the app's session when the provider's own is over: OpenID Connect Session Management 1.0 §3. Call it after `createClient` and before
 * `handleRedirectCallback()`, so that it finds the `session_state` of the answer.
 *
 * A hidden frame of the provider's is asked, by a message, whether the session is still the one of the sign-in. If it has changed, one silent sign-in
 * finds out: nobody signed in there ends the session here (`logout({ reason: "providerSessionEnded" })`), and so does another user, since the provider is
 * told whom it is about (`id_token_hint`); the same user goes on. Where the provider does not heed that, another user comes with `signedOut` (`userChanged`)
 * and `signedIn`. The tab that signed in watches, while it is visible.
 *
 * It ends nothing by mistake: a frame whose cookies the browser withholds says "changed" for ever (§5.1), so it is believed only after it has said "unchanged"
 * once, and no longer after two silent sign-ins in a row that found the same user. Browsers that block third-party cookies need a provider on the app's own site.
 * A Content-Security-Policy needs the provider under `frame-src`.
 *
 * @returns Ends the watch.
 */
export function monitorSession(client: Client, options: MonitorOptions): () => void;

/**
 * Asks the provider, when the page becomes visible, whether the access token is still good, and ends the session where it is not
 * (`signedOut` with `revoked`, where a refresh is refused too, or `providerSessionEnded`).
 *
 * @param options.url The provider's userinfo endpoint (OpenID Connect Core 1.0 §5.3), or an introspection endpoint that answers to the token itself with
 * `{ active }`. The token is sent there, whatever `allowedOrigins` says. An answer for another `sub` counts as the end; no answer counts as nothing.
 * @param options.every At most once in so many seconds. Default 60.
 * @returns Ends the watch.
 */
export function checkOnVisible(client: Client, options: { url: string; every?: number }): () => void;
