/** What is true, beside what a report could see: the provider's own word, and that of the app's own server. The demo's server asks them, past every fault. */
import { state } from "./control.js";
import { element } from "./elements.js";
import { serverSession } from "./server-session.js";

/** A box that asks at once, and again on demand. */
export function witness({ tokens, application }) {
  const words = element("p", { id: "witness", "aria-live": "polite" }, "…");
  const again = element("button", { type: "button", class: "quiet" }, "Ask again");
  const box = element("div", { class: "witness", hidden: true }, element("div", {}, element("h2", {}, "In their own words"), words), again);
  const ask = async () => {
    const [now, server] = await Promise.all([state().catch(() => null), serverSession()]);
    if (now === null) return;
    words.replaceChildren(
      ...said("Access token", now.alive.accessToken, tokens.accessToken, "still good", "no longer good"),
      ...said("Refresh token", now.alive.refreshToken, tokens.refreshToken, "still good", "no longer good"),
      ...said("The app's own server", server, application, "session alive", "session ended"),
    );
    box.hidden = false;
  };
  again.addEventListener("click", ask);
  ask();
  return box;
}

function said(name, alive, outcome, yes, no) {
  if (alive === null) return [];
  const tone = outcome === "skipped" ? "none" : alive ? "open" : "good";
  return [element("span", { class: "word", "data-tone": tone }, `${name}: ${alive ? yes : no}`)];
}
