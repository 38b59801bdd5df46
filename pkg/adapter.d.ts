import type {
  AccessTokenOptions,
  AuthError,
  Client,
  ClientOptions,
  LoginOptions,
  LogoutOptions,
  LogoutReport,
  ProviderClientOptions,
  RedirectResult,
  Snapshot,
  Status,
  StorageKind,
  Unsubscribe,
} from "./index.js";

/** The options of a client, or what gives them in the browser, perhaps after a request: a server, which has no `location`, never calls it. */
export type OptionsSource =
  | ClientOptions
  | ProviderClientOptions
  | (() => ClientOptions | ProviderClientOptions | Promise<ClientOptions | ProviderClientOptions>);

/** A client of the app's own making. It is not closed by who uses it. */
export type ClientSource = Client | Promise<Client>;

/** What an app wants to hear, or to do itself. */
export interface AuthHandlers {
  /**
   * Takes the provider's answer out of the address when the page was loaded. Default: {@link Client.handleRedirectCallback}. `handlePopupCallback` of
   * `nightlatch/popup` goes here.
   */
  handleCallback?: ((client: Client) => Promise<RedirectResult | null>) | undefined;
  /** Hears what failed: the client, the answer in the address, `login()`, `logout()`. It stands in {@link AuthState.error} too. */
  onError?: ((error: AuthError) => void) | undefined;
  /**
   * Goes where the app wanted to be after a sign-in or a sign-out. A promise is waited for: until then nobody is shown as signed in. Default: the address is
   * replaced by `history.replaceState`; one on another origin is loaded. An app with a router that has read the address already gives its own.
   */
  onReturn?: ((result: RedirectResult) => unknown) | undefined;
}

/** What a handler of an event is called with. It counts as no options, so that `login` and `logout` may be handlers themselves. */
export interface HandledEvent {
  preventDefault(): void;
}

/** What a view can do. Each call works at once, before there is a client, and needs no `this`. */
export interface AuthCalls {
  /** {@link Client.login}. What fails stands in {@link AuthState.error} as well, so nobody has to catch it. A client that could not be created is tried again. */
  login(options?: LoginOptions | HandledEvent): Promise<never>;
  /** {@link Client.logout}. The report stands in {@link AuthState.report} as well, and what fails in {@link AuthState.error}. */
  logout(options?: LogoutOptions | HandledEvent): Promise<LogoutReport>;
  /** {@link Client.getAccessToken}. */
  getAccessToken(options?: AccessTokenOptions): Promise<string>;
  /** {@link Client.fetch}. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** {@link Client.onLogout}. */
  onLogout(cleaner: () => unknown, options?: { name?: string }): Unsubscribe;
}

/** What a view shows: a snapshot of the client, and what came of its calls. */
export interface AuthValues extends Omit<Snapshot, "status" | "storage"> {
  /** `loading` until it is known who is signed in and the address is the app's own again. On a server it stays so. */
  readonly status: Status | "loading";
  /** Where the session is kept; `null` while `loading`. */
  readonly storage: StorageKind | null;
  /** The client itself; `null` while `loading`, and where it could not be created. */
  readonly client: Client | null;
  /** What failed last; `null` again at the next `login()` or `logout()`, and when somebody has signed in. */
  readonly error: AuthError | null;
  /** What the last sign-out of this tab reached, also one that the page has come back from; `null` again when somebody has signed in. */
  readonly report: LogoutReport | null;
}

/** One moment, frozen. The same object until something changes. */
export interface AuthState extends AuthValues, AuthCalls {}
