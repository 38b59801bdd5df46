import { ref } from "vue";

/** Where the app is. It stands in for a router. */
export const path = ref(location.pathname);

export function goTo({ returnTo }) {
  history.replaceState(null, "", returnTo);
  path.value = location.pathname;
}
