// Compiled by `cargo xtask check`, never run: what the adapters promise to those who write TypeScript.
import { createElement, type ReactNode } from "react";
import { createApp, h } from "vue";
import { createClient, type Client, type ClientOptions, type LogoutReport, type User } from "nightlatch";
import { handlePopupCallback } from "nightlatch/popup";
import { google } from "nightlatch/providers";
import { AuthProvider, RequireAuth, useAuth, type AuthState } from "nightlatch/react";
import * as solid from "nightlatch/solid";
import { authStore, type AuthStore } from "nightlatch/svelte";
import * as vue from "nightlatch/vue";

declare const options: ClientOptions;
declare const auth: Client;

// A client comes from options, from what gives them, or is the app's own; and from one of them alone.
createElement(AuthProvider, { options });
createElement(AuthProvider, { options: () => options, fallback: "…" });
createElement(AuthProvider, { options: { provider: google(), clientId: "spa", redirectUri: "https://app.example/" } });
createElement(AuthProvider, { client: createClient(options), onError: ({ code }) => code === "network_error", handleCallback: handlePopupCallback });
createElement(AuthProvider, { client: auth, onReturn: (result) => (result.kind === "logout" ? result.report : result.user) }, "child");
// @ts-expect-error: neither
createElement(AuthProvider, {});
// @ts-expect-error: both
createElement(AuthProvider, { client: auth, options });
// @ts-expect-error: no clientId
createElement(AuthProvider, { options: { issuer: "https://id.example", redirectUri: "https://app.example/" } });

// What a hook gives is what a view needs; it is `loading` before there is a client.
export function view(): ReactNode {
  const { client, error, fetch, getAccessToken, login, logout, onLogout, report, status, user }: AuthState = useAuth();
  const shown: User | null = user;
  const token: Promise<string> = getAccessToken({ minValidity: 60 });
  const off: () => void = onLogout(() => {}, { name: "cache" });
  const left: Promise<LogoutReport> = logout({ scope: "provider" });
  const handlers: ((event: MouseEvent) => void)[] = [login, logout];
  createElement("button", { onClick: login });
  // @ts-expect-error: no such option
  login({ target: "/" });
  // @ts-expect-error: there may be none yet
  client.close();
  // @ts-expect-error: no such status
  if (status === "unknown") return null;
  if (status === "loading") return error?.code;
  void [fetch("/api"), handlers, left, off, report?.complete, shown?.sub, token];
  return createElement("button", { onClick: () => login({ returnTo: "/" }) });
}
createElement(RequireAuth, { login: { prompt: "login" }, fallback: "…", signedOut: createElement("p") }, "child");
// @ts-expect-error: no such option
createElement(RequireAuth, { login: { target: "/" } });

// In Vue what is shown is refs, and what is done is functions.
const plugin: vue.Auth = vue.createAuth(options, { onError: console.error });
createApp({}).use(vue.createAuth(auth));
export function setup() {
  const { isAuthenticated, logout, requireAuth, user } = vue.useAuth();
  const name: unknown = user.value?.["name"];
  // @ts-expect-error: a computed ref
  isAuthenticated.value = true;
  // @ts-expect-error: no such scope
  logout({ scope: "world" });
  return () => [name, requireAuth(), h(vue.RequireAuth, { login: { prompt: "login" } }, { default: () => "in", "signed-out": () => "out" })];
}

// A store of Svelte is `$auth`, and has what can be done beside it.
const store: AuthStore = authStore(async () => options);
const stop: () => void = store.subscribe(({ isAuthenticated, status }) => isAuthenticated || status === "loading");
const released: () => void = store.requireAuth({ loginHint: "ada" });
// @ts-expect-error: neither options nor a client
authStore({ issuer: "https://id.example" });

// In Solid members are read where they are shown.
const state = solid.createAuth(options);
const sub: string | undefined = state.user?.sub;
// @ts-expect-error: read-only
state.status = "signed-in";

export { plugin, released, stop, sub };
