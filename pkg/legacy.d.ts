import type { ClearLists } from "./index.js";

/**
 * A library whose leftovers are known. `oidc-client-ts` stands for oidc-client too, `auth0-spa-js` for `@auth0/auth0-spa-js` 1 and 2, `msal` for msal 1 and
 * `@azure/msal-browser` 2 to 5.
 */
export type LegacyLibrary = "auth0-spa-js" | "keycloak-js" | "msal" | "oidc-client-ts";

/** What {@link removeLegacy} did: names, never values, as in `LogoutReport.local`. */
export interface LegacyRemoved {
  /** What is gone, by name and never by value. */
  removed: string[];
  /** What should have gone and is still there: a database that somebody holds open goes when it is let go. */
  residue: string[];
}

/**
 * Names what other libraries left in this browser, for the option `clear`: keys of local and session storage, cookies, databases. It is plain data, so
 * every sign-out wipes it like everything else, and the report names what went and what is left. The last argument is the app's own lists, which are joined
 * with it; a spread would put one list in the place of the other.
 *
 * Keys that have no prefix of the library's own are found by what they hold, when this is called. Storage under a prefix of the app's choice is not known.
 * Throws a `TypeError` for a library that is not known.
 */
export function legacy(...libraries: [LegacyLibrary, ...LegacyLibrary[]] | [LegacyLibrary, ...LegacyLibrary[], ClearLists]): ClearLists;

/**
 * Removes now what other libraries left, once, when the app has moved: their tokens are not to lie about until somebody signs out. What `keep` names stays. It
 * asks no server: whoever wants the old tokens revoked, too, has the old library do that before.
 */
export function removeLegacy(...libraries: [LegacyLibrary, ...LegacyLibrary[]] | [LegacyLibrary, ...LegacyLibrary[], ClearLists]): Promise<LegacyRemoved>;
