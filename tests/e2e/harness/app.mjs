/** What a user of the app does, and what an app asks its client. */
import assert from "node:assert/strict";

import { until } from "./until.mjs";

/** Opens the app in a new tab. `without` names what this tab's browser lacks: `channel`, `storage-event`, `visibility-event`, `indexeddb`, `cookies`. */
export async function openApp({ browser, world }, { hidden, without } = {}) {
  const tab = await browser.open({ hidden });
  await tab.visit(`${world.app}/e2e/${without ? `?without=${without}` : ""}`);
  await started(tab);
  return tab;
}

/** Opens the app and signs in. */
export async function openSignedIn(stage, options) {
  const tab = await openApp(stage, options);
  await signIn(stage, tab);
  return tab;
}

/** Waits until the page's app has its client and has taken the answer out of the address. */
export async function started(tab) {
  await until("the app has started", async () => {
    const { started, problems } = await tab.run(() => ({ started: window.started === true, problems: window.problems }));
    if (!started && problems.length > 0) throw new Error(problems.join("; "));
    return started;
  });
}

/** Signs in from the app's page: by the provider's own form, or without it where the provider still knows the user. Resolves to what came of it. */
export async function signIn(stage, tab, { account = "ada", ...options } = {}) {
  await leaveForProvider(tab, options);
  await until("the provider asks or sends the user back", async () => (await asksForPassword(tab)) || (await isBack(stage, tab)));
  if (await asksForPassword(tab)) await fillForm(stage, tab, account);
  const { answer, failure } = await comeBack(stage, tab);
  assert.equal(failure, null, `the sign-in failed: ${JSON.stringify(failure)}`);
  return answer;
}

/** Calls `login` and does not wait: the page is about to go. */
export function leaveForProvider(tab, options) {
  return leave(tab, "login", options);
}

/** Calls `logout` for the provider's session too, and does not wait. */
export function leaveForGood(tab, options) {
  return leave(tab, "logout", { ...options, scope: "provider" });
}

function leave(tab, how, options = {}) {
  return tab.run(
    (how, options) => {
      // What this page was answered before is no answer to this.
      window.answer = window.failure = null;
      window.auth[how](options).catch((error) => (window.failure = { code: error.code, message: error.message }));
    },
    how,
    options,
  );
}

export async function fillForm({ world }, tab, name = "ada") {
  const { username, password } = world.accounts.find((account) => account.username === name);
  await tab.fill("#username", username);
  await tab.fill("#password", password);
  await tab.click("#sign-in");
}

export function asksForPassword(tab) {
  return tab.has("#password");
}

/** Waits until the page that received the provider's answer has handled it. */
export async function comeBack(stage, tab) {
  await until("the provider has sent the user back", () => isBack(stage, tab));
  return tab.run(() => ({ answer: window.answer, failure: window.failure }));
}

async function isBack({ world }, tab) {
  const isAnswered = () => tab.run(() => window.started === true && (window.answer ?? window.failure) !== null);
  return (await tab.address()).startsWith(`${world.app}/`) && isAnswered();
}

/** Signs out and resolves to the report. */
export function logout(tab, options) {
  return tab.run((options) => window.auth.logout(options), options);
}

export function accessToken(tab, options) {
  return tab.run((options) => window.auth.getAccessToken(options), options);
}

/** Asks the protected API through the client, and resolves to the status of its answer. */
export function askApi(tab) {
  return tab.run(async () => (await window.auth.fetch(`${window.api}/me`)).status);
}

/** Asks the protected API with a token of the test's own. */
export async function askApiWith({ world }, token) {
  const { status } = await fetch(`${world.api}/me`, { headers: { Authorization: `Bearer ${token}` } });
  return status;
}

export async function isActive({ world }, token) {
  return (await world.introspect(token)).active;
}

/** The tokens that the provider gave out last. */
export function lastIssued({ world }) {
  const issued = world.issued.at(-1);
  assert.ok(issued?.accessToken && issued.refreshToken && issued.idToken, "the provider has issued tokens");
  return issued;
}

/** Runs a call that has to fail, and resolves to its error. */
export async function failure(call) {
  const error = await call.then(
    (value) => assert.fail(`it should have been refused, and gave ${JSON.stringify(value)}`),
    (error) => error,
  );
  assert.equal(error.name, "AuthError", error.message);
  return error;
}

export async function assertSignedIn(tab) {
  assert.deepEqual(await standing(tab), { status: "signed-in", isAuthenticated: true, hasUser: true, shown: "signed-in", token: "handed out" });
}

/** Nobody is signed in here, to whatever a caller may ask. */
export async function assertSignedOut(tab) {
  assert.deepEqual(await standing(tab), { status: "signed-out", isAuthenticated: false, hasUser: false, shown: "signed-out", token: "login_required" });
}

/** Waits until a tab shows no more that a sign-out elsewhere is on its way. */
export function isThrough(tab) {
  return until("the tab shows that it is signed out", () => tab.run(() => window.auth.status === "signed-out"));
}

function standing(tab) {
  return tab.run(async () => {
    const token = await window.auth.getAccessToken().then(
      () => "handed out",
      (error) => error.code,
    );
    const { status, isAuthenticated } = window.auth;
    return { status, isAuthenticated, hasUser: window.auth.getUser() !== null, shown: document.querySelector("#status").textContent, token };
  });
}

/** The events of one name that a page has written down. */
export function events(tab, name) {
  return tab.run((name) => window.events.filter((event) => event.name === name), name);
}

/** Waits for a request to reach an endpoint, and resolves to it. */
export function requestTo({ world }, endpoint, matches = () => true) {
  return until(`a request reaches ${endpoint}`, () => world.requests.of(endpoint).find(matches));
}
