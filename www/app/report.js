/** The report of a sign-out, as people read it: each layer, what came of it, and when that was known. */
import { byId, element } from "./elements.js";
import { witness } from "./witness.js";
import { clock, errors, list, span } from "./words.js";

const scopes = { tab: "this tab", app: "the app", provider: "the provider too" };

const tokenOutcomes = {
  revoked: ["good", "Revoked", "The provider confirmed it."],
  unsupported: ["open", "Not possible", "This provider revokes nothing. The token is good until its time is up."],
  queued: ["open", "Queued", "It did not get through. The outbox keeps it and tries again."],
  unknown: ["open", "Unknown", "Asked, and no answer proves it. The token may still be good at the provider."],
  failed: ["open", "Refused", "The provider did not do it. The token may still be good there."],
  none: ["none", "There was none", "Nothing to revoke."],
  skipped: ["none", "Not asked for", "The token stays good."],
};

const layerOutcomes = {
  ended: ["good", "Ended"],
  redirecting: ["open", "On the way"],
  unsupported: ["open", "Not possible"],
  failed: ["open", "Failed"],
  unknown: ["open", "Unknown"],
  skipped: ["none", "Not asked for"],
};

const providerSentences = {
  ended: "It sent the page back and said so. The next sign-in asks for the password.",
  redirecting: "The page is leaving for the provider.",
  unsupported: "This provider has no way to end its session. The next sign-in asks for the password all the same.",
  failed: "The provider could not be reached for it. The next sign-in asks for the password all the same.",
  unknown: "The page went there and came back without an answer.",
  skipped: "The provider still knows you, and the next sign-in asks for nothing.",
};

const applicationSentences = {
  ended: "It ended the session it had beside ours.",
  failed: "It refused. Its session may still stand.",
  unknown: "Asked, and it gave no answer. Its session may still stand.",
};

const cleanerSentences = {
  done: "The app's own clean-up ran in this tab.",
  failed: "It threw an error, and stopped nothing else.",
  timedOut: "It was given two seconds, and nothing waited longer for it.",
};

const counts = ["", "", "Two", "Three", "Four", "Five"];

let waiting;

/** Shows that this browser is done and the network is not. */
export function awaitReport() {
  const since = performance.now();
  const elapsed = element("span", { class: "elapsed", "aria-hidden": "true" }, span(0));
  fill(
    eyebrow("Signing out"),
    element("h1", { id: "report-title" }, "You are signed out here."),
    element("p", { class: "summary" }, "What is on this device is gone already. The network is given a moment to follow: ", elapsed),
  );
  waiting = setInterval(() => (elapsed.textContent = span(performance.now() - since)), 100);
}

