/** The app's own session at its own server, which a sign-out ends along with the rest. */
import { byId } from "./elements.js";

let begun;

/** Whether it stands, as the server says; `null` where it says nothing. */
export async function serverSession() {
  try {
    const answer = await fetch("/session", { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).alive : null;
  } catch {
    return null;
  }
}

/** Begins it, where another tab has not. */
export async function beginServerSession() {
  begun = serverSession().then((alive) => alive || fetch("/session", { method: "POST" }));
  await showServerSession();
}

/** Shows whether it stands. */
export async function showServerSession() {
  await begun;
  const alive = await serverSession();
  byId("server-session").textContent = alive === null ? "the server does not say" : alive ? "a session of its own, alive" : "no session";
}
