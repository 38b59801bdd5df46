/**
 * For the tests of apps: a client without network, browser or WebAssembly, whose browser, tabs, provider and time are the test's.
 *
 * It runs in Node and in jsdom or happy-dom, under any runner. What it does is what the package does: one table of scenarios is played with both.
 * Not simulated: DPoP, PAR, the outbox, the timeline, provider rows, popups and hidden frames, the back/forward cache, ID token checks. Their
 * options are taken and change nothing.
 *
 * @packageDocumentation
 */

import type * as nightlatch from "./index.js";
import type { Client, ClientOptions, LoginOptions } from "./index.js";

export { AuthError } from "./index.js";

/** A user of the provider: a `sub`, or the claims of their ID token. */
export type TestUser = string | { sub: string; [claim: string]: unknown };

/**
 * How {@link createTestBrowser} begins. Everything else is the options of the clients in it, of which none has to be given: an issuer, a client and a
 * `redirectUri` (the page's own origin, or `https://app.example.com`, and `/callback`) are made up.
 */
export interface TestBrowserOptions extends Partial<ClientOptions> {
  /** Who is signed in from the start, in the app and at the provider. Default: nobody. */
  user?: TestUser;
  /** Where {@link TestClock} begins, or what it follows, such as `Date.now` under a runner's own fake timers. Default: the time of the call. */
  now?: number | (() => number);
}

/** Makes a virtual browser without a tab: {@link TestBrowser.openTab}. */
export function createTestBrowser(options?: TestBrowserOptions): TestBrowser;

/** Makes a virtual browser with one tab, and gives the client in it. Throws an `AuthError` with `invalid_options` for an option that cannot be right. */
export function createTestClient(options?: TestBrowserOptions): TestClient;

/** A {@link Client} of a virtual tab. It is there at once: there is nothing to load. */
export interface TestClient extends Client {
  /** The tab that it is in, by which the test plays the user. */
  readonly tab: TestTab;
}

/** A virtual browser: tabs that share one session, one clock, one provider and one API. */
export interface TestBrowser {
  /** What time it is, for all tabs. */
  readonly clock: TestClock;
  /** The provider that all clients sign in at. */
  readonly provider: TestProvider;
  /** What {@link Client.fetch} reaches. */
  readonly api: TestApi;
  /** Whether there is no network: every request of the clients to the provider fails before it is sent. Default `false`. */
  isOffline: boolean;
  /** Whether pages that load from now on are refused IndexedDB and cookies, so that their {@link nightlatch.Snapshot.storage} is `"memory"`. Default `false`. */
  isStorageRefused: boolean;
  /** What a sign-out cannot delete: names for {@link nightlatch.LogoutReport.local}, such as `"books (IndexedDB)"`. Default: nothing. */
  residue: string[];
  /** Opens a tab, whose page has a client of these options over those of the browser. Throws an `AuthError` for an option that cannot be right. */
  openTab(options?: TestTabOptions): TestTab;
  /** Closes all tabs. */
  close(): void;
}

/** How {@link TestBrowser.openTab} opens a tab. */
export interface TestTabOptions extends Partial<ClientOptions> {
  /** Where the page stands: a path, or an address of the app's origin. Default: the address of the test's own page where it is on that origin, else `/`. */
  address?: string;
}

/** A tab: what the user does there, and where its page stands. The page does not go away when it leaves for the provider, as none does in jsdom. */
export interface TestTab {
  /** The browser that it belongs to. */
  readonly browser: TestBrowser;
  /** The client of the page. */
  readonly client: TestClient;
  /** Where the page stands, absolute. What is assigned is resolved against it. */
  address: string;
  /** Where the page has left for, until the user is back; `null` where it has not. */
  readonly navigation: TestNavigation | null;
  /** What `"nightlatch"` exports, with clients in this tab: for `vi.mock`, `mock.module` and `jest.unstable_mockModule`. */
  readonly module: Pick<typeof nightlatch, "AuthError" | "configure" | "getAccessToken" | "handleRedirectCallback" | "login" | "logout" | "onLogout"> & {
    /** The client of this tab. */
    client(): Promise<TestClient>;
    /** {@link TestTab.createClient}, as a promise. */
    createClient(options?: Partial<ClientOptions>): Promise<TestClient>;
  };
  /** Has the page make a client with further options. The one that it had is closed. */
  createClient(options?: Partial<ClientOptions>): TestClient;
  /** Loads the page anew: what lies in memory is gone, and there is another client. */
  reload(): TestClient;
  /**
   * The user signs in at the provider, which sends them back to `redirectUri`. Begins a sign-in where none is under way. Then the page stands at the answer,
   * to be taken by
   * {@link Client.handleRedirectCallback}, of this client or of the one that {@link reload} gives.
   *
   * @param user Default: whom the provider knows still, {@link TestProvider.user}. It rejects where there is nobody, or the sign-in has the provider ask (`prompt`).
   * @returns The address.
   */
  signIn(user?: TestUser): Promise<string>;
  /** The provider sends the user back with an error (RFC 6749 §4.1.2.1). Default `"access_denied"`: they gave up. Gives the address. */
  refuse(error?: string, errorDescription?: string): Promise<string>;
  /**
   * The provider ends its own session, and sends the user back to `postLogoutRedirectUri`, to be taken by {@link Client.handleRedirectCallback}. Rejects
   * where there is no such address.
   */
  comeBack(): Promise<string>;
  /** Somebody uses the page, by a key or a pointer: for {@link ClientOptions.idleTimeout}. */
  active(): void;
  /** Closes the tab. */
  close(): void;
}

