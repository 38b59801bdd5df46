/** The switch that cuts the provider off. */
import { control, state } from "./control.js";
import { byId, element } from "./elements.js";
import { hear, tell } from "./tabs.js";
import { note } from "./timeline.js";

const choices = [
  { value: "none", label: "It works", told: "The provider works again", set: [] },
  { value: "503", label: "Answers 503", told: "The provider's revocation answers 503", set: [["revocation", "503"]] },
  { value: "hang", label: "Never answers", told: "The provider's revocation never answers", set: [["revocation", "hang"]] },
  { value: "no-cors", label: "Refuses CORS", told: "The provider's revocation refuses the browser (CORS)", set: [["revocation", "no-cors"]] },
  { value: "missing", label: "Has none", told: "The provider has no revocation endpoint", set: [["revocation", "missing"]] },
  { value: "gone", label: "Gone altogether", told: "The provider is gone altogether", set: [["provider", "drop"]] },
];

/** Shows the switch where there is one to throw. `changed` hears every change, from whichever tab; with what was chosen, where it was chosen here. */
export async function faultSwitch(changed) {
  const now = await state();
  if (now === null) return;

  byId("fault-choices").replaceChildren(
    ...choices.map(({ value, label }) =>
      element("label", { class: "choice" }, element("input", { type: "radio", name: "fault", value }), element("span", {}, label)),
    ),
  );
  show(now);
  byId("provider").hidden = false;

  byId("faults").addEventListener("change", async ({ target }) => {
    if (target.id === "short-tokens") {
      await control({ accessTokenTtl: target.checked ? 20 : 300 });
      note(target.checked ? "The next access tokens live 20 seconds" : "Access tokens live 5 minutes again");
    } else {
      const { set, told } = choices.find(({ value }) => value === target.value);
      await control({ clear: true, fault: set.map(([endpoint, mode]) => ({ endpoint, mode })) });
      note(told, set.length ? "bad" : "good");
    }
    tell("control");
    changed(target.value);
  });
  hear("control", async () => {
    show(await state());
    changed();
  });
}

function show({ faults, accessTokenTtl }) {
  const same = ({ set }) => set.length === Object.keys(faults).length && set.every(([endpoint, mode]) => faults[endpoint] === mode);
  const current = choices.find(same);
  for (const radio of byId("faults").elements.fault) radio.checked = radio.value === current?.value;
  byId("short-tokens").checked = accessTokenTtl <= 20;
}
