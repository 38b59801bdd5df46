/** The app's own clean-up, which nightlatch runs in every tab whenever a session ends there. One of the two can be made to go wrong. */
import { forgetAnswer } from "./api.js";
import { byId } from "./elements.js";
import { stopCountdown } from "./session.js";

// Under a name that no sign-out wipes: a switch of the demo is nothing of the app's.
const KEY = "nightlatch-demo.clean-up";

const ways = {
  works: stopCountdown,
  fails() {
    throw new Error("this clean-up fails, as its switch in the demo says");
  },
  hangs: () => new Promise(() => {}),
};

/** Registers both, and shows the switch. */
export function cleaners(client) {
  client.onLogout(() => forgetAnswer("Call it now: there is no token left to send."), { name: "answers of the API" });
  // Another tab may have thrown the switch: it is read when it counts.
  client.onLogout(() => ways[way()](), { name: "countdown" });

  const radios = byId("sign-out-form").elements["clean-up"];
  radios.value = way();
  for (const radio of radios) radio.addEventListener("change", () => localStorage.setItem(KEY, radio.value));
  addEventListener("storage", ({ key }) => {
    if (key === KEY) radios.value = way();
  });
}

function way() {
  const kept = localStorage.getItem(KEY);
  return Object.hasOwn(ways, kept) ? kept : "works";
}
