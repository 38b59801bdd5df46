// A report in words: each layer with its outcome, by a map of labels and the customs of a language.
import { ENGLISH } from "./labels.js";

const OPEN = ["failed", "partial", "queued", "redirecting", "timedOut", "unknown", "unsupported"];
const NONE = ["none", "planned", "silent", "skipped"];

/** Whether an outcome is confirmed (`good`), not confirmed (`open`), or was not asked for (`none`). */
const toneOf = (outcome) => (OPEN.includes(outcome) ? "open" : NONE.includes(outcome) ? "none" : "good");

/**
 * What a report says: `{ eyebrow, title, summary, layers, problems, complete }`. A layer is `{ id, name, tone, outcome, text, items, at, time }`: `at` in
 * milliseconds, `time` the same for people.
 */
export function wordsOf(report, { labels = {}, provider, lang: asked } = {}) {
  const lang = languageOf(asked);
  const number = (options) => (value) => new Intl.NumberFormat(lang, options).format(value);
  const milliseconds = number({ style: "unit", unit: "millisecond", maximumFractionDigits: 0 });
  const seconds = number({ style: "unit", unit: "second", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const span = (ms) => (ms < 1000 ? milliseconds(Math.max(0, ms)) : seconds(ms / 1000));
  const list = (words) => new Intl.ListFormat(lang, { type: "conjunction" }).format(words);
  const plain = (key) => labels[key] ?? ENGLISH[key] ?? "";
  const name = (typeof provider === "string" ? provider : provider?.row?.name) ?? plain("provider");
  const say = (key, filled = {}) => capital(plain(key).replace(/\{(\w+)\}/g, (whole, key) => ({ provider: name, ...filled })[key] ?? whole));
  const count = (key, count, filled) => {
    const form = `${key}.${new Intl.PluralRules(lang).select(count)}`;
    return say(plain(form) ? form : `${key}.other`, { count: number()(count), ...filled });
  };

  const { scope, local, tabs, tokens, timings } = report;
  const isPlanned = local.status === "planned";
  const layers = [];
  const add = (id, name, outcome, texts) => {
    const at = timings[id];
    const known = Number.isFinite(at);
    layers.push({ id, name, tone: toneOf(outcome), items: [], ...texts, ...(known && { at, time: span(at) }) });
  };
  const layer = (id, key, outcome, text) => {
    if (outcome !== undefined) add(id, say(key), outcome, { outcome: say(`outcome.${outcome}`), text: text ?? say(`${key}.${outcome}.text`) });
  };
  const optional = (id, key, outcome, text) => outcome !== "skipped" && layer(id, key, outcome, text);

  add("local", say("local"), local.status, {
    outcome: say(`local.${local.status}`),
    text: say(`local.${local.status}.text`, { list: list(local.residue) }),
    items: local.removed,
  });
  const others = scope === "tab" ? "skipped" : isPlanned ? "planned" : tabs.acknowledged > 0 ? "out" : "silent";
  add("tabs", say("tabs"), others, {
    outcome: others === "skipped" ? say("outcome.skipped") : say(`tabs.${others}`),
    text: others === "out" ? count("tabs.text", tabs.acknowledged) : say(`tabs.${others}.text`),
  });
  for (const id of ["refreshToken", "accessToken"]) add(id, say(id), tokens[id], { outcome: say(`token.${tokens[id]}`), text: say(`token.${tokens[id]}.text`) });
  optional("application", "application", report.application);
  layer("provider", "providerSession", report.provider);
  // `logoutEverywhere` and `disconnect` say why.
  const why = report.reason?.text;
  optional("devices", "devices", report.devices, report.permission === undefined ? why : undefined);
  layer("permission", "permission", report.permission, report.permission === undefined ? undefined : why);
  for (const { name, status } of report.cleaners) {
    add(`cleaner-${name}`, say("cleaner", { name }), status, { outcome: say(`cleaner.${status}`), text: say(`cleaner.${status}.text`) });
  }

  const open = layers.filter(({ tone }) => tone === "open");
  const title = () => {
    if (isPlanned) return say("title.planned");
    if (local.status === "partial") return say("title.partial");
    if (report.complete || open.length === 0) return say(scope === "tab" ? "title.tab" : "title.complete");
    if (open.length === 1 && report.provider === "redirecting") return say("title.redirecting");
    return count("title.open", open.length);
  };
  const summary = () => {
    if (isPlanned) return say("summary.planned");
    const here = timings.local === undefined ? "" : say("summary.local", { time: span(timings.local) });
    const rest = say(open.length === 0 ? "summary.last" : "summary.open", { time: span(report.durationMs), list: list(open.map(({ name }) => name)) });
    return [here, rest].filter(Boolean).join(" ");
  };
  const clock = new Intl.DateTimeFormat(lang, { timeStyle: "medium" });
  return {
    eyebrow: say("eyebrow", { scope: plain(`scope.${scope}`), time: clock.format(report.startedAt) }),
    title: title(),
    summary: summary(),
    layers,
    problemsTitle: say("problems"),
    problems: [...new Set(report.problems)].map((code) => ({ code, text: say(`problem.${code}`) })),
    removed: (items) => count("removed", items.length),
  };
}

/** The same as lines of text: for a log, a mail, a printer. */
export function textOf(report, options) {
  const { eyebrow, title, summary, layers, problemsTitle, problems } = wordsOf(report, options);
  const lines = layers.flatMap(({ name, outcome, text, items, time }) => [
    `- ${name}: ${outcome}${time ? ` (${time})` : ""}${text ? `. ${text}` : ""}`,
    ...items.map((item) => `    ${item}`),
  ]);
  const trouble = problems.length > 0 ? [`${problemsTitle}:`, ...problems.map(({ code, text }) => `- ${text ? `${text} ` : ""}(${code})`)] : [];
  return [eyebrow, title, summary, ...lines, ...trouble].join("\n");
}

// What is not the name of a language is not taken for one; the browser's own is taken then.
function languageOf(lang) {
  try {
    return Intl.getCanonicalLocales(lang)[0];
  } catch {}
}

const capital = (text) => text.replace(/^\p{Ll}/u, (first) => first.toLocaleUpperCase());
