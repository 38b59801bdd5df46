"use client";
// React over the store of a client: 18 and 19, Strict Mode, Suspense and server rendering.
import { createContext, createElement, Fragment, useContext, useEffect, useLayoutEffect, useState, useSyncExternalStore } from "react";

import { adapter } from "./adapter.js";

const Auth = createContext(null);

// Before anything is painted; a server, which paints nothing, would warn of it.
const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;

// A tree that React gives up before it is mounted, and begins anew, finds what it had.
const known = new WeakMap();

export function AuthProvider({ children, client, fallback, handleCallback, onError, onReturn, options }) {
  const [auth] = useState(() => adapterOf(client ?? options));
  useEffect(() => auth.setHandlers({ handleCallback, onError, onReturn }));
  useEffect(() => auth.start(), [auth]);
  const isSettled = useSyncExternalStore(auth.subscribe, auth.isSettled, never);
  return createElement(Auth.Provider, { value: auth }, isSettled || fallback === undefined ? children : fallback);
}

export function useAuth() {
  const auth = useAdapter();
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot);
}

export function RequireAuth({ children, fallback = null, login, signedOut = createElement(SignIn, { login }) }) {
  const auth = useAdapter();
  const { isAuthenticated, status } = useAuth();
  useBeforePaint(() => auth.requireAuth(login), [auth, login]);
  const shown = status === "signed-out" ? signedOut : fallback;
  return createElement(Fragment, null, isAuthenticated ? children : shown);
}

function SignIn({ login: options }) {
  const { login } = useAuth();
  return createElement("button", { type: "button", onClick: () => login(options) }, "Sign in");
}

function useAdapter() {
  const auth = useContext(Auth);
  if (!auth) throw new Error("nightlatch/react: there is no AuthProvider around this component");
  return auth;
}

function adapterOf(given) {
  if (Object(given) !== given) return adapter(given);
  if (!known.has(given)) known.set(given, adapter(given));
  return known.get(given);
}

function never() {
  return false;
}
