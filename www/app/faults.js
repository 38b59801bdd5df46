/** The switches that break what a sign-out meets on its way. */
import { control, state } from "./control.js";
import { byId, element } from "./elements.js";
import { hear, tell } from "./tabs.js";
import { note } from "./timeline.js";

const works = { value: "none", label: "Works", set: [] };

const groups = {
  revocation: [
    { ...works, told: "The provider works again" },
    { value: "503", label: "Answers 503", told: "The provider's revocation answers 503: come back in five seconds", set: [["revocation", "503:5"]] },
    { value: "hang", label: "Never answers", told: "The provider's revocation never answers", set: [["revocation", "hang"]] },
    { value: "no-cors", label: "Refuses CORS", told: "The provider's revocation refuses the browser (CORS)", set: [["revocation", "no-cors"]] },
    { value: "missing", label: "Has none", told: "The provider has no revocation endpoint", set: [["revocation", "missing"]] },
    { value: "gone", label: "Gone altogether", told: "The provider is gone altogether", set: [["provider", "drop"]] },
  ],
  application: [
    { ...works, told: "The app's own server works again" },
    { value: "503", label: "Answers 503", told: "The app's own server does not end its session (503)", set: [["application", "503"]] },
    { value: "hang", label: "Never answers", told: "The app's own server never answers", set: [["application", "hang"]] },
  ],
  end: [
    { ...works, label: "Works", told: "The provider's end of session works again" },
    { value: "slow", label: "Takes 6 s", told: "The provider's end of session takes six seconds", set: [["end_session", "slow:6000"]] },
    { value: "missing", label: "Has none", told: "The provider has no end of session", set: [["end_session", "missing"]] },
  ],
};

/** Shows the switches where there are any to throw. `changed` hears every change, from whichever tab. */
export async function faultSwitch(changed) {
  const now = await state();
  if (now === null) return;

  for (const [group, choices] of Object.entries(groups)) {
    byId(`fault-${group}`).replaceChildren(
      ...choices.map(({ value, label }) =>
        element("label", { class: "choice" }, element("input", { type: "radio", name: group, value }), element("span", {}, label)),
      ),
    );
  }
  show(now);
  byId("more-faults").open = ["application", "end"].some((group) => byId("faults").elements[group].value !== "none");
  byId("provider").hidden = false;

  byId("faults").addEventListener("change", async ({ target }) => {
    if (target.id === "short-tokens") {
      await control({ accessTokenTtl: target.checked ? 20 : 300 });
      note(target.checked ? "The next access tokens live 20 seconds" : "Access tokens live 5 minutes again");
    } else if (Object.hasOwn(groups, target.name)) {
      const set = Object.keys(groups).flatMap((group) => chosen(group)?.set ?? []);
      await control({ clear: true, fault: set.map(([endpoint, mode]) => ({ endpoint, mode })) });
      const { told, value } = chosen(target.name);
      note(told, value === "none" ? "good" : "bad");
    } else {
      return;
    }
    tell("control");
    changed();
  });
  hear("control", async () => {
    show(await state());
    changed();
  });
}

function chosen(group) {
  return groups[group].find(({ value }) => value === byId("faults").elements[group].value);
}

function show({ faults, accessTokenTtl }) {
  for (const [group, choices] of Object.entries(groups)) {
    const current = choices.findLast(({ set }) => set.every(([endpoint, mode]) => faults[endpoint] === mode));
    for (const radio of byId("faults").elements[group]) radio.checked = radio.value === current.value;
  }
  byId("short-tokens").checked = accessTokenTtl <= 20;
}
