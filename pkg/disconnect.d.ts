import type { Reason } from "./everywhere.js";
import type { Application, Client, LogoutOptions, LogoutReport } from "./index.js";
import type { Provider } from "./providers.js";

/** How {@link disconnect} signs out. */
export interface DisconnectOptions extends Omit<LogoutOptions, "revoke"> {
  /** What the client was given as `provider`: its row says how a permission is taken back there. */
  provider?: Provider;
  /** The app's own address for it, which goes before the provider's: sent with cookies, as `application` is. For providers that ask for a secret. */
  consent?: Application;
}

/**
 * What came of the permission. `withdrawn`: the provider, or your server, said yes. `unknown`: asked, and no answer that proves it. `failed`: it refused, or nothing was
 * sent. `unsupported`: there is no way, and `reason` says why. `planned`: a dry run.
 */
export type PermissionOutcome = "planned" | "withdrawn" | "unknown" | "failed" | "unsupported";

/** What a disconnection reached. */
export type DisconnectReport = LogoutReport & {
  /** What came of the permission. */
  permission: PermissionOutcome;
  /** Why `permission` is not `withdrawn`. Where it is `unknown` or `failed` without a reason, the answer was that, or none came. */
  reason?: Reason;
};

/**
 * Signs out, and undoes the user's permission for the app as though it were never given: on all devices. Where the provider's revocation does that (Google, Discord,
 * Facebook) both tokens are revoked; where it has an address of its own for it (Keycloak) that is asked; otherwise `permission` is `unsupported`. The sign-out is that of
 * `logout()` with `revoke: "grant"`, and waits for no answer.
 */
export function disconnect(client: Client, options?: DisconnectOptions): Promise<DisconnectReport>;

/** The report of the way back from the provider (scope `provider`), with what was known of the permission when the page left. */
export function disconnectReport(report: LogoutReport, options?: Pick<DisconnectOptions, "provider" | "consent">): DisconnectReport;
