import type { Client, LoginOptions, Unsubscribe } from "./index.js";

/**
 * Has a sign-in begin by itself when an API asks for another one: at every `stepUpRequired` it calls `login()` with what the API asks for (RFC 9470 §4).
 * The page leaves for it, and `handleRedirectCallback()` brings the user back to where they were.
 *
 * It does not go in circles. In one tab a challenge is followed once until the next sign-out; one with `max_age` once more when that time has passed, and
 * a minute at the least. No more than five different ones are followed. Beyond that `stepUpRequired` is all that happens: the app has to say that the API
 * cannot be had.
 *
 * @param options Goes along to {@link Client.login}: a `loginHint`, say.
 * @returns What ends it.
 */
export function followStepUp(auth: Pick<Client, "login" | "on" | "status">, options?: LoginOptions): Unsubscribe;
