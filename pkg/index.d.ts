/**
 * nightlatch: an OpenID Connect client for single-page apps that signs people out completely and says what it reached.
 *
 * Every duration is in seconds unless the name ends in `Ms`; every point in time is in milliseconds since the Unix epoch.
 *
 * @packageDocumentation
 */

import type { Debug } from "./debug.js";
import type { Dpop } from "./dpop.js";
import type { Outbox } from "./outbox.js";
import type { Par } from "./par.js";
import type { Provider } from "./providers.js";

/** What a sign-out reaches. Each scope includes those before it: `tab`, `app`, `provider`. */
export type LogoutScope = "tab" | "app" | "provider";

/** Where the session lives. See {@link ClientOptions.storage}. */
export type StorageKind = "browser" | "tab" | "memory";

/**
 * Where a client stands. `signing-in` and `signing-out` are on their way: no token is handed out in either. Whoever is signed in and signs in once more stays
 * `signed-in` until that is done.
 *
 * A tab shows `signing-out` also while another tab is on its way to the provider, for ten seconds at most. Nobody is signed in there any more; a
 * {@link Client.login} is not refused and has the provider ask.
 */
export type Status = "signed-out" | "signing-in" | "signed-in" | "signing-out";

/** How {@link createClient} finds and talks to the provider. */
export interface ClientOptions {
  /**
   * The provider's issuer identifier, character for character as its metadata states it (OpenID Connect Discovery 1.0 §4.3).
   * `https`, or plain `http` on a loopback host while the page itself stands on one.
   */
  issuer: string;
  /** The provider's metadata, for a provider without discovery. With it no discovery request is made. */
  metadata?: ProviderMetadata;
  /** The identifier of this public client at the provider (RFC 6749 §2.2). */
  clientId: string;
  /**
   * The address the provider sends the user back to after a sign-in: absolute, on this page's origin, without a fragment (RFC 6749 §3.1.2). An app with
   * several providers has one for each, so that no provider can pass another's code off as its own (RFC 9700 §4.4.2): of two clients on a page that
   * share it the second is refused with `invalid_options`.
   */
  redirectUri: string;
  /** The address the provider sends the user back to after a sign-out: absolute, on this page's origin (OpenID Connect RP-Initiated Logout 1.0 §3). Default: the provider keeps the user. */
  postLogoutRedirectUri?: string;
  /**
   * How the page leaves for the provider's end of session. Default `"get"`.
   *
   * - `"get"`: the ID token stands in the address, and so in the browser's history and the provider's logs. An ID token above 6,000 bytes is too long
   *   for that and goes by POST.
   * - `"post"`: a form carries it (OpenID Connect RP-Initiated Logout 1.0 §2, which has providers take both; not all do). A Content-Security-Policy
   *   with `form-action` has to name the provider, and the provider's own cookie has to come along with a form from another site. A sign-in with
   *   `prompt: "none"` carries no `id_token_hint` then either.
   */
  endSessionMethod?: "get" | "post";
  /** Space-separated scopes; `openid` is added when it is missing. Default `"openid"`. Ask for `offline_access` where the provider needs it for a refresh token. */
  scope?: string;
  /**
   * Where the session is kept. Default `"browser"`.
   *
   * - `"browser"`: one session for all tabs, in IndexedDB, sealed; survives a reload, ends with the browser.
   * - `"tab"`: a session per tab, in session storage, sealed; survives a reload.
   * - `"memory"`: a session per tab, kept nowhere; a reload ends it.
   *
   * Where the browser refuses IndexedDB or cookies the session lives in memory; {@link Snapshot.storage} says so.
   */
  storage?: StorageKind;
  /**
   * How long people stay signed in when the browser is closed, counted from the sign-in. Default: they do not, as with 0. At most a year; browsers cap it too.
   *
   * The half of the key that stands in a cookie is then kept by the browser on its disk, beside what it opens, where a sign-out deletes it like any cookie: what
   * was deleted may stay readable there. Have {@link ClientOptions.maxSession} and {@link ClientOptions.idleTimeout} end what nobody uses any more.
   */
  keepSignedIn?: number;
  /**
   * Where {@link Client.fetch} may send the access token: origins as browsers write them, or origins with a path prefix, which ends at a segment.
   * No address with a percent sign in its path lies under a path prefix: servers differ in what they make of it. Default: the page's own origin.
   */
  allowedOrigins?: string[];
  /**
   * Where `returnTo` and `redirectTo` may lead besides this page's own origin: origins, or origins with a path prefix that ends at a segment. `https`,
   * or plain `http` on a loopback host while the page itself stands on one. Such a target is given back as it stands: go there with `location.assign`.
   */
  allowedRedirects?: string[];
  /**
   * What a sign-out wipes beyond what is nightlatch's own. Default `"own"`. Each tab goes by its own client's option, whenever a session ends there: no
   * message can ask for it. A tab in which the session ended while another one lives wipes its session storage alone.
   */
  clear?: Clear;
  /** How a sign-out ends the app's own session at its server. Default: it does not. */
  application?: Application;
  /**
   * What a revocation ends at this provider. Default `"session"`: the token and what was issued with it.
   *
   * - `"user"`: everything that the user has at this client. Tokens that a new session replaced, or that arrive late, are then not revoked while somebody
   *   is signed in in this browser, for that would end the new session too; they stand in {@link Capabilities.mayBeAlive}.
   * - `"grant"`: that, and the user's consent, on all devices. Nothing is revoked then (`skipped`), unless {@link LogoutOptions.revoke} is `"grant"`.
   */
  revocationReach?: "session" | "user" | "grant";
  /** What `debug()` of `nightlatch/debug` gives: a timeline without secrets, in the console or where you want it. Default: nothing is told. */
  debug?: Debug;
  /** What `dpop()` of `nightlatch/dpop` gives: tokens are bound to a key of this browser (RFC 9449). Default: they are bearer tokens. */
  dpop?: Dpop;
  /** What `par()` of `nightlatch/par` gives: sign-ins are pushed (RFC 9126). Default: they are not, and a provider that requires it refuses them with `authorization_refused`. */
  par?: Par;
  /** What `outbox()` of `nightlatch/outbox` gives: revocations that did not get through are kept sealed and tried again. Default: they are not, and the report says so. */
  outbox?: Outbox;
  /**
   * How the provider deviates from the standards, and defaults for other options: what a function of `nightlatch/providers` gives. Every option here goes
   * before its defaults. {@link ClientOptions.metadata} is taken as it stands. Default: the standards.
   */
  provider?: Provider;
  /**
   * The `prompt` of a sign-in after a sign-out with scope `"provider"` whose end at the provider is not confirmed: there is no such endpoint, the provider
   * was out of reach, or the user did not come back. Default `"login"`. A `prompt` of {@link LoginOptions} goes before it, but `"none"` is then refused with
   * `login_required`: nobody is signed in silently by a session that was to be ended. Once somebody has signed in, it is over.
   */
  promptAfterLogout?: "login" | "select_account";
  /**
   * What becomes of a page that the browser brings back (from the back/forward cache, or as a tab that was frozen) when its session has ended, or is
   * another user's. Until the record says that the session is the same, the document stays hidden, and the snapshot as it was.
   *
   * - `"reload"`, the default: the page is loaded anew.
   * - `"event"`: the page is shown when the listeners of `signedOut` have returned. They have to take away by then what is left to be seen.
   * - an address on this page's own origin, else refused: it is loaded in the page's place in the history.
   *
   * A page that cannot look at the record within five seconds is loaded anew, whatever is chosen here.
   */
  restored?: string;
  /**
   * How long nobody may be active in any tab before the session ends everywhere, with the reason `idle`. Default: no limit, as with 0.
   *
   * Active is who presses a key or a pointer, turns the wheel, or has a tab come into view; a refresh is not, and neither is what happens in a frame. What
   * happens within a tenth of this time, thirty seconds at most, is noted as one activity, so the session can end that much earlier. A session that began
   * without limits has none until the next sign-in.
   *
   * The record in the browser keeps the time, so a tab that slept ends nothing that another is active in, and nothing revives a session after its time. A
   * clock that is set back by more than the time ends the session.
   */
  idleTimeout?: number;
  /** How long a session may last after its sign-in, whoever is active. Then it ends everywhere, with the reason `expired`. Default: no limit, as with 0. */
  maxSession?: number;
  /** How far the clocks of provider and browser may differ. Default 30 seconds. */
  clockSkew?: number;
  /**
   * Whether ID tokens are taken without a look at their signature and `at_hash`: for a provider whose keys a page cannot read (no CORS at its `jwks_uri`).
   * OpenID Connect Core §3.1.3.7 (6) allows that where the token comes straight from the token endpoint. Default `false`: RS, PS and ES with 256, 384 or 512,
   * EdDSA and Ed25519, where the browser has them, by the keys at the issuer's `jwks_uri`, chosen by `kid`, `alg` and `use`; a key that is not known yet has
   * them asked for again, once a minute at most.
   */
  dangerouslySkipIdTokenSignature?: boolean;
  /** How long one request may take. Default 10 seconds. */
  requestTimeout?: number;
}

