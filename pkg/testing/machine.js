// What one page does: `src/session/{machine, tab, watch, withdrawal}.rs`, with transactions that are made at once.
import { wipe } from "../browser/wipe.js";
import { failed, refusal, report } from "./errors.js";
import { versionOf, emptySlot } from "./record.js";

/** How long the page is given to leave for the provider before it counts as staying. */
export const LEAVE_MS = 10_000;
/** How long the app's own clean-up may take. */
export const WIPE_MS = 2000;
const STRETCH_MS = 30_000;

export class Machine {
  session = null;
  user = null;
  version = versionOf(emptySlot());
  generation = 0;
  endsAt = 0;
  /** The note of the last sign-out at the provider that this page made or has heard of, and the one that is no longer waited for. */
  ending = 0;
  waited = 0;
  metadata;
  /** An answer that was dealt with, so that asking again gives the same. */
  answered;
  /** Why a refresh failed, when, and for how long from then on the provider is left alone. */
  trouble;
  failedAt = 0;
  pauseMs = 0;
  /** What is under way. */
  arrivals = new Set();
  logouts = new Set();
  uses = new Set();
  /** Calls that wait for another's refresh. */
  waiting = new Set();
  isClosed = false;
  #outputs = [];
  #depth = 0;
  #shown;
  #timer;
  #activeAt = -Infinity;

  /** `page` has the slots of session storage and the address; `app` is told: `{ notify(name, detail), abort(), cleaners }`. */
  constructor(world, options, page, app) {
    this.world = world;
    this.clock = world.clock;
    this.provider = world.provider;
    this.options = options;
    this.metadata = options.metadata;
    this.page = page;
    this.app = app;
    this.place = world.isStorageRefused ? "memory" : options.place;
    this.record = world.isStorageRefused ? page.ownRecord : world.record;
    this.slot = { browser: this.record.slot, tab: page.slot, memory: emptySlot() }[this.place];
    world.begin(this);
    this.step(() => this.see("otherTab", this.record.bury(this.slot, this.now())));
  }

  now() {
    return this.clock.now();
  }

