// The app's own server: the request that ends its session there.
import { send } from "./request.js";

/** Sends what the app describes, with its cookies: `{ status, body }`, status 0 for a redirect, or `{ failure }`. */
export const end = ({ url, method = "POST", headers, csrf }, timeoutMs) =>
  send({ url: new URL(url, origin), form: null, timeoutMs }, async () => {
    const token = csrf && (csrf.cookie ? cookie(csrf.cookie) : document.querySelector(`meta[name="${csrf.meta}"]`)?.content);
    const sent = new Headers();
    if (token) sent.set(csrf.header ?? (csrf.cookie ? "X-XSRF-TOKEN" : "X-CSRF-Token"), token);
    const more = await (typeof headers === "function" ? headers() : headers);
    for (const name in more) sent.set(name, more[name]);
    return { method, headers: sent, credentials: "include", redirect: "manual", keepalive: true };
  });

function cookie(name) {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
}