/** {@link ClientOptions} with a provider, which may know the issuer. */
export interface ProviderClientOptions extends Omit<ClientOptions, "issuer"> {
  /** As in {@link ClientOptions.issuer}. Default: the provider's own; where it has none, `invalid_options`. */
  issuer?: string;
  /** As in {@link ClientOptions.provider}. */
  provider: Provider;
}

/** The members of the provider's metadata that nightlatch reads (RFC 8414 §2, OpenID Connect Discovery 1.0 §3). Others are ignored. */
export interface ProviderMetadata {
  /** Must equal {@link ClientOptions.issuer}. */
  issuer: string;
  /** Where sign-ins begin (RFC 6749 §3.1). */
  authorization_endpoint: string;
  /** Where codes and refresh tokens are exchanged (RFC 6749 §3.2). */
  token_endpoint: string;
  /** Where tokens are revoked (RFC 7009 §2). Default: nowhere, and tokens are `unsupported` in a report. */
  revocation_endpoint?: string;
  /** Where the provider's own session is ended (OpenID Connect RP-Initiated Logout 1.0 §2.1). Default: nowhere, and the layer is `unsupported`. */
  end_session_endpoint?: string;
  /** Where the keys are that sign ID tokens. Without it no ID token is proven: see {@link ClientOptions.dangerouslySkipIdTokenSignature}. */
  jwks_uri?: string;
  /** Whether every answer names its issuer (RFC 9207 §3): one that does not is refused with `response_issuer_mismatch` then. Default `false`. */
  authorization_response_iss_parameter_supported?: boolean;
  /** The PKCE methods (RFC 7636 §4.2). A list without `S256` is refused with `pkce_unsupported`. Default: not said, and `S256` is used. */
  code_challenge_methods_supported?: string[];
  [member: string]: unknown;
}

