// The app's own server: the request that ends its session there.
import { send } from "./request.js";

/** Sends what the app described, with its cookies: `{ status, body }`, status 0 for a redirect, or `{ failure }`. `more` gives further headers. */
export function end({ url, method, headers, csrf }, timeoutMs, more) {
  const sent = { ...headers };
  const token = csrf && (csrf.cookie ? cookie(csrf.cookie) : document.querySelector(`meta[name="${CSS.escape(csrf.meta)}"]`)?.content);
  if (token) sent[csrf.header ?? (csrf.cookie ? "X-XSRF-TOKEN" : "X-CSRF-Token")] = token;
  const init = { method: method ?? "POST", credentials: "include", redirect: "manual", keepalive: true };
  return send({ url: new URL(url, location.origin), form: null, timeoutMs }, async () => ({ ...init, headers: { ...sent, ...(await more?.()) } }));
}

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}
