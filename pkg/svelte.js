// A client as a readable store, for Svelte 4 and 5. The contract of stores is all that it needs of Svelte.
import { adapter } from "./adapter.js";

export function authStore(given, handlers) {
  const auth = adapter(given, handlers);
  return {
    subscribe(run) {
      // A server subscribes too, and nobody is known there.
      if (typeof document !== "undefined") auth.open();
      const end = auth.subscribe(() => run(auth.getSnapshot()));
      run(auth.getSnapshot());
      return end;
    },
    ...auth.calls,
    requireAuth: auth.requireAuth,
    close: auth.close,
  };
}