/**
 * What a sign-out wipes: `"own"`, nightlatch's own keys and nothing else; `"all"`, everything of every kind in {@link ClearLists}; or what the lists say.
 * nightlatch's own keys always go. What is named `nightlatch`, `nightlatch.…` or `nightlatch-…` is never wiped otherwise: the record that keeps an
 * ended session from coming back lies there, and so do the keys of other clients.
 */
export type Clear = "own" | "all" | ClearLists;

/** For each kind: `true` for everything, or names. A name that ends with `*` stands for all that begin so. A kind that is left out stays. `nightlatch/legacy` names what other libraries left. */
export interface ClearLists {
  /** Keys. */
  localStorage?: boolean | string[];
  /** Keys, in each tab. */
  sessionStorage?: boolean | string[];
  /** Databases. One that somebody holds open is waited for, two seconds at most; it goes when it is let go, and is residue until then. */
  indexedDB?: boolean | string[];
  /** Names in Cache storage. */
  caches?: boolean | string[];
  /** Cookies that a script can see from this page. They are expired for every path and domain that this page's address allows; `HttpOnly` ones stay. */
  cookies?: boolean | string[];
  /** Registrations, by the path of their script: `"/sw.js"`. */
  serviceWorkers?: boolean | string[];
  /** What stays, of whatever kind. */
  keep?: string[];
}

/**
 * The request that ends the app's own session at its server, sent with cookies at every sign-out of scope `app` and above.
 * An answer of 200 to 299 or a redirect, which is not followed, is `ended`; every other is `failed`.
 */
