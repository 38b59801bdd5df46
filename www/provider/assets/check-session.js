// Tells whoever embeds this page whether the person is still who they were: OpenID Connect Session Management 1.0 §3.2.
addEventListener("message", async ({ data, origin, source }) => {
  const [clientId, sessionState = ""] = String(data).split(" ");
  const [hash, salt] = sessionState.split(".");
  if (!clientId || !hash || !salt) return source.postMessage("error", origin);
  const state = document.cookie.split("; ").find((pair) => pair.startsWith("browser_state="));
  const text = `${clientId} ${origin} ${state?.slice("browser_state=".length) ?? ""} ${salt}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const now = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  source.postMessage(now === hash ? "unchanged" : "changed", origin);
});
