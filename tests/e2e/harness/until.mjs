import { setTimeout as sleep } from "node:timers/promises";

const PAUSE_MS = 40;

/** Waits for a condition to hold, and resolves to what it gave. A condition that throws does not hold yet: the page may be on its way elsewhere. */
export async function until(what, condition, within = 30_000) {
  const deadline = Date.now() + within;
  let cause;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadline) throw new Error(`not within ${within} ms: ${what}${cause ? ` (${cause.message})` : ""}`, { cause });
    await sleep(PAUSE_MS);
  }
}

/** The same promise, for as long as it is worth waiting for. */
export async function inTime(what, promise, within) {
  const timer = new AbortController();
  const late = sleep(within, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`not within ${within} ms: ${what}`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
    late.catch(() => {});
  }
}
