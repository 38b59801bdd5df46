// Solid over the store of a client: members that are read like signals.
import { createSignal, getOwner, onCleanup } from "solid-js";

import { adapter } from "./adapter.js";

export function createAuth(given, handlers) {
  const auth = adapter(given, handlers);
  const [state, setState] = createSignal(auth.getSnapshot());
  const ends = [auth.subscribe(() => setState(auth.getSnapshot()))];
  // On a server nobody is known.
  if (typeof document !== "undefined") ends.push(auth.start());
  if (getOwner()) onCleanup(() => ends.forEach((end) => end()));
  const members = auth.members.map((name) => [name, { enumerable: true, get: () => state()[name] }]);
  return Object.freeze(Object.defineProperties({ ...auth.calls, requireAuth: auth.requireAuth }, Object.fromEntries(members)));
}
