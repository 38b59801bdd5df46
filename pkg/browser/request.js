// One protocol request: no cookies, no cache, no referrer, no redirect, and an end in time.

/** The largest answer that is read, in UTF-16 units. */
export const MAX_BODY = 1 << 20;
/** The largest delay that a timer takes. */
export const MAX_DELAY = 2 ** 31 - 1;

/** How every request to a provider is sent. */
export const HARDENED = { cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };

/** Sends a request: `{ status, body, retryAfter, nonce }`, the body as text, or `{ failure }`. `init`, and what `more` gives, is otherwise than above. */
export async function send({ url, form, keepalive, timeoutMs, init: other }, more) {
  const controller = new AbortController();
  const { signal } = controller;
  const { onLine } = navigator; // What left before may have arrived.
  const late = new Promise((_, reject) => signal.addEventListener("abort", reject));
  const timer = setTimeout(() => controller.abort(), Math.min(timeoutMs, MAX_DELAY));
  const headers = { Accept: "application/json" };
  const init = { headers, ...HARDENED };
  if (form !== null) {
    headers["Content-Type"] = "application/x-www-form-urlencoded";
    Object.assign(init, { method: "POST", body: form, keepalive });
  }
  try {
    const response = await fetch(url, { ...init, ...other, ...(await Promise.race([more?.(), late])), signal });
    const text = await response.text();
    const { headers, status } = response;
    const after = headers.get("Retry-After"); // Seconds, or a date.
    return text.length > MAX_BODY ? { failure: "too_large" } : { status, body: text, retryAfter: +after || after, nonce: headers.get("DPoP-Nonce") };
  } catch {
    return { failure: signal.aborted ? "timeout" : onLine || navigator.onLine ? "network" : "offline" };
  } finally {
    clearTimeout(timer);
  }
}
