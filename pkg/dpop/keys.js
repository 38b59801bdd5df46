// Where keys are kept: in IndexedDB, for all tabs, as what cannot be exported.
//
// A key belongs to one sign-in. It is found by names: hashes of what is bound to it, which are the tokens, and before there
// are any the verifier. So no tab can take another session's key, whatever happens at once, and nothing has to say which.
import { answer, within } from "../browser/database.js";
import { createKey } from "./proof.js";

// How long a sign-in may be under way, in milliseconds.
const BEGUN_MS = 3_600_000;
// A tab may still hold the access token of a few refreshes ago.
const MOST_NAMES = 8;

const transact = (work) => within("nightlatch-dpop", ["namespace", "names"], work);

export function keysOf(namespace) {
  // Those that the browser did not keep.
  let unkept = [];

  return {
    /** Makes a key for a sign-in that is named so, and says whether it is `kept`. */
    async create(name) {
      const now = Date.now();
      const made = { ...(await createKey()), namespace, names: [name], at: now, begun: true };
      try {
        await transact(async (entries) => {
          await each(entries, "namespace", namespace, (entry) => entry.begun && Math.abs(now - entry.at) > BEGUN_MS);
          return answer(entries.add(made));
        });
        return { ...made, kept: true };
      } catch {
        unkept.push(made);
        return made;
      }
    },
    /** The key that has a name. Throws where the browser does not say. */
    async find(name) {
      return unkept.find(has(name)) ?? (await transact((entries) => answer(entries.index("names").get(name))));
    },
    /** Has a key be found by the tokens that came of a request, and for a while by those before. */
    async rename(name, tokens) {
      const renamed = (entry) => {
        const before = entry.begun ? [] : entry.names;
        return { ...entry, names: [...new Set([...tokens, ...before])].slice(0, MOST_NAMES), begun: false };
      };
      unkept = unkept.map((entry) => (has(name)(entry) ? renamed(entry) : entry));
      // One that is gone does not come back.
      await transact(async (entries) => {
        const id = await answer(entries.index("names").getKey(name));
        if (id !== undefined) entries.put(renamed(await answer(entries.get(id))), id);
      });
    },
    /** Destroys the keys of these tokens, and all that were made before a time. */
    async destroy(names, before = -Infinity) {
      const goes = (entry) => entry.at < before || names.some((name) => has(name)(entry));
      unkept = unkept.filter((entry) => !goes(entry));
      await transact((entries) => each(entries, "namespace", namespace, goes));
    },
  };
}

const has = (name) => (entry) => entry.names.includes(name);

/** Deletes each entry that is to go. */
async function each(entries, index, of, goes) {
  for (const id of await answer(entries.index(index).getAllKeys(of))) {
    if (goes(await answer(entries.get(id)))) entries.delete(id);
  }
}
