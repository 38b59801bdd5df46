// A virtual browser: tabs that share one record, one clock, one provider and one API.
import { TestApi } from "./api.js";
import { Clock } from "./clock.js";
import { TestProvider } from "./provider.js";
import { SharedRecord } from "./record.js";
import { sessionOf } from "./refresh.js";
import { TestTab } from "./tab.js";

const ORIGIN = "https://app.example.com";
const ISSUER = "https://id.example.com";
const CLIENT_ID = "test";

export class TestBrowser {
  #world;
  #options;
  #tabs = new Set();

  constructor({ now, user, ...options } = {}) {
    const { location } = globalThis;
    const isWeb = /^https?:$/.test(location?.protocol);
    const origin = options.redirectUri === undefined && isWeb ? location.origin : new URL(options.redirectUri ?? ORIGIN).origin;
    const { issuer = ISSUER, clientId = CLIENT_ID } = options;
    const clock = new Clock(now);
    const provider = new TestProvider(clock, { issuer, clientId });
    let last = 0;
    this.#options = options;
    this.#world = {
      origin,
      issuer,
      clientId,
      clock,
      provider,
      api: new TestApi(clock, provider),
      record: new SharedRecord(),
      machines: new Set(),
      isStorageRefused: false,
      residue: [],
      begin: (machine) => this.#begin(machine, user),
      number: () => (last += 1),
      announce: (from) => this.#others(from, (machine) => machine.hear()),
      acknowledge: (from, generation) => this.#others(from, ({ logouts }) => logouts.forEach((logout) => logout.acknowledge(generation))),
    };
    provider.isOffline = () => this.isOffline;
    provider.user = user ?? null;
  }

  /** Whether the browser is offline. */
  isOffline = false;

  get clock() {
    return this.#world.clock;
  }

  get provider() {
    return this.#world.provider;
  }

  get api() {
    return this.#world.api;
  }

  /** Whether IndexedDB and cookies are refused to pages that load from now on. */
  get isStorageRefused() {
    return this.#world.isStorageRefused;
  }

  set isStorageRefused(isRefused) {
    this.#world.isStorageRefused = isRefused;
  }

  /** What a sign-out cannot delete: names, as they stand in a report. */
  get residue() {
    return this.#world.residue;
  }

  set residue(names) {
    this.#world.residue = names;
  }

  /** Opens a tab whose page has made a client. */
  openTab({ address, ...options } = {}) {
    const { origin } = this.#world;
    const here = globalThis.location?.origin === origin ? globalThis.location.href : `${origin}/`;
    const tab = new TestTab(this.#world, this, { ...this.#options, ...options }, new URL(address ?? here, origin).href);
    this.#tabs.add(tab);
    return tab;
  }

  /** Ends everything: no timer and no tab is left. */
  close() {
    for (const tab of this.#tabs) tab.close();
  }

  /** Where somebody is signed in from the start, the first page finds their session; a page with a session of its own, its own. */
  #begin(machine, user) {
    const { provider, clock } = this.#world;
    const { record, slot, options, page } = machine;
    const owner = slot === this.#world.record.slot ? this.#world : page;
    const { issuer: iss, clientId: aud } = options;
    // The app may say who it is when it makes a client of its own.
    if (slot.session && slot.session.claims.iss !== iss) slot.session = { ...slot.session, claims: { ...slot.session.claims, iss, aud } };
    if (user === undefined || this.#world.hasBegun || owner.hasBegun) return;
    owner.hasBegun = true;
    const now = clock.now();
    const session = sessionOf(provider.issue(user, options.scope), now, { metadata: machine.metadata ?? provider.metadata() });
    const { idleMs, maxMs } = options;
    record.install(slot, now, { generation: record.generation, note: 0, session, idleMs, maxMs });
  }

  #others(from, tell) {
    for (const machine of this.#world.machines) {
      if (machine !== from && machine.record === from.record) queueMicrotask(() => tell(machine));
    }
    this.#world.clock.stir();
  }
}
