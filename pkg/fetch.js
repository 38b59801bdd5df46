// The browser's fetch with the access token, for the addresses that the core allows.
import { bearer } from "./challenge.js";

// How long after a refresh for a 401 there is no other, in milliseconds. What refused the last token would refuse the next: an
// API that always says 401 does not cause a refresh for every call.
const QUIET_MS = 60_000;

/**
 * For the package's own modules, as a third argument: an address of the provider's that gets the token, or one that gets none, whatever the core allows. (Of
 * the registry: a page may have loaded this file twice.)
 */
export const WITH_TOKEN = Symbol.for("nightlatch.with");
export const WITHOUT_TOKEN = Symbol.for("nightlatch.without");

export function fetchWith(allows, { getAccessToken, fetch: own, challengesOf = bearer, now = () => performance.now() }, stepUp) {
  let controller = new AbortController();
  let quiet;
  let renewal;

  // Any change resets the referrer unless it is said again, and any copy resets `keepalive` in Firefox.
  const pass = (request, changes) => {
    const { keepalive, referrer, referrerPolicy } = request;
    return (own ?? fetch)(request, { keepalive, referrer, referrerPolicy, ...changes });
  };

  // A redirect would carry the token on.
  const send = (request, token, signal, again) => {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return pass(request, { headers, redirect: request.redirect === "follow" ? "error" : request.redirect, signal, again });
  };

  // Whether another token may help. That another sign-in is asked for (RFC 6750 §3.1, RFC 9470 §3) the app is told.
  const isStale = ({ status, headers }) => {
    const header = headers.get("WWW-Authenticate");
    const challenges = header ? challengesOf(header) : [{}]; // From another origin it shows only where the API exposes it.
    for (const { error, acr_values, max_age, scope } of challenges) {
      if (/^insufficient_/.test(error)) {
        stepUp({ acrValues: acr_values, maxAge: /^\d{1,9}$/.test(max_age) ? +max_age : undefined, scope });
        return false;
      }
    }
    return status === 401 && challenges.length > 0;
  };

  // The token that takes the place of one that was refused, or that one where there is no other.
  const renewed = async (token) => {
    try {
      const fresh = await getAccessToken();
      if (fresh !== token || now() < quiet) return fresh;
      renewal ??= getAccessToken({ forceRefresh: true }).finally(() => {
        quiet = now() + QUIET_MS;
        renewal = undefined;
      });
      return await renewal;
    } catch {
      return token;
    }
  };

  return {
    async fetch(input, init, how) {
      const request = new Request(input, init);
      const isFree = how === WITHOUT_TOKEN || request.headers.has("Authorization");
      if (isFree || !(how === WITH_TOKEN || allows(request.url))) return pass(request);
      // From the first step to the last: what was asked before a sign-out is never sent for whoever signs in after it.
      const signal = AbortSignal.any([request.signal, controller.signal]);
      signal.throwIfAborted();
      const token = await within(getAccessToken(), signal);
      // Unsent, to be sent once more. A stream passes through as it is: a copy would be kept in memory, whole.
      const again = init?.body?.getReader ? undefined : request.clone();
      const answer = await send(request, token, signal, again);
      if (!isStale(answer) || !again) return answer;
      const fresh = await within(renewed(token), signal);
      if (fresh === token) return answer;
      const last = await send(again, fresh, signal, again);
      isStale(last);
      return last;
    },
    abort() {
      controller.abort();
      controller = new AbortController();
    },
  };
}

// What is waited for, unless the signal comes first. (A handler that stays would keep the signal for as long as the client.)
function within(promise, signal) {
  return new Promise((resolve, reject) => {
    signal.onabort = () => reject(signal.reason);
    promise.then(resolve, reject).finally(() => (signal.onabort = null));
  });
}
