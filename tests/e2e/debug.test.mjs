// The option `debug`: what a client tells of itself, in which order, and what it never tells.
import assert from "node:assert/strict";
import { test } from "node:test";

import { strictPolicy } from "../../www/static.mjs";
import { accessToken, askApi, comeBack, failure, leaveForGood, leaveForProvider, logout, openApp, openSignedIn, signIn } from "./harness/app.mjs";
import { changeTokenAnswer } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { secrets } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";
import { json } from "../../www/faults.mjs";

const stage = setStage({ csp: (config) => `${strictPolicy(config).replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self'` });

const timeline = (tab) => tab.run(() => window.debug.timeline);
const warnings = async (tab) => (await timeline(tab)).filter(({ kind }) => kind === "warning").map(({ name }) => name);
const isAnswered = (entries, endpoint) => entries.find(({ name, detail }) => name === "answer" && detail.endpoint === endpoint);

/** Begins again with another option, and asks for nothing yet. */
function watch(options, more) {
  stage.world.config.e2e = { debug: { silent: true }, options, ...more };
}

test("WEB-15 a sign-out reads in the order of ARCHITECTURE.md, and the console has the lines that the timeline has", async () => {
  stage.world.config.e2e = { debug: true };
  const tab = await openSignedIn(stage);
  const other = await openApp(stage);
  const report = await logout(tab);

  const entries = await until("the record has confirmed it", async () => {
    const all = await timeline(tab);
    return all.some(({ name, detail }) => name === "cleared" && detail.cleared === "logout") && all;
  });
  const from = entries.findIndex(({ name }) => name === "logout");
  const names = entries.slice(from).map(({ name, detail }) => (["answer", "request"].includes(name) ? `${name} ${detail.endpoint}` : name));
  const first = [
    "logout", "shut", "abort", "status",
    "ended", "forget", "told", "wipe", "request revocation (refresh token)", "request revocation (access token)",
  ];
  // The mark is heard at once, and the other tab may be quicker than the record.
  assert.deepEqual(names.filter((name) => !["heard", "look"].includes(name)).slice(0, first.length), first);
  // Each in its order; what comes in between is the network's, and the other tab's.
  const local = names.filter((name) => ["wiped", "status", "signedOut", "report", "cleared"].includes(name));
  assert.deepEqual(local, ["status", "wiped", "status", "signedOut", "report", "cleared"]);
  assert.ok(names.includes("answer revocation (refresh token)") && names.includes("answer revocation (access token)"));

  const told = entries.find(({ name }) => name === "report");
  const { durationMs } = report;
  const skipped = { application: "skipped", provider: "skipped", devices: "skipped" };
  assert.deepEqual(told.detail, { scope: "app", complete: true, durationMs, local: "cleared", tabs: 1, refreshToken: "revoked", accessToken: "revoked", ...skipped, cleaners: "", problems: "" });
  const { detail } = isAnswered(entries, "revocation (refresh token)");
  assert.equal(detail.status, 200);
  assert.ok(detail.ms >= 0);
  assert.deepEqual(entries.map(({ sinceMs }) => sinceMs), entries.map(({ sinceMs }) => sinceMs).toSorted((one, other) => one - other));

  const heard = await until("the other tab has said so", async () => {
    const all = await timeline(other);
    return all.some(({ name, detail }) => name === "told" && detail.kind === "acknowledge") && all;
  });
  assert.equal(heard.find(({ name }) => name === "signedOut").detail.reason, "otherTab");
  assert.notEqual(heard[0].tab, entries[0].tab);
  const { said, all } = await tab.run(() => ({ said: window.said, all: window.debug.timeline }));
  assert.deepEqual(said, all.map(({ tab, sinceMs, name, text }) => `nightlatch ${tab} +${sinceMs} ms  ${name}: ${text}`));
  assert.deepEqual(await warnings(tab), []);
});

test("of two tabs that need a token one says that it refreshes, and the other that it waits", async () => {
  watch();
  const one = await openSignedIn(stage);
  const other = await openApp(stage);
  stage.world.faults.set("token", "late:700");
  await one.run(() => void (window.asked = window.auth.getAccessToken({ forceRefresh: true })));
  await until("the refresh is sent", () => stage.world.requests.of("token").length === 2);
  await accessToken(other, { forceRefresh: true });

  const names = (entries) => entries.filter(({ kind, name }) => kind === "record" && name !== "begun").map(({ name }) => name);
  assert.deepEqual(names(await timeline(other)), ["wait", "refreshed"]);
  assert.deepEqual(names(await timeline(one)).slice(-2), ["refresh", "renewed"]);
});

test("ARCH-5 a provider that does not rotate refresh tokens is warned of, once, and not where they are bound to a key", async () => {
  const refreshTwice = async (tab) => {
    for (let times = 0; times < 2; times += 1) await accessToken(tab, { forceRefresh: true });
  };
  const withoutRotation = ({ refresh_token, ...answer }) => answer;
  watch();
  const tab = await openSignedIn(stage);
  await refreshTwice(tab);
  assert.deepEqual(await warnings(tab), []);
  // The answers name no new token, so the old one stays in use.
  changeTokenAnswer(stage.world, withoutRotation);
  await accessToken(tab, { forceRefresh: true });
  assert.deepEqual(await warnings(tab), ["refresh_token_not_rotated"]);
  stage.world.faults.clear();

  watch(undefined, { dpop: true });
  const bound = await openApp(stage);
  await logout(bound);
  await signIn(stage, bound);
  changeTokenAnswer(stage.world, withoutRotation);
  await accessToken(bound, { forceRefresh: true });
  assert.deepEqual(await warnings(bound), []);
});

