/** What a sign-out can be asked to reach, side by side, each with what the client says it would do: the report of a dry run. */
import { byId, element } from "./elements.js";

const scopes = [
  ["tab", "This tab"],
  ["app", "The app"],
  ["provider", "The provider too"],
];

let asked = 0;
let drawn;

/** Draws the cards from three dry runs. Nothing is ended, stored or sent by them, but for the question for the provider's metadata. */
export async function scopeCards(client) {
  const turn = ++asked;
  const reports = await Promise.all(scopes.map(([scope]) => client.logout({ scope, dryRun: true })));
  if (turn !== asked) return; // A later question has a truer answer.
  const said = reports.map(lines);
  // Who is about to choose keeps the card under hand.
  if (JSON.stringify(said) === drawn) return;
  drawn = JSON.stringify(said);
  const chosen = chosenScope() ?? "app";
  byId("scopes").replaceChildren(...scopes.map(([value, title], at) => card(value, title, said[at], value === chosen)));
}

/** The scope that is chosen. */
export function chosenScope() {
  return new FormData(byId("sign-out-form")).get("scope");
}

function card(value, title, lines, checked) {
  return element(
    "label",
    { class: "scope" },
    element("input", { type: "radio", name: "scope", value, checked, "aria-labelledby": `scope-${value}`, "aria-describedby": `scope-${value}-does` }),
    element("span", { class: "scope-title", id: `scope-${value}` }, title),
    element(
      "span",
      { class: "scope-does", id: `scope-${value}-does` },
      ...lines.map(([reached, text]) =>
        element(
          "span",
          { class: "line", "data-reached": reached },
          element("span", { class: "visually-hidden" }, { yes: "Ends: ", no: "Stays: ", limit: "Limit: " }[reached]),
          element("span", {}, `${text}. `),
        ),
      ),
    ),
  );
}

function lines({ scope, tokens, application, provider, capabilities }) {
  return [
    scope === "tab" ? ["yes", "This tab forgets everything"] : ["yes", "This tab and every other one, and what they store"],
    scope === "tab" && capabilities.storage === "browser" && ["no", "Other tabs go on"],
    tokenLines[kindOf(tokens)],
    applicationLines[application],
    providerLines[provider],
  ].filter(Boolean);
}

// Both tokens mostly share a fate; where they do not, the refresh token's counts.
const kindOf = ({ refreshToken, accessToken }) => (refreshToken === "none" ? accessToken : refreshToken);

const tokenLines = {
  planned: ["yes", "Both tokens are revoked at the provider"],
  unsupported: ["limit", "This provider revokes nothing: tokens live on until they expire"],
  failed: ["limit", "The provider does not say how to revoke tokens: they may live on until they expire"],
  skipped: ["no", "The tokens stay good"],
};

const applicationLines = {
  planned: ["yes", "The session at the app's own server"],
  skipped: ["no", "The session at the app's own server goes on"],
};

const providerLines = {
  planned: ["yes", "The session at the provider: the page goes there and comes back"],
  unsupported: ["limit", "This provider has no way to end its session: the next sign-in asks for the password"],
  failed: ["limit", "The provider cannot be reached to end its session: the next sign-in asks for the password"],
  skipped: ["no", "The provider still knows you: the next sign-in asks for nothing"],
};
