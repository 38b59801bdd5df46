/** What a sign-out can be asked to reach, side by side, each with what `nightlatch/explain` says that it would come to, and why not to more. */
import { explain } from "/nightlatch/explain.js";

import { byId, element } from "./elements.js";

const scopes = [
  ["tab", "This tab"],
  ["app", "The app"],
  ["provider", "The provider too"],
];

let asked = 0;
let drawn;

/** Draws the cards. Nothing is ended, stored or sent by asking, but for the question for the provider's metadata. */
export async function scopeCards(client, provider) {
  const turn = ++asked;
  const explanation = await explain(client, { provider });
  if (turn !== asked) return; // A later question has a truer answer.
  // Who is about to choose keeps the card under hand.
  if (JSON.stringify(explanation) === drawn) return;
  drawn = JSON.stringify(explanation);
  const chosen = chosenScope() ?? "app";
  byId("scopes").replaceChildren(...scopes.map(([value, title]) => card(value, title, explanation[value], value === chosen)));
}

/** The scope that is chosen. */
export function chosenScope() {
  return new FormData(byId("sign-out-form")).get("scope");
}

function card(value, title, layers, checked) {
  return element(
    "label",
    { class: "scope" },
    element("input", { type: "radio", name: "scope", value, checked, "aria-labelledby": `scope-${value}`, "aria-describedby": `scope-${value}-does` }),
    element("span", { class: "scope-title", id: `scope-${value}` }, title),
    element(
      "span",
      { class: "scope-does", id: `scope-${value}-does` },
      ...layers.map((layer) =>
        element(
          "span",
          { class: "line", "data-reached": kindOf(layer) },
          element("span", { class: "visually-hidden" }, { yes: "Ends: ", no: "Stays: ", limit: "Limit: " }[kindOf(layer)]),
          element("span", {}, `${layer.text} `),
        ),
      ),
    ),
  );
}

// What another scope would reach is no limit.
const kindOf = ({ reached, reason }) => (reached === "yes" ? "yes" : ["scope", "not_configured"].includes(reason) ? "no" : "limit");