/** Shows a report. */
export function showReport(report) {
  const layers = layersOf(report);
  const open = layers.filter(({ tone }) => tone === "open");
  fill(
    eyebrow(`Sign-out report · ${scopes[report.scope]} · ${clock(report.startedAt)}`),
    element("h1", { id: "report-title" }, headline(report, open)),
    element("p", { class: "summary" }, summary(report, open)),
    element("ul", { class: "layers" }, ...layers.map((layer) => row(layer, scale(report)))),
    report.problems.length > 0 && problems(report.problems),
    witness(report),
    ["ended", "unknown"].includes(report.provider) && element("p", { class: "fine" }, "Now press Back: the page from before comes without its session."),
  );
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

function eyebrow(text) {
  return element("p", { class: "eyebrow" }, text);
}

function headline({ scope, complete, local }, open) {
  if (local.status === "partial") return "Signed out, with something left behind.";
  if (complete && scope === "tab") return "Signed out in this tab.";
  if (complete) return "Signed out. Every layer confirmed.";
  if (open.length === 1 && open[0].outcome === "On the way") return "Signed out here. The provider is next.";
  return open.length === 1 ? "Signed out. One layer unconfirmed." : `Signed out. ${counts[open.length] ?? open.length} layers unconfirmed.`;
}

function summary({ timings, durationMs, complete }, open) {
  const here = timings.local === undefined ? "This browser was done first." : `This browser was done after ${span(timings.local)}.`;
  if (complete || open.length === 0) return `${here} The last word came after ${span(durationMs)}.`;
  return `${here} ${capital(list(open.map(({ said }) => said)))} could not be confirmed within ${span(durationMs)}.`;
}

function layersOf(report) {
  const { scope, local, tabs, tokens, timings } = report;
  const layers = [
    {
      id: "local",
      name: "This browser",
      said: "this browser",
      tone: local.status === "cleared" ? "good" : "open",
      outcome: local.status === "cleared" ? "Cleared" : "Partly cleared",
      sentence: local.status === "cleared" ? "Nothing of the session is left in it." : `Left behind: ${list(local.residue)}.`,
      more: local.removed.length > 0 && keys(local.removed),
      at: timings.local,
    },
    tabsLayer(scope, tabs, timings.tabs),
    { id: "refresh-token", name: "Refresh token", said: "the refresh token", ...token(tokens.refreshToken), at: timings.refreshToken },
    { id: "access-token", name: "Access token", said: "the access token", ...token(tokens.accessToken), at: timings.accessToken },
    { id: "application", name: "The app's own server", said: "the app's own server", ...layer(report.application, applicationSentences[report.application]), at: timings.application },
    { id: "provider-session", name: "Session at the provider", said: "the session at the provider", ...layer(report.provider, providerSentences[report.provider]), at: timings.provider },
    { id: "devices", name: "Other devices", said: "other devices", ...layer(report.devices, ""), at: timings.devices },
    ...report.cleaners.map(({ name, status }) => ({
      id: `cleaner-${name}`,
      name: `Clean-up: ${name}`,
      said: `the clean-up “${name}”`,
      tone: status === "done" ? "good" : "open",
      outcome: { done: "Done", failed: "Failed", timedOut: "Took too long" }[status],
      sentence: cleanerSentences[status],
    })),
  ];
  const optional = ["application", "devices"];
  return layers.filter(({ id, outcome }) => !optional.includes(id) || outcome !== "Not asked for");
}

function tabsLayer(scope, { acknowledged }, at) {
  const base = { id: "tabs", name: "Other tabs", said: "the other tabs", at };
  if (scope === "tab") return { ...base, tone: "none", outcome: "Not asked for", sentence: "They go on as they were.", at: undefined };
  if (acknowledged === 0) return { ...base, tone: "none", outcome: "Told", sentence: "No other tab answered. One that is silent is signed out all the same." };
  const tabs = acknowledged === 1 ? "One other tab" : `${acknowledged} other tabs`;
  return { ...base, tone: "good", outcome: "Signed out", sentence: `${tabs} said so.` };
}

function token(value) {
  const [tone, outcome, sentence] = tokenOutcomes[value];
  return { tone, outcome, sentence };
}

function layer(value, sentence) {
  const [tone, outcome] = layerOutcomes[value];
  return { tone, outcome, sentence };
}

function keys(names) {
  return element(
    "details",
    {},
    element("summary", {}, names.length === 1 ? "One thing removed" : `${names.length} things removed`),
    element("ul", { class: "keys" }, ...names.map((name) => element("li", {}, element("code", {}, name)))),
  );
}

// One scale for all bars, and a logarithmic one: the way to the provider and back would flatten every other.
function scale({ timings }) {
  const longest = Math.log1p(Math.max(1, ...Object.values(timings).filter(Number.isFinite)));
  return (at) => Math.min(1, Math.log1p(Math.max(0, at)) / longest);
}

function row({ id, name, tone, outcome, sentence, more, at }, share) {
  const known = Number.isFinite(at);
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, element("span", {}));
  bar.style.setProperty("--at", known ? share(at).toFixed(4) : 0);
  return element(
    "li",
    { class: "layer", id: `layer-${id}`, "data-tone": tone },
    element("span", { class: "mark", "aria-hidden": "true" }),
    element("div", { class: "layer-words" }, element("h2", {}, name), sentence && element("p", {}, sentence), more),
    element("p", { class: "outcome" }, outcome),
    element("p", { class: "when" }, known ? element("span", {}, span(at)) : element("span", { class: "fine" }, "–"), known && bar),
  );
}

function problems(codes) {
  return element(
    "div",
    { class: "problems" },
    element("h2", {}, "On the way"),
    element("ul", {}, ...[...new Set(codes)].map((code) => element("li", {}, errors[code] ?? code, " ", element("code", {}, code)))),
  );
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