test("what CORS hides, what the provider lacks and what the browser refuses is warned of, once each", async () => {
  const { faults } = stage.world;
  watch();
  for (const without of ["indexeddb", "cookies"]) assert.deepEqual(await warnings(await openApp(stage, { without })), ["storage_refused"]);

  for (const endpoint of ["revocation", "end_session"]) faults.set(endpoint, "missing");
  const planning = await openApp(stage);
  await planning.run(() => window.auth.capabilities());
  assert.deepEqual(await warnings(planning), ["no_revocation", "no_end_session"]);
  faults.clear();

  changeTokenAnswer(stage.world, ({ refresh_token, ...answer }) => answer);
  const third = await openSignedIn(stage);
  assert.deepEqual(await warnings(third), ["no_refresh_token"]);
  faults.clear();
  await signIn(stage, third);
  faults.set("api", (req, res) => json(req, res, 401, {}));
  assert.equal(await askApi(third), 401);
  faults.clear();
  faults.set("revocation", "503");
  await logout(third);
  assert.deepEqual(await warnings(third), ["challenge_hidden", "retry_after_hidden"]);

  faults.clear();
  await signIn(stage, third);
  faults.set("revocation", "503:4");
  await logout(third);
  assert.deepEqual(await warnings(third), [], "it may be read");

  faults.set("jwks", "no-cors");
  await leaveForProvider(third);
  assert.equal((await comeBack(stage, third)).failure.code, "id_token_invalid");
  assert.deepEqual(await warnings(third), ["keys_unreadable"]);
});

test("a callback page in a frame is warned of", async () => {
  watch();
  const tab = await openApp(stage);
  const framed = await tab.run(async () => {
    const frame = document.createElement("iframe");
    frame.src = "/e2e/callback.html?code=0123456789abcdef&state=fedcba9876543210";
    document.body.append(frame);
    await new Promise((resolve) => (frame.onload = resolve));
    await frame.contentWindow.ready;
    return frame.contentWindow.debug.timeline.filter(({ kind }) => kind === "warning").map(({ name }) => name);
  });
  assert.deepEqual(framed, ["framed_callback"]);
});

test("WEB-15 A35 no entry repeats what a provider, another tab or an address says", async () => {
  const { world } = stage;
  watch({ endSessionMethod: "post" });
  const tab = await openSignedIn(stage);
  const { accessToken: stolen, refreshToken } = world.issued.at(-1);
  // A provider, and a script on this origin, that try to have a secret printed.
  await tab.run((secret) => {
    const [, namespace] = document.cookie.match(/nightlatch-([\w-]+)=/);
    new BroadcastChannel(`nightlatch.${namespace}`).postMessage({ kind: secret, generation: secret });
  }, stolen);
  world.faults.set("token", (req, res) => json(req, res, 400, { error: req.params.refresh_token, error_description: req.params.refresh_token }));
  await failure(accessToken(tab, { forceRefresh: true }));
  await until("the message was heard", async () => (await timeline(tab)).some(({ name, detail }) => name === "heard" && detail.kind === "other"));
  world.faults.clear();
  await signIn(stage, tab);
  await tab.run((url) => window.auth.fetch(`${url}/me?code=${"s".repeat(30)}`).then(() => {}), world.api);
  const before = JSON.stringify(await timeline(tab));
  await leaveForGood(tab);
  await comeBack(stage, tab);
  const after = await timeline(tab);
  assert.ok(after.some(({ name, detail }) => name === "report" && detail.provider === "ended"));
  await leaveForProvider(tab);
  await until("the page has left", async () => !(await tab.address()).startsWith(world.app));

  const asks = world.requests.of("authorization").flatMap(({ params }) => [params.state, params.nonce]);
  const marked = [...new Set([...secrets(stage), refreshToken, ...asks, "s".repeat(30), ...world.accounts.flatMap(({ sub, claims }) => [sub, claims.email])])].filter(Boolean);
  assert.ok(marked.length > 12);
  const text = before + JSON.stringify(after);
  assert.deepEqual(marked.filter((secret) => text.includes(secret)), []);
  assert.ok(!/[?&][\w]+=/.test(text), "no address with a query");
});

test("what is not what the function gives is refused", async () => {
  const tab = await openApp(stage);
  const error = await failure(tab.run(() => window.nightlatch.createClient({ ...window.options, redirectUri: `${location.origin}/callback`, debug: true })));
  assert.equal(error.code, "invalid_options");
  assert.match(error.message, /`debug` is not what debug\(\) gives/);
});

test("a sink that throws stops nothing", async () => {
  const tab = await openApp(stage);
  const caught = await tab.run(async () => {
    const errors = [];
    const { reportError } = window;
    window.reportError = (error) => errors.push(error.message);
    const { debug } = await import("/nightlatch/debug.js");
    const limited = debug({ limit: 2, log: () => { throw new Error("the sink"); } });
    const auth = await window.nightlatch.createClient({ ...window.options, redirectUri: `${location.origin}/callback`, debug: limited });
    const report = await auth.logout();
    auth.close();
    window.reportError = reportError;
    return { errors, kept: limited.timeline.length, complete: report.complete };
  });
  assert.equal(caught.kept, 2);
  assert.ok(caught.complete && caught.errors.length > 5 && caught.errors.every((text) => text === "the sink"));
});
