// Revocations that did not get through, kept sealed until they do.
//
// An entry is written beside the first attempt, so that a page that goes away loses nothing, and destroyed as soon as the
// provider has answered for good. What is kept is the whole request, sealed: it can be sent where it was meant to go, and
// nothing else can be made of it.
import { answer, within as transact } from "./browser/database.js";
import { MAX_DELAY, send as post } from "./browser/request.js";
import { shareOf } from "./browser/share.js";
import { hex, open, random, seal } from "./browser/vault.js";

const BACK_OFF_MS = 30_000;

export function outbox({ limit = 20, attempts = 5, maxAge = 86_400 } = {}) {
  return (namespace) => boxOf(namespace, limit, attempts, maxAge * 1000);
}

function boxOf(namespace, limit, attempts, maxAgeMs) {
  // A share of its own: a sign-out destroys the session's.
  const share = shareOf(`${namespace}-outbox`);
  let timer;
  let due = Infinity;

  /** Sends a request that outlives the page. What did not get through comes to `{ failure: "queued" }`. */
  async function send(request) {
    const kept = keep(request).catch(nothing);
    const answer = await post(request);
    const id = await kept;
    if (id === undefined) return answer;
    if (isFinal(answer)) {
      await destroy(id).catch(nothing);
      return answer;
    }
    await postpone(id, answer).catch(nothing);
    return { failure: "queued" };
  }

  async function keep(request) {
    const half = share.read() ?? hex(random(32));
    if (!share.write(half)) throw new Error("no cookies");
    const { expiresAt, timeoutMs } = request;
    const now = Date.now();
    const sealed = await seal(JSON.stringify(request), half);
    const until = Math.min(now + maxAgeMs, expiresAt ?? Infinity);
    return within(async (entries) => {
      // The oldest gives way.
      const ids = await answer(entries.index("namespace").getAllKeys(namespace));
      for (const id of ids.slice(0, Math.max(0, ids.length + 1 - limit))) entries.delete(id);
      return answer(entries.add({ namespace, sealed, until, attempts: 1, notBefore: now + timeoutMs }));
    });
  }

  /** Tries again what is due. */
  async function flush() {
    const ids = await within((entries) => answer(entries.index("namespace").getAllKeys(namespace)));
    for (const id of ids) {
      const entry = await claim(id);
      if (!entry) continue;
      if (!entry.sealed) {
        wakeAt(entry.notBefore);
        continue;
      }
      // What cannot be opened any more is of no use to anybody.
      const isOver = entry.attempts > attempts || entry.until < Date.now();
      const request = isOver ? undefined : await open(entry.sealed, share.read() ?? "").then(JSON.parse).catch(nothing);
      const answer = request && (await post(request));
      if (!answer || isFinal(answer)) await destroy(id);
      else await postpone(id, answer);
    }
  }

  /** Takes an entry for one attempt, or says when it is due. Two tabs never take the same one. */
  const claim = (id) =>
    within(async (entries) => {
      const entry = await answer(entries.get(id));
      const now = Date.now();
      if (!entry || entry.notBefore > now) return entry && { notBefore: entry.notBefore };
      const claimed = { ...entry, attempts: entry.attempts + 1, notBefore: now + BACK_OFF_MS };
      entries.put(claimed, id);
      return claimed;
    });

  /** Sets when an entry is due again: RFC 7009 §2.2.1 for a provider that is not available. */
  async function postpone(id, { status, retryAfter }) {
    const notBefore = await within(async (entries) => {
      const entry = await answer(entries.get(id));
      if (!entry) return undefined;
      // Where there was no answer the event `online`, or the next start, says when.
      const notBefore = Date.now() + (status === undefined ? 0 : (delay(retryAfter) ?? BACK_OFF_MS * 2 ** entry.attempts));
      entries.put({ ...entry, notBefore }, id);
      return status && notBefore;
    });
    if (notBefore) wakeAt(notBefore);
  }

  // The earliest counts.
  function wakeAt(time) {
    if (time >= due) return;
    due = time;
    clearTimeout(timer);
    timer = setTimeout(again, Math.min(time - Date.now(), MAX_DELAY));
  }

  const destroy = (id) =>
    within(async (entries) => {
      entries.delete(id);
      if ((await answer(entries.index("namespace").count(namespace))) === 0) share.remove();
    });

  const again = () => {
    due = Infinity;
    return flush().catch(nothing);
  };
  addEventListener("online", again);
  again();
  return {
    send,
    close() {
      removeEventListener("online", again);
      clearTimeout(timer);
    },
  };
}

/** Whether another attempt could come to nothing else: every answer but those that say "later". */
const isFinal = ({ status }) => status !== undefined && status < 500 && status !== 408 && status !== 429;

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110 §10.2.3). */
function delay(text) {
  const ms = /^\d+$/.test(text) ? text * 1000 : Date.parse(text) - Date.now();
  return ms >= 0 ? ms : undefined;
}

const within = (work) => transact("nightlatch-outbox", ["namespace"], work);

function nothing() {}
