/** Who is signed in, and how long the access token lives. */
import { byId } from "./elements.js";
import { countdown, storages } from "./words.js";

let expiresAt = null;
let lifetime = 0;
let countingDown;

/** Shows a snapshot of the client. */
export function showSession({ user, expiresAt: ends, scope, storage }) {
  if (ends !== expiresAt) lifetime = ends === null ? 0 : ends - Date.now();
  expiresAt = ends;
  byId("user-name").textContent = user?.name ?? user?.sub ?? "";
  byId("user-email").textContent = user?.email ?? "";
  byId("initials").textContent = (user?.name ?? user?.sub ?? "").split(" ").map((word) => word[0]).join("").slice(0, 2);
  byId("storage").textContent = storages[storage];
  byId("granted").textContent = scope ?? "";
  tick();
  countingDown ??= setInterval(tick, 1000);
}

/** Stops the clock: there is nothing left that it could count. */
export function stopCountdown() {
  clearInterval(countingDown);
  countingDown = undefined;
}

function tick() {
  const left = (expiresAt ?? 0) - Date.now();
  const share = lifetime > 0 ? Math.min(1, Math.max(0, left / lifetime)) : 0;
  byId("life").textContent = expiresAt === null ? "lives as long as the provider likes" : left > 0 ? `${countdown(left)} left` : "expired: the next call fetches another";
  byId("gauge").style.setProperty("--left", share.toFixed(3));
}