/** Where a page has left for. */
export interface TestNavigation {
  /** For a sign-in, or for the end of the provider's session. */
  readonly kind: "login" | "logout";
  /** The address, with the parameters. */
  readonly url: string;
  /** What is asked: `prompt`, `login_hint`, `scope` and so on for a sign-in, as {@link LoginOptions} has it. */
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * The time of a virtual browser. A request takes a millisecond, and what a client does nothing but wait for passes at once: the answers of other tabs, a request
 * that is never answered. All else waits for the test: the end of a token, of a session, of a cleaner that hangs.
 */
export interface TestClock {
  /** Whether waits pass at once. Default `true`; without it they wait for {@link advance}. */
  automatic: boolean;
  /** What time it is, in milliseconds since the Unix epoch. */
  now(): number;
  /** Lets time pass, in milliseconds: what is due happens in its order. */
  advance(ms: number): Promise<void>;
  /** Resolves when nothing is under way any more but what the app or the test takes its time for: other tabs have heard of what happened. */
  idle(): Promise<void>;
}

/**
 * What of a provider can fail. `application` is the app's own server (the option of that name); `provider` every endpoint of the provider's that does not
 * fail otherwise.
 */
export type TestEndpoint = "application" | "discovery" | "end_session" | "provider" | "revocation" | "token" | "userinfo";

/**
 * How it fails. `"drop"`: there is no answer, as of a network that is down. `"hang"`: none ever comes. `"malformed"`: 200, and no JSON. `"missing"`: 404, and
 * the metadata
 * that is read from now on does not name the endpoint. A number: that HTTP status. A function: its answer, for which the request waits; `undefined` lets the
 * provider do its work, and
 * what it throws is no answer.
 */
export type TestFault =
  | "drop"
  | "hang"
  | "malformed"
  | "missing"
  | number
  | TestAnswer
  | ((request: TestRequest) => number | TestAnswer | undefined | Promise<number | TestAnswer | undefined>);

/** An answer of the provider's. */
export interface TestAnswer {
  /** The HTTP status. */
  status: number;
  /** The error code (RFC 6749 §5.2). `invalid_grant` refuses a refresh for good. Default `temporarily_unavailable`, or `invalid_request` for 400. */
  error?: string;
  /** The provider's own words. */
  errorDescription?: string;
  /** When to come back (`Retry-After`), in seconds. */
  retryAfter?: number;
}

/** A request that reached the provider, or the app's own server. */
export interface TestRequest {
  /** Where it arrived. */
  readonly endpoint: TestEndpoint;
  /** The form: `grant_type`, `token`, `token_type_hint` and so on. */
  readonly parameters: Readonly<Record<string, string>>;
  /** When. */
  readonly at: number;
}

/** The provider of a virtual browser. Its tokens are texts such as `test-access-token-1`. */
export interface TestProvider {
  /** Who is signed in at the provider itself; `null`: nobody. {@link TestTab.signIn} and {@link TestTab.comeBack} change it. */
  user: TestUser | null;
  /** How long access tokens last from now on, in seconds. Default 300; `null`: the provider does not say, and they last. */
  accessTokenTtl: number | null;
  /** Whether there are refresh tokens from now on. Default `true`. */
  refreshTokens: boolean;
  /** What arrived, in order. What failed by `"hang"` or `"drop"` is among it. */
  readonly requests: readonly TestRequest[];
  /** Has an endpoint fail from now on. Throws a `RangeError` for one that there is not. */
  fail(endpoint: TestEndpoint, fault: TestFault): void;
  /** Ends the fault of an endpoint. Default: all. */
  recover(endpoint?: TestEndpoint): void;
  /** Revokes every token, as an administrator does: the next refresh ends the session, with the reason `revoked`. */
  revokeAll(): void;
  /** Whether a token is good: issued, not revoked, not over. */
  isActive(token: string): boolean;
}

/** A call that an API got from {@link Client.fetch}. */
export interface TestCall {
  /** The HTTP method. */
  readonly method: string;
  /** The address, absolute. */
  readonly url: string;
  /** The headers, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; `null` where there is none. */
  readonly body: string | null;
  /** The access token that it carried; `null`: none. */
  readonly token: string | null;
  /** When. */
  readonly at: number;
}

/** What {@link Client.fetch} reaches, at whatever address but the provider's own. */
export interface TestApi {
  /** What was sent, in order. */
  readonly requests: readonly TestCall[];
  /**
   * Has a function answer from now on; `token` is the access token that the call carried. What it throws, the call rejects with. Default: 200 with `{}`, and
   * 401 for a token
   * that is not good.
   */
  respond(answer: (request: Request, call: { token: string | null }) => Response | Promise<Response>): void;
}

/** What {@link findTraces} looks for beyond what it knows by itself. */
export interface TraceOptions {
  /** Tokens as the test knows them, for those that do not look like any: they are looked for everywhere. */
  tokens?: string[];
  /** What may stay: names as they are found, or their beginnings followed by `*`. */
  ignore?: string[];
}

/**
 * What this page's browser still keeps of a session, by name and never by value; nothing after a sign-out of the app. Found are nightlatch's sealed session,
 * key share and
 * keys, a sign-in under way, and whatever looks like a token (a JWT, a member such as `access_token`) in local and session storage, IndexedDB, Cache storage,
 * cookies,
 * `history.state`, `window.name` and the address.
 *
 * It runs in the page and needs nothing but the page, so that any driver can bring its text there: `page.evaluate(findTraces)`.
 * `nightlatch/testing/playwright` does so.
 */
export function findTraces(options?: TraceOptions): Promise<string[]>;