export interface Application {
  /** On this page's own origin (a path will do), or under one of {@link ClientOptions.allowedOrigins}. */
  url: string;
  /** Default `"POST"`. */
  method?: string;
  /** Further headers, or what gives them at the time of the sign-out. */
  headers?: Record<string, string> | (() => Record<string, string> | Promise<Record<string, string>>);
  /**
   * Where the CSRF token is read at the time of the sign-out, and the header that carries it: a cookie (default header `X-XSRF-TOKEN`),
   * or a `<meta>` element of that name (default header `X-CSRF-Token`). The request may leave after {@link ClientOptions.clear} has wiped cookies: a cookie
   * that the server compares the token with belongs on `keep` there.
   */
  csrf?: { cookie: string; header?: string } | { meta: string; header?: string };
}

/** How {@link Client.login} asks. */
export interface LoginOptions {
  /** Where the app wants to be after the sign-in: on this page's own origin or on {@link ClientOptions.allowedRedirects}, else refused. Default: the address of now. */
  returnTo?: string;
  /** `login`, `consent`, `select_account`, `none`, or several with a space between (OpenID Connect Core 1.0 §3.1.2.1). */
  prompt?: string;
  /** Whom the provider may suggest (OpenID Connect Core 1.0 §3.1.2.1). */
  loginHint?: string;
  /** How long ago the user may have proved who they are, in seconds; 0 asks for it now. The answer is checked (§3.1.3.7). */
  maxAge?: number | undefined;
  /** The authentication context classes asked for, with a space between. */
  acrValues?: string | undefined;
  /** Scopes asked for beyond {@link ClientOptions.scope}, with a space between. */
  scope?: string | undefined;
  /** Further parameters of the authorization request, such as `claims`. Those that nightlatch sets itself are refused. A list gives several of one name, such as `resource` (RFC 8707 §2). */
  extraParams?: Record<string, string | readonly string[]>;
}

/** How {@link Client.logout} signs out. */
export interface LogoutOptions {
  /** Default `"app"`. */
  scope?: LogoutScope;
  /**
   * Whether tokens are revoked at the provider (RFC 7009). Default `true`. Where {@link ClientOptions.revocationReach} is `"grant"` only `"grant"` revokes
   * them, and with them the user's consent, on all devices.
   */
  revoke?: boolean | "grant";
  /**
   * Further parameters of the request to the provider, such as `logout_hint` and `ui_locales` (OpenID Connect RP-Initiated Logout 1.0 §2). Those that
   * nightlatch sets itself are refused.
   */
  extraParams?: Record<string, string>;
  /**
   * Overrides {@link ClientOptions.clear} for this sign-out, in this tab: what tabs share goes by it, other tabs' session storage does not.
   * With scope `tab` only this tab's session storage is wiped.
   */
  clear?: Clear;
  /** What {@link EventMap.signedOut} says in this tab: `providerSessionEnded` where the app has found that the provider's own session is over. Default `"logout"`. */
  reason?: "logout" | "providerSessionEnded";
  /** Where the app wants to be when the provider has sent the user back: on this page's own origin or on {@link ClientOptions.allowedRedirects}, else refused. */
  redirectTo?: string;
  /**
   * How long the network may take before the report is given without it. Default 5 seconds. The local layers never wait for it.
   * A provider that has stayed silent is asked once more, for at least a second, before the page leaves for it.
   */
  timeout?: number;
  /**
   * Only tells what this call would reach: nothing is ended, stored or sent, but a request for the provider's metadata where a scope needs it. What would be
   * done is `planned` in the report, and {@link LogoutReport.capabilities} stands beside it. Default `false`.
   */
  dryRun?: boolean;
}

/** What a sign-out can reach with this provider in this browser. */
export interface Capabilities {
  /** Where the session really lives. See {@link Snapshot.storage}. */
  storage: StorageKind;
  /** Whether the provider revokes tokens (RFC 7009). Missing where its metadata could not be had. */
  revocation?: boolean;
  /** Whether the provider's own session can be ended (OpenID Connect RP-Initiated Logout 1.0). Missing where its metadata could not be had. */
  endSession?: boolean;
  /** What this browser has noted and seen no end of. What is under way in a tab at this moment is among it. */
  mayBeAlive: Note[];
}

/**
 * Something that may still be valid at the provider and that nobody here holds. It holds no secret.
 *
 * `exchange`: a code was sent, its tokens never seen. `refresh`: a refresh token was sent, its answer never seen. `logout`: tokens of a session that was
 * signed out, not confirmed as revoked. `leaving`, `provider`: the provider's own session, which a tab has left to end without coming back, and
 * which was to be ended and was not. `replaced`: tokens of a session that another sign-in
 * replaced. `unopened`: tokens of a session whose key was gone.
 */
