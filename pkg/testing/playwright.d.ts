/**
 * For end-to-end tests of apps with Playwright.
 *
 * @packageDocumentation
 */

import type { Client } from "../index.js";
import type { TraceOptions } from "../testing.js";

/** What is asked of a page: Playwright's `Page` is one. */
export interface PageLike {
  /** The page's address. */
  url(): string;
  /** Runs a function in the page. */
  evaluate(work: (given: any) => unknown, given?: unknown): Promise<any>;
  /** Runs a function in the page, and leaves there what it gives. */
  evaluateHandle(work: (given: any) => unknown, given?: unknown): Promise<unknown>;
  /** All pages and cookies of this profile. */
  context(): { pages(): PageLike[]; cookies(url: string): Promise<{ name: string; value: string }[]> };
}

/** What {@link expectLoggedOut} looks at. */
export interface LoggedOutOptions extends TraceOptions {
  /** Where pages have their client: a path such as `"window.auth"`, or a function that runs in the page and gives it. Default: no client is asked. */
  client?: string | (() => Client | Promise<Client>);
  /** How long it may take until nothing is left, in milliseconds. Default 5,000. */
  timeout?: number;
}

/**
 * Waits until nothing is left of a session in the browser, in whichever tab: see `findTraces` of `nightlatch/testing`, and `HttpOnly` cookies as well. With
 * `client` every page of the
 * app's origin has to say that nobody is signed in: `status`, `isAuthenticated`, `getUser()`, and `getAccessToken()`, which rejects with `login_required`.
 *
 * @param page A page of the app; the others of its context on the same origin are looked at too.
 * @throws An `Error` that lists by name, and never by value, everything that is left.
 */
export function expectLoggedOut(page: PageLike, options?: LoggedOutOptions): Promise<void>;
