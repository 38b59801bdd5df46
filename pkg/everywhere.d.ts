import type { Application, Client, LogoutOptions, LogoutReport, RedirectResult } from "./index.js";
import type { Provider } from "./providers.js";

/**
 * Why something is not reached. `no_address`: the provider has none that a page may ask. `not_configured`: neither `provider` nor an address of the app's own
 * was given. `not_signed_in`: nobody is, so there is no token to ask with. `person`: the person alone can do it, at the provider. `scope_missing`: it takes a scope
 * that was not granted. `secret`: it takes the client's secret. `token_ended`: the access token is over.
 */
export type ReasonCode = "no_address" | "not_configured" | "not_signed_in" | "person" | "scope_missing" | "secret" | "token_ended";

/** Why something is not reached, as a code and in words for people. */
export interface Reason {
  /** For programs. */
  code: ReasonCode;
  /** The same in English, for people. */
  text: string;
}

/** How {@link logoutEverywhere} signs out. */
export interface EverywhereOptions extends Omit<LogoutOptions, "scope"> {
  /** What the client was given as `provider`: its row says where. */
  provider?: Provider;
  /** The app's own address for it, which goes before the provider's: sent with cookies, as `application` is. */
  devices?: Application;
  /** What is signed out of here. Default `"provider"`. */
  scope?: "app" | "provider";
}

/** What a sign-out on all devices reached. */
export interface EverywhereReport extends Omit<LogoutReport, "scope"> {
  /** All that {@link logoutEverywhere} reaches, whatever its `scope` was. */
  scope: "everywhere";
  /** Why `devices` is not `ended`. Where it is `unknown` or `failed` without a reason, the answer was that, or none came. */
  reason?: Reason;
}

/**
 * Asks for the end of the user's sessions on all devices, and signs out here. `devices` in the report is `ended` only where the answer was a yes; what that ends stands
 * in the row (`provider.row.devices.ends`).
 *
 * The sign-out here waits for no answer and depends on none. It begins when this tab has looked up its token, a quarter of a second later at most; revocations
 * wait for the answer, `timeout` at most, since the provider is asked with the token that they end. With scope `provider` the page leaves, and {@link everywhereReport}
 * completes the report of the way back.
 */
export function logoutEverywhere(client: Client, options?: EverywhereOptions): Promise<EverywhereReport>;

/** The report of the way back from the provider, with what was known of the devices when the page left. */
export function everywhereReport(report: Extract<RedirectResult, { kind: "logout" }>["report"]): EverywhereReport;