export interface Note {
  /** Its number. None is given twice in one browser. */
  id: number;
  /** What it is about: see above. */
  kind: "exchange" | "refresh" | "logout" | "leaving" | "provider" | "replaced" | "unopened";
  /** When it was noted. */
  at: number;
}

/** How {@link Client.getAccessToken} chooses. */
export interface AccessTokenOptions {
  /** How long the token must still be good for, in seconds. Default 30. */
  minValidity?: number;
  /** Refreshes even where the token is still good. Default `false`. */
  forceRefresh?: boolean;
}

/** The claims of the ID token (OpenID Connect Core 1.0 §2). Display data: never decide on a server by it. */
export interface User {
  /** Who the user is at this issuer. */
  readonly sub: string;
  /** The issuer: {@link ClientOptions.issuer}. */
  readonly iss: string;
  /** For whom the ID token is: {@link ClientOptions.clientId}, or a list with it. */
  readonly aud: string | readonly string[];
  /** When the ID token ends, in seconds since the Unix epoch. The session does not end with it. */
  readonly exp: number;
  /** When the ID token was issued, in seconds since the Unix epoch. */
  readonly iat: number;
  /** Whatever else the provider says, such as `name` and `email` (OpenID Connect Core 1.0 §5.1). */
  readonly [claim: string]: unknown;
}

/** One moment of a client, frozen. The same object until something changes, so that `useSyncExternalStore` takes it as it is. */
export interface Snapshot {
  /** Where the client stands. */
  readonly status: Status;
  /** `status === "signed-in"`. */
  readonly isAuthenticated: boolean;
  /** The claims of the signed-in user's ID token; `null` when nobody is signed in. */
  readonly user: User | null;
  /** When the access token ends; `null` when nobody is signed in or the provider did not say. */
  readonly expiresAt: number | null;
  /**
   * When the session ends by itself if nobody is active any more, by {@link ClientOptions.idleTimeout} and {@link ClientOptions.maxSession}; `null` when nobody is
   * signed in or there is no limit. Activity in any tab moves it.
   */
  readonly endsAt: number | null;
  /** The scopes granted, with a space between; `null` when nobody is signed in. */
  readonly scope: string | null;
  /** Where the session really is kept: `"memory"` where the browser refused what was asked for. */
  readonly storage: StorageKind;
}

/** What came of one token (RFC 7009). `unknown`: asked, and no answer that proves it. `none`: there was no such token. `queued`: it did not get through, and the outbox has it. `skipped`: not asked for. `planned`: a dry run, it would be asked. */
export type TokenOutcome = "planned" | "revoked" | "unsupported" | "queued" | "unknown" | "failed" | "none" | "skipped";

/**
 * What came of one layer. `ended`: the provider, told by an ID token who is meant, sent the user back with our `state`. It does so after the sign-out; where it
 * asks the user first and they decline, it may do so too, and no page can tell. `unknown`: the user came back, but without an ID token (nobody was signed in
 * here) the provider has to ask them, and what they said is not known; or your own server gave no answer. `redirecting`: the page is on its way to the provider. `unsupported`: the provider offers
 * no way. `skipped`: not asked for. `planned`: a dry run, the page would leave.
 */
export type LayerOutcome = "planned" | "ended" | "redirecting" | "unsupported" | "failed" | "unknown" | "skipped";

/**
 * What a sign-out reached, layer by layer. It holds no secret: show it (`nightlatch/report` has an element for it), log it, send it.
 * It narrows by `scope`: only with `"provider"` was the provider's own session asked for, and with `"tab"` not the app's own server either.
 */
export type LogoutReport =
  | LogoutReportOf<"tab", "skipped", "skipped">
  | LogoutReportOf<"app", Exclude<LayerOutcome, "redirecting" | "unsupported">, "skipped">
  | LogoutReportOf<"provider", Exclude<LayerOutcome, "redirecting" | "unsupported">, Exclude<LayerOutcome, "skipped">>;

