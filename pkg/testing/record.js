// What the tabs of a virtual browser share: the one record, as `src/session/record.rs` has it, with the session itself in the place of the sealed one.

const LEDGER = 32;
const NEVER = 2 ** 52;
const NOBODY = Object.freeze({ session: null, generation: 0, revision: 0, sent: 0, sentAt: 0, activeAt: 0, endsAt: 0, latest: 0 });

/** A place for a session: the record's, or a tab's own. */
export const emptySlot = () => ({ ...NOBODY });

export class SharedRecord {
  generation = 1;
  serial = 0;
  ledger = [];
  slot = emptySlot();

  /** Why the session that is or was last in the slot has ended by itself, if it has. */
  static ended({ activeAt, endsAt, latest }, now) {
    if (endsAt === 0 || Math.abs(now - activeAt) < endsAt - activeAt) return undefined;
    return endsAt < latest ? "idle" : "expired";
  }

  isLive(slot, now) {
    return slot.session !== null && slot.generation === this.generation && SharedRecord.ended(slot, now) === undefined;
  }

  /** What a tab sees. */
  seen(slot, now) {
    return {
      generation: this.generation,
      version: versionOf(slot),
      live: this.isLive(slot, now),
      ended: SharedRecord.ended(slot, now),
      endsAt: slot.endsAt,
      ledger: this.ledger,
      session: slot.session,
    };
  }

  /** Takes out what has ended by itself, and a tab's own session that another tab has ended: `{ session, note }`. */
  bury(slot, now) {
    if (slot.session === null || this.isLive(slot, now)) return undefined;
    const { session, endsAt } = slot;
    const ended = SharedRecord.ended(slot, now);
    const note = this.note(ended ? "logout" : "unopened", now);
    this.#end(slot, slot === this.slot);
    if (ended) slot.endsAt = endsAt;
    return { session, note };
  }

  /** Ends the session. With `all` every tab's own ends too. Gives `{ session, note }`, a note of 0 where nobody was signed in. */
  end(slot, now, { all, atProvider }) {
    if (atProvider) {
      this.#forgetProvider();
      this.note("leaving", now);
    }
    const { session } = slot;
    const note = session ? this.note("logout", now) : 0;
    this.#end(slot, all);
    return { session, note };
  }

  /** Puts a session in place, unless something has happened since `generation`. Gives what it replaces. */
  install(slot, now, { generation, note, session, idleMs, maxMs }) {
    if (generation !== this.generation) return undefined;
    const replaced = slot.session;
    this.clear(note);
    this.#forgetProvider();
    const replacedNote = replaced ? this.note("replaced", now) : 0;
    if (slot === this.slot) this.generation += 1;
    Object.assign(slot, NOBODY, { session, generation: this.generation, revision: (this.serial += 1) });
    if (idleMs || maxMs) {
      slot.latest = now + (maxMs || NEVER);
      this.touch(slot, now, idleMs || NEVER);
    }
    return { replaced, note: replacedNote };
  }

  touch(slot, now, idleMs) {
    slot.activeAt = now;
    slot.endsAt = Math.min(slot.latest, now + idleMs);
  }

  /** Asks for the right to refresh: the note of the attempt, `"wait"`, or nothing where the session is another. */
  reserve(slot, now, { of, after, patienceMs }) {
    if (!this.#is(slot, of, now)) return undefined;
    if (slot.sent !== after && Math.abs(now - slot.sentAt) < patienceMs) return "wait";
    slot.sent = this.note("refresh", now);
    slot.sentAt = now;
    return slot.sent;
  }

  renew(slot, now, { of, note, session }) {
    if (!this.#is(slot, of, now)) return false;
    this.clear(note);
    Object.assign(slot, { session, revision: (this.serial += 1), sent: 0 });
    return true;
  }

  /** Gives the right back: nothing was used up. */
  release(slot, now, { of, note }) {
    if (this.#is(slot, of, now) && slot.sent === note) slot.sent = 0;
    this.clear(note);
  }

  /** Ends a session that cannot be refreshed. Gives it, or nothing where it is another's turn. */
  invalidate(slot, now, { of, note }) {
    const { session } = slot;
    const is = this.#is(slot, of, now);
    this.clear(note);
    if (!is) return undefined;
    this.#end(slot, slot === this.slot);
    return session;
  }

  /** The provider's session was to be ended, and was not. */
  remain(note) {
    for (const one of this.ledger) if (one.id === note) one.kind = "provider";
  }

  /** The note of the provider's own session, while nobody knows that it has ended. */
  get ending() {
    return this.ledger.find(({ kind }) => kind === "leaving" || kind === "provider");
  }

  note(kind, at) {
    this.ledger.push({ id: (this.serial += 1), kind, at });
    if (this.ledger.length > LEDGER) this.ledger.shift();
    return this.serial;
  }

  clear(note) {
    this.ledger = this.ledger.filter(({ id }) => id !== note);
  }

  #is(slot, version, now) {
    return this.isLive(slot, now) && versionOf(slot) === version;
  }

  #end(slot, raise) {
    if (raise) this.generation += 1;
    Object.assign(slot, { session: null, endsAt: 0 });
  }

  #forgetProvider() {
    this.clear(this.ending?.id);
  }
}

/** What an app gets is its own. (jsdom has no `structuredClone` under every runner.) */
export const copy = (value) => JSON.parse(JSON.stringify(value));

export const versionOf = ({ generation, revision }) => `${generation}.${revision}`;
