import { writable } from "svelte/store";

/** Where the app is. It stands in for a router. */
export const path = writable(location.pathname);

export function goTo({ returnTo }) {
  history.replaceState(null, "", returnTo);
  path.set(location.pathname);
}