/** The report of one scope: {@link LogoutReport}. */
export interface LogoutReportOf<
  Scope extends LogoutScope = LogoutScope,
  ApplicationOutcome extends LayerOutcome = LayerOutcome,
  ProviderOutcome extends LayerOutcome = LayerOutcome,
> {
  /** What was asked for. Calls that overlap share the report of the one that reaches furthest. */
  scope: Scope;
  /** Whether every layer that was asked for is confirmed. Never in a dry run. */
  complete: boolean;
  /** When {@link Client.logout} was called. */
  startedAt: number;
  /** From the call to this report, in milliseconds. */
  durationMs: number;
  /**
   * This tab and what the app keeps in this browser: names, never values. A key of local or session storage stands alone; what is of another kind says
   * so: `"books (IndexedDB)"`, `"v1 (caches)"`, `"hint (cookie)"`, `"/sw.js (service worker)"`. `residue` should have gone and is still there.
   */
  local: { status: "cleared" | "partial" | "planned"; removed: string[]; residue: string[] };
  /** How many other tabs said that they are signed out, until the deadline. It decides nothing: a tab that is silent is signed out all the same. */
  tabs: { acknowledged: number; deadlineMs: number };
  /** What came of each token. */
  tokens: { refreshToken: TokenOutcome; accessToken: TokenOutcome };
  /** The app's own session at its server, by {@link ClientOptions.application}. `skipped` without that option. */
  application: ApplicationOutcome;
  /** The provider's own session. */
  provider: ProviderOutcome;
  /** `skipped` but for `logoutEverywhere` of `nightlatch/everywhere`. */
  devices: LayerOutcome;
  /** What came of the app's cleaners in this tab, in the order of {@link Client.onLogout}. The report is complete only if all are done. */
  cleaners: { name: string; status: "done" | "failed" | "timedOut" }[];
  /** When each layer's outcome was known, in milliseconds after `startedAt`; layers that were not asked for are missing. */
  timings: { local?: number; tabs?: number; refreshToken?: number; accessToken?: number; application?: number; provider?: number; devices?: number };
  /** What went wrong on the way. */
  problems: AuthErrorCode[];
  /** In dry runs alone. */
  capabilities?: Capabilities;
}

/** What the address was an answer to. */
export type RedirectResult =
  | { kind: "login"; returnTo: string; user: User }
  | { kind: "logout"; returnTo: string; report: LogoutReport };

/**
 * Why a session ended. `logout`: this tab signed out. `otherTab`: another tab did, or what was stored is gone. `expired`: the access token ended and there is no
 * refresh token, or {@link ClientOptions.maxSession} is over. `idle`: nobody was active for {@link ClientOptions.idleTimeout}. `revoked`: the provider refused the
 * refresh token. `providerSessionEnded`: the provider's own session was found ended ({@link LogoutOptions.reason}). `userChanged`: somebody else signed in;
 * `signedIn` follows.
 */
export type SignedOutReason = "logout" | "otherTab" | "expired" | "idle" | "revoked" | "providerSessionEnded" | "userChanged";

/** What happened, as {@link Client.on} tells it. No event holds a token. */
export interface EventMap {
  /** Somebody is signed in: by this tab, or by another. */
  signedIn: { user: User };
  /** The session ended here. */
  signedOut: { reason: SignedOutReason };
  /** This tab has refreshed the access token, which is now good until `expiresAt`; `null` where the provider does not say. */
  tokenRefreshed: { expiresAt: number | null };
  /** This tab's refresh did not succeed, and the session stays. Where nothing was sent, because it is too early for another try, there is no event. */
  refreshFailed: { error: AuthError };
  /** An API has answered {@link Client.fetch} with a challenge that no refresh helps. */
  stepUpRequired: StepUp;
}

/**
 * What an API asks for beyond the token that {@link Client.fetch} sent: `insufficient_user_authentication` (RFC 9470 §3) or `insufficient_scope`
 * (RFC 6750 §3.1). {@link Client.login} takes it as it is, and `followStepUp` of `nightlatch/step-up` does so by itself. Where an API is on another origin
 * it has to expose `WWW-Authenticate`.
 */
export interface StepUp {
  /** The authentication context classes that the API accepts. */
  readonly acrValues?: string | undefined;
  /** How long ago the user may have proved who they are, in seconds. */
  readonly maxAge?: number | undefined;
  /** The scopes that the API wants. */
  readonly scope?: string | undefined;
}