  /** Changes something, and then tells the app of all that came of it, where the page stands first. */
  step(work) {
    const { version } = this;
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#tell(version);
    }
  }

  put(run) {
    this.#outputs.push({ run });
  }

  emit(name, detail) {
    this.#outputs.push({ run: () => this.app.notify(name, detail), isEvent: true });
  }

  /** Looks at the record. A session of the page's own that has ended is taken out. */
  look(why = "otherTab") {
    this.see(why, this.slot === this.record.slot ? undefined : this.record.bury(this.slot, this.now()));
  }

  /** Looks, and takes out a session that has ended by itself. With `idleMs` somebody is active. */
  touch(idleMs) {
    const taken = this.record.bury(this.slot, this.now());
    const isActive = !taken && idleMs > 0 && this.record.isLive(this.slot, this.now());
    if (isActive) this.record.touch(this.slot, this.now(), idleMs);
    this.see("otherTab", taken);
    if (isActive) this.announce();
  }

  /** Takes over what the record says. A session that was taken out of it is revoked. */
  see(why, taken) {
    const seen = this.record.seen(this.slot, this.now());
    this.#adopt(seen, why);
    if (!taken?.session) return;
    if (taken.note && seen.ended) this.announce();
    this.withdraw(taken.session, taken.note);
  }

  /** Another page has said that something changed. */
  hear() {
    if (this.isClosed) return;
    this.step(() => {
      const before = this.user;
      this.pauseMs = 0;
      this.look();
      if (before && !this.user) this.world.acknowledge(this, this.generation);
    });
  }

  /** Somebody uses the page. What happens within a tenth of the time is one activity. */
  active() {
    const { idleMs } = this.options;
    if (!idleMs || !this.session || this.now() - this.#activeAt < Math.min(idleMs / 10, STRETCH_MS)) return;
    this.#activeAt = this.now();
    this.step(() => this.touch(idleMs));
  }

  /** The page is here although it had left for a sign-in or sign-out. */
  restored() {
    this.step(() => {
      for (const operations of [this.arrivals, this.logouts]) for (const operation of operations) if (operation.hasLeft) operations.delete(operation);
      this.look();
    });
  }

  announce() {
    this.world.announce(this);
  }

  /** Tells that the session ended here, and has the app's data go with it. */
  end(reason, alone) {
    this.put(() => this.app.abort());
    this.put(() => void this.wipe(this.options.clear, alone, WIPE_MS));
    this.emit("signedOut", { reason });
  }

  /** Has the app clean up, and wipes what the test's surroundings keep: `{ wiped, cleaned }`. */
  wipe(clear, alone, timeoutMs) {
    const within = Math.min(timeoutMs, WIPE_MS);
    const clean = async ({ cleaner, name }) => ({ name, status: await this.clock.outside(within, outcome(cleaner), "timedOut") });
    const cleaned = Promise.all([...this.app.cleaners].map(clean));
    // Nothing of nightlatch's lies there, so there is nothing else to look for.
    const hasStorages = typeof document !== "undefined" && clear !== "own";
    const wiped = hasStorages ? wipe("", { clear, own: false, alone, within }) : Promise.resolve({ removed: [], residue: [] });
    return { wiped, cleaned };
  }

  /** Asks the provider for its metadata; throws where it cannot be had. */
  async discover(timeoutMs = this.options.requestTimeoutMs) {
    const { failure, ...answer } = await this.provider.ask("discovery", {}, timeoutMs);
    if (failure) throw failed(failure);
    if (answer.status !== 200) throw refusal("discovery_refused", "the provider refused its metadata", answer);
    if (!answer.body) throw refusal("invalid_response", "the answer is not a JSON object", {});
    return (this.metadata = this.provider.metadata());
  }

  /** Revokes a session that nobody holds any more. */
  async withdraw({ accessToken, refreshToken, metadata }, note) {
    const { reach, requestTimeoutMs } = this.options;
    // It would end the newer session too, or take back the user's consent.
    if (!metadata.revocation || reach === "grant" || (reach === "user" && this.user)) return;
    const answers = await Promise.all(
      [[refreshToken, "refresh_token"], [accessToken, "access_token"]]
        .filter(([token]) => token !== undefined)
        .map(([token, hint]) => this.provider.ask("revocation", { token, token_type_hint: hint, client_id: this.options.clientId }, requestTimeoutMs)),
    );
    if (note && answers.every(({ status }) => status === 200)) this.record.clear(note);
  }

  close() {
    this.isClosed = true;
    this.#timer?.cancel();
  }

  #adopt(seen, why) {
    this.#waitForProvider(seen, why);
    const usable = seen.live && this.page.left !== seen.generation;
    if (seen.version !== this.version) this.pauseMs = 0;
    Object.assign(this, { generation: seen.generation, version: seen.version, endsAt: seen.endsAt });
    this.session = usable ? seen.session : null;
    this.#replace(this.session?.claims ?? null, seen.ended ?? why, seen.live || this.place !== "browser");
    this.#awaitEnd();
  }

  #replace(after, why, alone) {
    const before = this.user;
    this.user = after;
    if (before?.sub === after?.sub) return;
    if (before) this.end(after ? "userChanged" : why, alone);
    if (after) this.emit("signedIn", { user: after });
  }

  // Another page may be on its way to the provider. It may never come back, so nothing that it does is waited for.
  #waitForProvider({ ledger }, why) {
    const note = ledger.find(({ kind }) => kind === "leaving" || kind === "provider");
    if (note) {
      const { id, kind } = note;
      const left = LEAVE_MS - Math.abs(this.now() - note.at);
      const isKnown = this.ending === id;
      this.ending = id;
      // A page that signs out itself knows better how far it is.
      if (kind === "leaving" && why !== "logout" && left > 0) {
        if (!isKnown) this.clock.later(left, () => this.step(() => { if (this.ending === id) this.waited = id; }));
        return;
      }
    }
    this.waited = this.ending;
  }

  #awaitEnd() {
    const at = this.session ? this.endsAt : 0;
    if ((this.#timer?.at ?? 0) === at) return;
    this.#timer?.cancel();
    this.#timer = at === 0 ? undefined : { at, cancel: this.clock.later(at - this.now(), () => this.#over()) };
  }

  #over() {
    this.#timer = undefined;
    if (!this.isClosed) this.step(() => this.touch(0));
  }

  #tell(before) {
    if (this.version !== before || !this.user) for (const wake of this.waiting) wake();
    this.#show();
    for (let next; (next = this.#outputs.shift()); ) if (!this.isClosed) next.run();
    this.clock.stir();
  }

  #show() {
    const { session } = this;
    const snapshot = {
      status: this.#status(),
      isAuthenticated: false,
      user: session?.claims ?? null,
      expiresAt: session?.expiresAt ?? null,
      endsAt: (session && this.endsAt) || null,
      scope: session?.scope ?? null,
      storage: this.place,
    };
    snapshot.isAuthenticated = snapshot.status === "signed-in";
    const text = JSON.stringify(snapshot);
    if (text === this.#shown) return;
    this.#shown = text;
    // Whoever is told what happened must already see where the page stands.
    const first = this.#outputs.findIndex(({ isEvent }) => isEvent);
    this.#outputs.splice(first < 0 ? this.#outputs.length : first, 0, { run: () => this.app.notify("snapshot", snapshot) });
  }

  #status() {
    if (this.session) return "signed-in";
    if ([...this.logouts].some((logout) => logout.isSigningOut)) return "signing-out";
    if (this.arrivals.size > 0) return "signing-in";
    return this.ending === this.waited ? "signed-out" : "signing-out";
  }
}

async function outcome(cleaner) {
  try {
    await cleaner();
    return "done";
  } catch (error) {
    report(error);
    return "failed";
  }
}
