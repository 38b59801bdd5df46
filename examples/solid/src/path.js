import { createSignal } from "solid-js";

/** Where the app is. It stands in for a router. */
export const [path, setPath] = createSignal(location.pathname);

export function goTo({ returnTo }) {
  history.replaceState(null, "", returnTo);
  setPath(location.pathname);
}