/** Ends a subscription. Calling it twice does nothing. */
export type Unsubscribe = () => void;

/** One app's sign-in at one provider. Every member may be taken off the object: none needs `this`. */
export interface Client {
  /** Leaves the page for the provider's sign-in (RFC 6749 §4.1, RFC 7636). The promise rejects when that cannot be begun; it never resolves otherwise. */
  login(options?: LoginOptions): Promise<never>;
  /**
   * Takes the provider's answer out of an address and completes the sign-in or the sign-out. Default: the page's own address, which is then cleaned.
   * `null`: the address is not an answer. Calls for one answer share one result and one token request.
   */
  handleRedirectCallback(url?: string): Promise<RedirectResult | null>;
  /**
   * An access token that is good for `minValidity`; refreshed first where it is not, once for all tabs. Rejects with `login_required` when nobody is signed in.
   * After a refresh that failed, the provider is left alone for a while, also with `forceRefresh`: the token that lives is handed out, else the same error.
   */
  getAccessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * The browser's `fetch` with the access token for allowed addresses, and without it for all others. What has an `Authorization` header of its own
   * is sent as it is. With the token:
   *
   * - Redirects are refused. (`redirect: "manual"` stays.)
   * - A 401 is tried once more with a new token, unless its challenge is another scheme's, or asks for another sign-in: that is the event `stepUpRequired`.
   *   For one tab's 401s there is no more than one refresh a minute. What cannot be tried again is given back as it came.
   * - A body that is given as a stream is not kept, so it is not sent again. Every other body is, that of a `Request` too.
   * - When the session ends, or is another user's, in whichever tab, the call is aborted, whatever it has come to: waiting for its token or in the middle of an
   *   answer's body. It rejects with an `AbortError`, or with `login_required`. {@link Client.close} does the same.
   */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** The claims of the signed-in user's ID token, or `null`. */
  getUser(): User | null;
  /** `status === "signed-in"`, at this moment. */
  readonly isAuthenticated: boolean;
  /** Where this client stands, at this moment. */
  readonly status: Status;
  /** Calls the listener after every change of {@link Client.getSnapshot}. */
  subscribe(listener: () => void): Unsubscribe;
  /** Where this client stands, as one frozen object: the same until something changes. */
  getSnapshot(): Snapshot;
  /** Calls the listener whenever that happens. What it throws goes to `reportError`, and stops nothing. */
  on<Name extends keyof EventMap>(event: Name, listener: (detail: EventMap[Name]) => void): Unsubscribe;
  /**
   * Signs out. This tab and everything stored are done before the first network answer is awaited, whatever the network does.
   * It never rejects for what a server did: the report says it. Calls that overlap share one sign-out.
   */
  logout(options?: LogoutOptions): Promise<LogoutReport>;
  /** What a sign-out can reach, before it is called. Asks for the provider's metadata where it is not known, and changes nothing. `nightlatch/explain` says it layer by layer, with reasons. */
  capabilities(): Promise<Capabilities>;
  /**
   * Has the app's own clean-up run in this tab whenever a session ends here, for whatever reason: a query cache, an open database. Cleaners begin together,
   * before anything is wiped, and each has two seconds, or `timeout` if that is less. Where another user's session takes the place of the one that ended, what a
   * cleaner does before it first waits is done before the app is shown that user; the rest is not waited for. One that fails or hangs stops nothing; what it threw goes to
   * `reportError`, and not into the report. `name` stands in the report; default: the function's own name.
   */
  onLogout(cleaner: () => unknown, options?: { name?: string }): Unsubscribe;
  /** Lets go of channel, listeners and cleaners, and ends the calls of {@link Client.fetch}. The session stays. */
  close(): void;
}

/** Loads the module once, reads the session of this browser and hands out a client. Rejects with an {@link AuthError} for an option that cannot be right. */
export function createClient(options: ClientOptions | ProviderClientOptions): Promise<Client>;

