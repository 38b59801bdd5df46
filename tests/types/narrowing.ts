// Compiled by `cargo xtask check`, never run: how errors and reports narrow.
import { AuthError, type AuthErrorCode, type AuthErrorCodes, type AuthErrorKind, type AuthErrorKindOf, type AuthErrorOf, type Client, type LogoutReport, type LogoutScope } from "nightlatch";
import type { DisconnectReport } from "nightlatch/disconnect";

declare const auth: Client;
declare const thrown: unknown;
declare const error: AuthError;
declare const report: LogoutReport;

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const holds = <Claim extends true>(..._claims: Claim[]): void => {};

// By `code`: what a server refused has a status, and what no server said has none.
if (thrown instanceof AuthError) {
  holds<Same<typeof thrown.code, AuthErrorCode>>();
  if (thrown.code === "token_refused") {
    const status: number = thrown.status;
    const kind: "server" = thrown.kind;
    const words: string | undefined = thrown.errorDescription;
    void [status, kind, words];
  }
  if (thrown.code === "authorization_refused") {
    // @ts-expect-error: a sign-in that comes back with an error had no HTTP answer
    const status: number = thrown.status;
    void status;
  }
  if (thrown.code === "login_required") {
    const kind: "usage" = thrown.kind;
    const status: undefined = thrown.status;
    void [kind, status];
    // @ts-expect-error: nobody's words
    const words: string = thrown.errorDescription;
    void words;
  }
}

// By `switch`, to the last one.
function isWorthRepeating(error: AuthError): boolean {
  switch (error.kind) {
    case "transport":
      return error.code === "network_error" || error.code === "timeout";
    case "server":
      return (error.status ?? 0) >= 500;
    case "usage":
    case "environment":
    case "security":
      return false;
    default:
      return error satisfies never;
  }
}

// The kind follows from the code, and the codes of the kinds are all codes.
holds<Same<AuthErrorKindOf<"timeout">, "transport">>();
holds<Same<AuthErrorCodes[AuthErrorKind], AuthErrorCode>>();
holds<Same<AuthErrorOf<"timeout">["kind"], "transport">>();
// @ts-expect-error: not of that kind
const wrong: AuthErrorOf<"timeout">["kind"] = "server";

// It can be made, thrown and passed on as ever.
const made: AuthError = new AuthError("token_refused", "server", "no", { status: 503, error: "temporarily_unavailable" });
const told: string = made.message + made.name + String(made.cause) + (error.status ?? "") + (error.error ?? "") + (error.errorDescription ?? "");
declare const code: AuthErrorCode;
const known: AuthError = new AuthError(code, "server", "no");
// @ts-expect-error: no such code
new AuthError("late", "transport", "late");
auth.on("refreshFailed", ({ error }) => error.code === "token_refused" && error.status.toFixed());

// A report narrows by its scope.
if (report.scope === "tab") {
  const [application, provider]: ["skipped", "skipped"] = [report.application, report.provider];
  void [application, provider];
}
if (report.scope !== "provider") {
  // @ts-expect-error: the page does not leave
  if (report.provider === "redirecting") throw report;
} else {
  // @ts-expect-error: it was asked for
  if (report.provider === "skipped") throw report;
  if (report.provider === "redirecting" || report.provider === "unsupported") void report.complete;
}
const scope: LogoutScope = report.scope;
auth.logout({ scope: "provider" }).then(({ provider, tokens }) => [provider === "ended", tokens.refreshToken === "queued"]);
const handed = (given: LogoutReport | DisconnectReport): number => given.durationMs + (given.timings.provider ?? 0);

export { handed, isWorthRepeating, known, scope, told, wrong };
