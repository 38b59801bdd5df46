// The one record in IndexedDB, and the transaction that every change is made in. What is changed, the core decides.
//
// Nothing is awaited inside a transaction but the transaction (IndexedDB commits by itself otherwise): what goes in is
// sealed before, what comes out is opened after.
//
// The record is `{ head, slot, sealed, own }`: what all tabs share, where the session stands, the sealed session, and the
// stored key halves of sessions that tabs keep for themselves.
import { shareOf } from "./share.js";
import { hex, open, random, seal } from "./vault.js";

const STORE = "records";

/** One client's record, wherever it is kept. */
export function recordOf(namespace, keepSignedIn) {
  const share = shareOf(namespace, keepSignedIn);
  // A tab's own session, in session storage: `{ key, slot, sealed: { iv, text }, turn }`. Browsers copy it into tabs that this
  // one opens, so every change makes a new `turn` here and in the record: whose turn is an old one has a copy, and no session.
  const name = `nightlatch.${namespace}.session`;
  let database;
  // The share that a sign-out has deleted, until what it takes out is opened.
  let kept;

  async function connect() {
    const request = indexedDB.open("nightlatch", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    const opened = await answer(request);
    // Nobody who deletes the database, or brings a later version, has to wait for this tab.
    opened.onversionchange = () => opened.close();
    database?.close();
    database = opened;
  }

  async function make({ place, session, begins, looks, ends }, apply) {
    const before = share.read();
    const half = before ?? (begins ? hex(random(32)) : undefined);
    const fresh = session && half && place !== "memory" ? await seal(JSON.stringify(session), half) : null;
    const transaction = database.transaction(STORE, looks ? "readonly" : "readwrite");
    const records = transaction.objectStore(STORE);
    const value = await answer(records.get(namespace));
    const { key, slot, sealed } = place === "tab" ? ownOf(value) : (place === "browser" && value) || {};
    // Somebody signed out or in since it was sealed: once more.
    if (begins && share.read() !== before) throw new Error("sealed with another share");
    const next = apply(value?.head, slot, !!share.read());
    // Before anybody else can delete what opens it.
    const halves = [share.read(), kept];
    // A new share is put in place with its session and not before: it would bring to life what another tab is just ending.
    const begun = begins && !before && next.write && next.content === "replace";
    if (begun && !share.write(half)) throw new Error("no cookies");
    try {
      if (next.write) {
        const content = { keep: sealed, remove: null, replace: fresh }[next.content];
        const own = { ...value?.own };
        const record = { ...value, head: next.head };
        if (place === "browser") {
          Object.assign(record, { slot: next.slot, sealed: content });
          // Later, it could be the share of who has signed in since.
          if (next.content === "remove") share.remove();
        }
        if (place === "tab") {
          const turn = hex(random(16));
          if (next.slot.present) sessionStorage.setItem(name, JSON.stringify({ key, slot: next.slot, sealed: content, turn }));
          else sessionStorage.removeItem(name);
          own[key] = { key: content?.key, turn };
        }
        // Where all is ended, no tab keeps a session for itself any more.
        record.own = ends ? {} : own;
        records.put(record, namespace);
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = reject;
      });
    } catch (error) {
      if (begun && share.read() === half) share.remove();
      throw error;
    }
    return next.reveal && sealed ? unsealed(sealed, halves) : undefined;
  }

  function ownOf(value) {
    const own = parse(sessionStorage.getItem(name));
    const ours = value?.own?.[own?.key];
    if (ours && own.turn !== ours.turn) return { key: hex(random(16)) };
    return { key: own?.key ?? hex(random(16)), slot: own?.slot, sealed: own?.sealed && { ...own.sealed, key: ours?.key } };
  }

  async function unsealed(sealed, halves) {
    for (const half of halves) {
      try {
        if (half) return JSON.parse(await open(sealed, half));
      } catch {} // Under another share, or changed by somebody: there is nothing to be had.
    }
  }

  return {
    /** What this browser offers for keeping a session. */
    async probe() {
      const record = !!crypto.subtle && (await connect().then(yes, no));
      return { record, cookies: share.isKept(), sessionStorage: reachable() };
    },
    /**
     * Makes a change in one transaction: `apply(head, slot, share)` is called inside it. Gives `committed` with the session
     * that was there before, where that is to be known; or `refused` where the browser refuses and nothing was changed, with
     * whether the key share stands.
     */
    async commit(plan, apply) {
      for (const again of [false, true]) {
        try {
          // The connection may have been closed: by whom deletes the database, or by the browser.
          if (again) await connect();
          return ["committed", await make(plan, apply)];
        } catch {}
      }
      return ["refused", !!share.read()];
    },
    /** Deletes the key share outside the record, and keeps it in memory for one opening. */
    shut() {
      kept = share.read() ?? kept;
      share.remove();
    },
    /** Forgets the share that `shut` kept. */
    forget() {
      kept = undefined;
    },
    /** Lets go of the database. */
    close() {
      database?.close();
    },
  };
}

const yes = () => true;
const no = () => false;

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = reject;
  });
}

function reachable() {
  try {
    return !!sessionStorage;
  } catch {
    return false;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}