/** Sets the options of the default client, which the functions below use. It loads nothing. Call it once, before them. */
export function configure(options: ClientOptions | ProviderClientOptions): void;
/** {@link Client.login} of the default client. */
export function login(options?: LoginOptions): Promise<never>;
/** {@link Client.handleRedirectCallback} of the default client. */
export function handleRedirectCallback(url?: string): Promise<RedirectResult | null>;
/** {@link Client.getAccessToken} of the default client. */
export function getAccessToken(options?: AccessTokenOptions): Promise<string>;
/** {@link Client.logout} of the default client. */
export function logout(options?: LogoutOptions): Promise<LogoutReport>;
/** {@link Client.onLogout} of the default client. */
export function onLogout(cleaner: () => unknown, options?: { name?: string }): Promise<Unsubscribe>;
/** The default client itself. */
export function client(): Promise<Client>;

/** Who has to act. `usage`: the app's call. `environment`: the browser or its policy. `transport`: no answer. `server`: the provider said no. `security`: a check failed. */
export type AuthErrorKind = "usage" | "environment" | "transport" | "server" | "security";

/** The codes of each {@link AuthErrorKind}. The README says for each what it means and what to do. */
export interface AuthErrorCodes {
  /** The app's call cannot be right, or comes at the wrong time. */
  usage: "invalid_options" | "login_required" | "client_closed";
  /** The browser, its policy or the person refuses what it takes. */
  environment: "wasm_blocked" | "insecure_context" | "storage_unavailable" | "popup_blocked" | "popup_closed";
  /** There was no answer. */
  transport: "network_error" | "timeout";
  /** The provider, or the app's own server, said no, or nothing of use. */
  server: "authorization_refused" | "token_refused" | "discovery_refused" | "revocation_refused" | "userinfo_refused" | "application_refused" | "invalid_response";
  /** A check failed: do not go on. */
  security:
    | "issuer_mismatch"
    | "insecure_endpoint"
    | "pkce_unsupported"
    | "state_mismatch"
    | "response_issuer_mismatch"
    | "sign_in_superseded"
    | "id_token_invalid"
    | "redirect_refused";
}

/** Every code an {@link AuthError} can have. */
export type AuthErrorCode = AuthErrorCodes[AuthErrorKind];

/** The {@link AuthErrorKind} of a code. */
export type AuthErrorKindOf<Code extends AuthErrorCode> = { [Kind in AuthErrorKind]: Code extends AuthErrorCodes[Kind] ? Kind : never }[AuthErrorKind];

/** The {@link AuthError} of a code. */
export type AuthErrorOf<Code extends AuthErrorCode> = Code extends AuthErrorCode ? AuthErrorBase<Code> & AuthErrorDetails<Code> : never;

/** What every {@link AuthError} has. */
export interface AuthErrorBase<Code extends AuthErrorCode = AuthErrorCode> extends Error {
  /** The same for all. */
  readonly name: "AuthError";
  /** What went wrong: the contract, for programs. */
  readonly code: Code;
  /** Who has to act. It follows from `code`. */
  readonly kind: AuthErrorKindOf<Code>;
  /** The provider's own error code (RFC 6749 §4.1.2.1, §5.2). */
  readonly error?: string;
  /** The provider's own words: untrusted text, never to be rendered as HTML. */
  readonly errorDescription?: string;
  /** The HTTP status of the answer. */
  readonly status?: number;
}

/** What a server's refusal tells of it. A refused request has an HTTP status; a sign-in that comes back with an error has none, nor need an answer that cannot be read. */
export type AuthErrorDetails<Code extends AuthErrorCode> = Code extends "token_refused" | "discovery_refused" | "revocation_refused" | "userinfo_refused"
  ? { readonly status: number }
  : Code extends AuthErrorCodes["server"]
    ? unknown
    : { readonly error?: never; readonly errorDescription?: never; readonly status?: never };

/**
 * The one error that nightlatch rejects with. It leaves the session as it was, and no message holds a secret. It narrows by `code`: where that is
 * `"token_refused"`, `status` is a number and `kind` is `"server"`.
 */
export type AuthError = { [Code in AuthErrorCode]: AuthErrorOf<Code> }[AuthErrorCode];

/** The class of {@link AuthError}. `instanceof` narrows to it. */
export const AuthError: {
  new <Code extends AuthErrorCode>(
    code: Code,
    kind: AuthErrorKindOf<Code>,
    message: string,
    details?: { error?: string; errorDescription?: string; status?: number; cause?: unknown },
  ): AuthErrorOf<Code>;
  /** What `instanceof` narrows to. */
  readonly prototype: AuthError;
};
