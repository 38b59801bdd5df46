// Handing out an access token: `src/session/refresh.rs`.
import { errorOf, failed, loginRequired, refusal } from "./errors.js";
import { tokenOptions } from "./options.js";

const NAP_MS = 250;
const GRACE_MS = 2000;
const PAUSE_MS = 500;
const LEAST_MS = 1000;
const MOST_MS = 40_000;
const RETRY_AFTER_MS = 300_000;
const EARLIER_MS = 30_000;
const TERMINAL = ["invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"];

/** A token, or an error. A sign-out rejects whoever waits at once, and leaves what is under way to finish. */
export function accessToken(machine, options) {
  return new Promise((resolve, reject) => {
    const { force, minValidityMs } = tokenOptions(options);
    const use = { reject };
    machine.uses.add(use);
    new Use(machine, force, minValidityMs).run().then(resolve, reject).finally(() => machine.uses.delete(use));
  });
}

/** A session with the tokens of an answer: RFC 6749 §5.1, §6. */
export function sessionOf(tokens, sentAt, { metadata, ...before }) {
  return {
    ...before,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? before.refreshToken,
    idToken: tokens.id_token,
    claims: tokens.claims,
    scope: tokens.scope ?? before.scope,
    expiresAt: tokens.expires_in === undefined ? null : sentAt + tokens.expires_in * 1000,
    askedAt: sentAt,
    metadata,
  };
}

function lasts({ expiresAt, askedAt, refreshToken }, ms, now) {
  return expiresAt === null || (expiresAt > now + ms && (now + EARLIER_MS >= askedAt || refreshToken === undefined));
}

class Use {
  #stale;
  #attempt;

  constructor(machine, force, minValidityMs) {
    this.machine = machine;
    this.force = force;
    this.minValidityMs = minValidityMs;
    this.user = machine.user;
    this.beganAt = machine.now();
  }

  async run() {
    for (;;) {
      await undefined;
      this.machine.step(() => this.machine.look());
      const token = await this.#decide();
      if (token !== undefined) return token;
    }
  }

  /** With the record just seen: hand out, refresh, or end. Nothing where it has to be seen anew. */
  async #decide() {
    const { machine } = this;
    const { session, version } = machine;
    if (!session || this.#isForeign(session)) throw loginRequired();
    if (this.force) this.#stale ??= version;
    const isRefreshable = session.refreshToken !== undefined;
    const isGood = lasts(session, isRefreshable ? this.minValidityMs : 0, machine.now());
    if (isGood && !(this.#stale === version && isRefreshable)) return session.accessToken;
    if (!isRefreshable) return this.#invalidate(version, 0, "expired");
    this.#attempt = { of: version, note: 0, times: 0, retryAfterMs: 0 };
    if (Math.abs(machine.now() - machine.failedAt) < machine.pauseMs) return this.#refused(machine.trouble);
    return this.#refresh(session);
  }

  async #refresh(session) {
    const { machine } = this;
    const { clock, record, slot, provider, options } = machine;
    const attempt = this.#attempt;
    const patienceMs = options.requestTimeoutMs + GRACE_MS;
    for (;;) {
      const right = record.reserve(slot, machine.now(), { of: attempt.of, after: attempt.note, patienceMs });
      if (right === undefined) return undefined;
      if (right === "wait") {
        if (Math.abs(machine.now() - this.beganAt) > 2 * patienceMs) throw errorOf("timeout", "another tab's refresh does not end");
        await clock.within(NAP_MS, new Promise((resolve) => machine.waiting.add(resolve)));
        return undefined;
      }
      Object.assign(attempt, { note: right, times: attempt.times + 1 });
      if (!machine.user) {
        record.clear(right);
        throw loginRequired();
      }
      const sentAt = machine.now();
      const form = { grant_type: "refresh_token", refresh_token: session.refreshToken, client_id: options.clientId };
      const answer = await provider.ask("token", form, options.requestTimeoutMs);
      const { failure } = answer;
      // It may have been consumed or not. This page tries once more; then the attempt stays written down.
      if (failure === "drop" || failure === "timeout") {
        if (attempt.times === 1 && machine.user) {
          await clock.wait(PAUSE_MS);
          continue;
        }
        return this.#failed(failed(failure));
      }
      if (failure) return this.#release(failed(failure));
      if (answer.status !== 200) {
        attempt.retryAfterMs = Math.min((answer.retryAfter ?? 0) * 1000, RETRY_AFTER_MS);
        const error = refusal("token_refused", "the token endpoint refused", answer);
        return TERMINAL.includes(error.error) ? this.#invalidate(attempt.of, right, "revoked") : this.#release(error);
      }
      if (!answer.body) return this.#release(errorOf("invalid_response", "the answer is not a JSON object"));
      return this.#renew(sessionOf(answer.body, sentAt, session), right);
    }
  }

  #renew(session, note) {
    const { machine } = this;
    const { record, slot } = machine;
    const { of } = this.#attempt;
    if (record.renew(slot, machine.now(), { of, note, session })) {
      machine.step(() => {
        machine.see("otherTab");
        machine.emit("tokenRefreshed", { expiresAt: session.expiresAt });
        machine.announce();
      });
      if (!machine.session) throw loginRequired();
      return machine.session.accessToken;
    }
    // It came after the session had ended, or another attempt had replaced it.
    const { live, generation } = record.seen(slot, machine.now());
    machine.step(() => machine.look());
    if (live && of.startsWith(`${generation}.`)) return undefined;
    machine.withdraw(session, note);
    throw loginRequired();
  }

  /** The session can never be refreshed again. */
  #invalidate(of, note, why) {
    const { machine } = this;
    const session = machine.record.invalidate(machine.slot, machine.now(), { of, note });
    machine.step(() => {
      machine.see(why, session && { session, note: 0 });
      if (session) machine.announce();
    });
    if (session) throw loginRequired();
    return undefined;
  }

  #release(error) {
    const { record, slot } = this.machine;
    record.release(slot, this.machine.now(), this.#attempt);
    return this.#failed(error);
  }

  #failed(error) {
    this.machine.step(() => this.machine.look());
    return this.#refused(error);
  }

  /** The refresh did not succeed and the session stays, or it is too early for another. A token that is still good is handed out. */
  #refused(error) {
    const { machine } = this;
    const { session } = machine;
    if (!session || this.#isForeign(session)) throw loginRequired();
    const { times, retryAfterMs } = this.#attempt;
    // Where nothing was sent, it has been told.
    if (times > 0) {
      machine.step(() => {
        machine.pauseMs = Math.max(Math.min(Math.max(2 * machine.pauseMs, LEAST_MS), MOST_MS), retryAfterMs);
        machine.failedAt = machine.now();
        machine.trouble = error;
        machine.emit("refreshFailed", { error });
      });
    }
    if (!this.force && lasts(session, 0, machine.now())) return session.accessToken;
    throw error;
  }

  // What was asked for one user is not answered with another's token.
  #isForeign({ claims }) {
    return this.user !== null && this.user.sub !== claims.sub;
  }
}
