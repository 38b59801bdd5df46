/** The outbox: whether the client has one, and what became of what it keeps. */
import { outbox } from "/nightlatch/outbox.js";

import { state } from "./control.js";
import { byId } from "./elements.js";
import { note } from "./timeline.js";
import { list } from "./words.js";

const CHOICE = "nightlatch-demo.outbox";
const QUEUED = "nightlatch-demo.queued";
const LOOK_MS = 2000;

const names = { refreshToken: "the refresh token", accessToken: "the access token" };
const hint = "Let the provider work again: what is kept is sent when it said to come back, when the browser is online again, or when the app starts again.";
const atStart = localStorage.getItem(CHOICE) === "on";
let next;

/** The option `outbox`, as it was chosen when this page was loaded. */
export const chosenOutbox = atStart ? outbox() : undefined;

/** Shows the switch. A client takes the option when it is made, so the page has to be loaded anew for it. */
export function outboxSwitch() {
  const box = byId("outbox");
  const show = () => {
    const on = localStorage.getItem(CHOICE) === "on";
    box.checked = on;
    byId("outbox-reload").hidden = on === atStart;
  };
  box.addEventListener("change", () => {
    if (box.checked) localStorage.setItem(CHOICE, "on");
    else localStorage.removeItem(CHOICE);
    show();
  });
  addEventListener("storage", ({ key }) => key === CHOICE && show());
  for (const button of [byId("outbox-reload"), byId("queue-reload")]) button.addEventListener("click", () => location.reload());
  show();
  follow();
}

/** Remembers, over a reload too, what a report said is queued, and follows it. */
export function followQueued({ tokens }) {
  const queued = Object.keys(names).filter((token) => tokens[token] === "queued");
  if (queued.length === 0) return;
  sessionStorage.setItem(QUEUED, JSON.stringify(queued));
  follow();
}

/** Follows nothing any more: somebody has signed in, and the provider's word is about their tokens now. */
export function forgetQueued() {
  clearTimeout(next);
  sessionStorage.removeItem(QUEUED);
  byId("queue").hidden = true;
}

// Only the provider knows what became of a token, and the demo's server asks it, past every fault.
async function follow() {
  clearTimeout(next);
  const queued = JSON.parse(sessionStorage.getItem(QUEUED) ?? "[]");
  if (queued.length === 0) return;
  const now = await state().catch(() => null);
  const waiting = queued.filter((token) => now === null || now.alive[token]);
  if (sessionStorage.getItem(QUEUED) === null) return;

  const done = waiting.length === 0;
  byId("queue").dataset.tone = done ? "good" : "open";
  const text = done
    ? `The outbox got through: ${list(queued.map((token) => names[token]))} ${queued.length === 1 ? "is" : "are"} revoked now.`
    : `${capital(list(waiting.map((token) => names[token])))} ${waiting.length === 1 ? "is" : "are"} still good at the provider. ${hint}`;
  // What has not changed is not to be read out again.
  if (byId("queue-text").textContent !== text) byId("queue-text").textContent = text;
  byId("queue-reload").hidden = done;
  byId("queue").hidden = false;
  if (done) {
    note("The outbox got through", "good");
    sessionStorage.removeItem(QUEUED);
  } else {
    next = setTimeout(follow, LOOK_MS);
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
