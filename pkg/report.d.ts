import type { DisconnectReport } from "./disconnect.js";
import type { EverywhereReport } from "./everywhere.js";
import type { LogoutReport } from "./index.js";
import type { Provider } from "./providers.js";

/** What can be shown: the report of `logout()`, of `logoutEverywhere()`, of `disconnect()`, or of a dry run. */
export type AnyReport = LogoutReport | EverywhereReport | DisconnectReport;

/**
 * Everything that a report says. `{provider}`, `{name}`, `{time}`, `{list}`, `{scope}` and `{count}` are filled in, in any order, and the first letter is made large.
 * Where a text depends on a number, a language may add its further forms to `.one` and `.other`: `.zero`, `.two`, `.few`, `.many`.
 */
export type ReportLabel =
  | "eyebrow" | "scope.tab" | "scope.app" | "scope.provider" | "scope.everywhere" | "provider" | "title.complete" | "title.tab" | "title.partial"
  | "title.redirecting" | "title.planned" | "title.open.one" | "title.open.other" | "summary.local" | "summary.last" | "summary.open"
  | "summary.planned" | "local" | "local.cleared" | "local.cleared.text" | "local.partial" | "local.partial.text" | "local.planned" | "removed.one"
  | "removed.other" | "tabs" | "tabs.skipped.text" | "tabs.silent" | "tabs.silent.text" | "tabs.out" | "tabs.text.one" | "tabs.text.other"
  | "tabs.planned" | "refreshToken" | "accessToken" | "token.revoked" | "token.revoked.text" | "token.unsupported" | "token.unsupported.text"
  | "token.queued" | "token.queued.text" | "token.unknown" | "token.unknown.text" | "token.failed" | "token.failed.text" | "token.none"
  | "token.none.text" | "token.skipped" | "token.skipped.text" | "token.planned" | "application" | "application.ended.text"
  | "application.failed.text" | "application.unknown.text" | "providerSession" | "providerSession.ended.text" | "providerSession.redirecting.text"
  | "providerSession.unsupported.text" | "providerSession.failed.text" | "providerSession.unknown.text" | "providerSession.skipped.text" | "devices"
  | "devices.ended.text" | "devices.failed.text" | "devices.unknown.text" | "permission" | "permission.withdrawn.text" | "outcome.ended"
  | "outcome.withdrawn" | "outcome.redirecting" | "outcome.unsupported" | "outcome.failed" | "outcome.unknown" | "outcome.skipped"
  | "outcome.planned" | "cleaner" | "cleaner.done" | "cleaner.done.text" | "cleaner.failed" | "cleaner.failed.text" | "cleaner.timedOut"
  | "cleaner.timedOut.text" | "problems" | "problem.application_refused" | "problem.discovery_refused" | "problem.invalid_response"
  | "problem.network_error" | "problem.revocation_refused" | "problem.storage_unavailable" | "problem.timeout"
  | `${"removed" | "tabs.text" | "title.open"}.${"zero" | "two" | "few" | "many"}`;

/** Texts by what they say. What is left out is English. */
export type ReportLabels = Partial<Record<ReportLabel, string>>;

/** The English texts: the keys to translate. */
export const ENGLISH: Readonly<ReportLabels>;

/** How {@link textOf} says it. */
export interface TextOptions {
  /** Words in the place of the English ones. Default: none. */
  labels?: ReportLabels | undefined;
  /** Whom the texts name: a name, or what the client was given as `provider`. Default: "the provider". */
  provider?: string | Provider | undefined;
  /** The language that numbers, lists and times are written in (BCP 47). Default: the browser's. */
  lang?: string | undefined;
}

/** A report as lines of text: for a log, a mail to support, a printer. Works where there is no browser. */
export function textOf(report: AnyReport, options?: TextOptions): string;

/**
 * Shows the report of a sign-out: a heading, and a list of layers with outcome, reason and time. What stands between its tags comes below.
 *
 * Parts for `::part()`: `report`, `eyebrow`, `title`, `summary`, `layers`, `layer`, `mark`, `words`, `name`, `text`, `outcome`, `time`, `bar`, `items`, `problems`,
 * `problems-title`, `problem`, `code`. `layer`, `mark` and `outcome` are also `good` (confirmed), `open` (not confirmed) or `none` (not asked for).
 *
 * Colours follow `color-scheme`. Custom properties go before: `--nightlatch-text`, `--nightlatch-dim`, `--nightlatch-line`, `--nightlatch-good`, `--nightlatch-open`,
 * `--nightlatch-bar`, `--nightlatch-ring`, and `--nightlatch-surface`, the colour of what it stands on.
 */
export interface ReportElement extends HTMLElement {
  /** What is shown. `null`, the default: nothing. */
  report: AnyReport | null;
  /** Whom the texts name. See {@link TextOptions.provider}. */
  provider: string | Provider | undefined;
  /** Texts in another language. The language of numbers, lists and times is that of the next `lang` attribute, here or above. */
  labels: ReportLabels | undefined;
  /** Which heading the title is, 1 to 6; those of the layers are one below. The attribute `heading-level`. Default 2. */
  headingLevel: number;
  /** While there is a report: {@link textOf} it. */
  textContent: string;
}

/**
 * Registers the element; once done it does nothing. Importing alone registers nothing. It needs no policy beyond that of the client: no inline style, no markup from text.
 *
 * @param name Default `"nightlatch-report"`.
 */
export function defineReport(name?: string): void;

declare global {
  interface HTMLElementTagNameMap {
    "nightlatch-report": ReportElement;
  }
}
