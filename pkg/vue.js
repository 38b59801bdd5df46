// Vue 3 over the store of a client: a plugin, what its refs show, and a component for views that need somebody.
import { computed, defineComponent, h, inject, onBeforeUnmount, onMounted, shallowRef } from "vue";

import { adapter } from "./adapter.js";

const KEY = Symbol("nightlatch");

export function createAuth(given, handlers) {
  const auth = adapter(given, handlers);
  const state = shallowRef(auth.getSnapshot());
  auth.subscribe(() => (state.value = auth.getSnapshot()));
  const plugin = {
    ...Object.fromEntries(auth.members.map((name) => [name, computed(() => state.value[name])])),
    ...auth.calls,
    requireAuth: auth.requireAuth,
    install(app) {
      app.provide(KEY, plugin);
      // On a server nobody is known.
      if (typeof document !== "undefined") app.onUnmount?.(auth.start());
    },
  };
  return plugin;
}

export function useAuth() {
  const auth = inject(KEY, null);
  if (!auth) throw new Error("nightlatch/vue: the app does not use what createAuth() gives");
  return auth;
}

export const RequireAuth = defineComponent({
  name: "RequireAuth",
  props: { login: Object },
  setup(props, { slots }) {
    const { isAuthenticated, login, requireAuth, status } = useAuth();
    let end;
    onMounted(() => (end = requireAuth(props.login)));
    onBeforeUnmount(() => end());
    const button = () => h("button", { type: "button", onClick: () => login(props.login) }, "Sign in");
    return () => {
      if (isAuthenticated.value) return slots.default?.();
      if (status.value !== "signed-out") return slots.fallback?.();
      return (slots["signed-out"] ?? button)();
    };
  },
});
