/** What a sign-out can be asked to reach, side by side, each with what it does with this provider. */
import { byId, element } from "./elements.js";

/** Draws the cards for a provider's metadata; `null` while it cannot be asked. */
export function scopeCards(metadata) {
  const chosen = new FormData(byId("sign-out-form")).get("scope") ?? "app";
  byId("scopes").replaceChildren(...cards(metadata).map((card) => scopeCard(card, card.value === chosen)));
}

/** The scope that is chosen. */
export function chosenScope() {
  return new FormData(byId("sign-out-form")).get("scope");
}

function scopeCard({ value, title, lines }, checked) {
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

function cards(metadata) {
  const revokes = metadata === null ? true : metadata.revocation_endpoint !== undefined;
  const ends = metadata === null ? true : metadata.end_session_endpoint !== undefined;
  const tokens = revokes ? ["yes", "Both tokens are revoked at the provider"] : ["limit", "This provider revokes nothing: tokens live on until they expire"];
  return [
    {
      value: "tab",
      title: "This tab",
      lines: [
        ["yes", "This tab forgets everything"],
        ["no", "Other tabs go on"],
        ["no", "Their tokens stay good"],
      ],
    },
    {
      value: "app",
      title: "The app",
      lines: [["yes", "This tab and every other one"], ["yes", "All that is stored in this browser"], tokens, ["no", "The provider still knows you: the next sign-in asks for nothing"]],
    },
    {
      value: "provider",
      title: "The provider too",
      lines: [
        ["yes", "All that “The app” ends"],
        ...(revokes ? [] : [tokens]),
        ends
          ? ["yes", "The session at the provider: the page goes there and comes back, and the next sign-in asks for the password"]
          : ["limit", "This provider has no way to end its session"],
      ],
    },
  ];
}
