// What a client does, step by step, for those who develop an app: as lines in the console and as data.
//
// It looks on at the two doors of the core (what it is told, and what it asks for) and changes nothing. What is written down is
// chosen member by member (debug/entries.js): what is not known to hold no secret does not get that far.
import { entriesOf } from "./debug/entries.js";
import { warningsOf } from "./debug/warnings.js";

export const debug = ({ log = print, limit = 1000 } = {}) => new Debug(log, limit);

// No members of its own: as an option it is nothing that the core reads.
class Debug {
  #entries = [];
  #log;
  #limit;
  #start = performance.now();
  #tab = Array.from(crypto.getRandomValues(new Uint8Array(2)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  constructor(log, limit) {
    this.#log = log;
    this.#limit = limit;
  }

  get timeline() {
    return [...this.#entries];
  }

  #write(kind, name, text, detail = {}) {
    const sinceMs = Math.round(performance.now() - this.#start);
    const entry = Object.freeze({ at: Date.now(), sinceMs, tab: this.#tab, kind, name, text, detail: Object.freeze(detail) });
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    this.#log(entry);
  }

  extend(core, page, calls, options) {
    const write = (...entry) => this.#write(...entry);
    const warned = new Set();
    const warn = (name, text) => {
      if (!warned.has(name)) write("warning", name, text);
      warned.add(name);
    };
    // Whoever looks on may not be in the way.
    const quietly = (look) => (...seen) => {
      try {
        look(...seen);
      } catch (error) {
        reportError(error);
      }
    };
    const entries = entriesOf(write);
    const warnings = warningsOf(warn, options);
    const told = quietly((name, id, part, value) => {
      warnings.told(name, id, part, value);
      entries.told(name, id, part, value);
    });
    const asked = quietly((name, id, part, value) => {
      entries.asked(name, id, part, value);
      warnings.asked(name, id, part, value);
    });
    const applied = quietly(entries.applied);
    const called = quietly((request, answer, ms, hasToken) => {
      entries.called(request, answer, ms, hasToken);
      warnings.called(request, answer, hasToken);
    });

    const { tell } = core;
    core.tell = (name, id, part, value) => {
      if (name === "apply") {
        const next = tell.call(core, name, id, part, value);
        applied(id, part, value, next);
        return next;
      }
      told(name, id, part, value);
      return tell.call(core, name, id, part, value);
    };
    const { perform } = page;
    page.perform = (name, id, part, value) => {
      asked(name, id, part, value);
      perform(name, id, part, value);
    };
    const { fetch: own } = calls;
    calls.fetch = async (request, init) => {
      const began = performance.now();
      const took = () => Math.round(performance.now() - began);
      try {
        const answer = await (own ?? fetch)(request, init);
        called(request, answer, took(), !!init.headers);
        return answer;
      } catch (error) {
        called(request, undefined, took(), !!init.headers);
        throw error;
      }
    };
  }
}

function print({ sinceMs, tab, kind, name, text }) {
  const line = `nightlatch ${tab} +${sinceMs} ms  ${name}${text && `: ${text}`}`;
  if (kind === "warning") console.warn(line);
  else console.info(line);
}
