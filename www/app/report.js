/** The report of a sign-out, by the package's own element, and what only a demo knows beside it. */
import { defineReport } from "/nightlatch/report.js";

import { byId, element } from "./elements.js";
import { witness } from "./witness.js";
import { span } from "./words.js";

let waiting;

/** Shows that this browser is done and the network is not. */
export function awaitReport() {
  const since = performance.now();
  const elapsed = element("span", { class: "elapsed", "aria-hidden": "true" }, span(0));
  fill(
    element("p", { class: "eyebrow" }, "Signing out"),
    element("h1", {}, "You are signed out here."),
    element("p", { class: "summary" }, "What is on this device is gone already. The network is given a moment to follow: ", elapsed),
  );
  waiting = setInterval(() => (elapsed.textContent = span(performance.now() - since)), 100);
}

/** Shows a report of a sign-out at this provider. */
export function showReport(report, provider) {
  defineReport();
  const shown = element("nightlatch-report", { "heading-level": 1 });
  Object.assign(shown, { report, provider });
  fill(shown, witness(report), ["ended", "unknown"].includes(report.provider) && element("p", { class: "fine" }, "Now press Back: the page from before comes without its session."));
  byId("report").dataset.complete = report.complete;
  byId("report").focus({ preventScroll: true });
  byId("report").scrollIntoView({ block: "nearest" });
}

/** Takes the report away. */
export function hideReport() {
  clearInterval(waiting);
  byId("report").hidden = true;
  byId("report").replaceChildren();
}

function fill(...content) {
  clearInterval(waiting);
  delete byId("report").dataset.complete;
  byId("report").replaceChildren(...content.filter(Boolean));
  byId("report").hidden = false;
}
