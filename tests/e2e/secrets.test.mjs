import assert from "node:assert/strict";
import { test } from "node:test";

import { askApi, asksForPassword, fillForm, leaveForProvider, logout, requestTo, started } from "./harness/app.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { assertNoSecret, atRest, secrets } from "./harness/storage.mjs";
import { until } from "./harness/until.mjs";

const PAGE = "/e2e/witness.html";
const stage = setStage({ redirectUris: [PAGE], postLogoutRedirectUris: [PAGE] });

/** A code that somebody has stolen, and brings. */
const STOLEN = "stolen-code-0123456789abcdef";
const MARKUP = "<img src=x onerror=\"window.ran=1\">\u0000\u0007\n\u202e\u00e9\\ " + "x".repeat(400);

/** What this browser's cookies and addresses have held, beside what the provider knows. */
const kept = new Set([STOLEN]);
const failures = [];

async function visit(tab, query = "") {
  await tab.visit("about:blank");
  await tab.visit(`${stage.world.app}${PAGE}${query}`);
  await started(tab);
}

/** Calls the client, and writes down the error that it comes to in every form that it has. */
async function fails(tab, call, ...args) {
  const failure = await tab.run(
    async (call, args) => {
      const calls = { ...window.auth, userInfo: async () => (await import("/nightlatch/userinfo.js")).userInfo(window.auth) };
      const error = await calls[call](...args).then(() => undefined, (error) => error);
      return error && { code: error.code, words: window.inWords(error), errorDescription: error.errorDescription };
    },
    call,
    args,
  );
  assert.ok(failure, `${call} has to fail`);
  failures.push(failure);
  return failure;
}

/** Goes to the provider and comes back, and leaves the answer to be handled. */
async function bringAnswer(tab) {
  await leaveForProvider(tab);
  const isBack = async () => (await tab.address()).includes(`${PAGE}?`) && (await tab.run(() => window.started === true));
  await until("the provider asks or answers", async () => (await asksForPassword(tab)) || (await isBack()));
  if (await asksForPassword(tab)) await fillForm(stage, tab);
  await until("the answer is there", isBack);
}

async function signIn(tab) {
  await bringAnswer(tab);
  await tab.run(() => window.auth.handleRedirectCallback().then(() => {}));
  kept.add((await tab.run(() => document.cookie)).split("=")[1]);
}

/** Goes to the provider, and brings another answer than the provider's. */
async function bring(tab, answer) {
  const before = stage.world.requests.of("authorization").length;
  await visit(tab);
  await leaveForProvider(tab);
  const { params } = await until("the provider is asked", () => stage.world.requests.of("authorization").slice(before).find(({ path }) => path === "/auth"));
  await until("the page has left", async () => !(await tab.address()).startsWith(stage.world.app));
  await visit(tab, `?${new URLSearchParams(answer({ state: params.state, iss: stage.world.issuer }))}`);
  const failure = await fails(tab, "handleRedirectCallback");
  // What this client did not ask for is left to whoever did; nothing else is left.
  if ((await tab.address()).includes("?")) {
    assert.ok(failure.code === "state_mismatch" || failure.code === "invalid_response", failure.code);
    await tab.run(() => history.replaceState(null, "", location.pathname));
  }
  return failure;
}

test("WEB-15 RESP-8 A20 A35 no error, event, log, address or message between tabs holds a secret, whatever fails", async () => {
  const { world } = stage;
  const { faults } = world;
  world.config.e2e = {
    callback: "never",
    debug: { silent: true },
    options: {
      redirectUri: world.app + PAGE, postLogoutRedirectUri: world.app + PAGE, requestTimeout: 1, endSessionMethod: "post",
      application: { url: "/session/end" },
    },
  };
  const other = await stage.browser.open();
  await visit(other);
  const tab = await stage.browser.open();
  await visit(tab);

  for (const fault of ["503", "malformed", "drop", "hang"]) {
    faults.set("discovery", fault);
    await fails(tab, "login");
  }
  faults.clear();
  await fails(tab, "login", { extraParams: { state: "mine" } });
  await fails(tab, "login", { returnTo: "https://evil.example" });

  // The provider's own words are text: short, printable, and nobody's markup.
  const { errorDescription } = await bring(tab, (own) => ({ error: "access_denied", error_description: MARKUP, ...own }));
  assert.match(errorDescription, /^[ !#-[\]-~]{300}$/);
  await bring(tab, ({ iss }) => ({ code: STOLEN, state: "foreign-state-0123456789", iss }));
  await bring(tab, ({ state }) => ({ code: STOLEN, state, iss: "https://evil.example" }));
  await bring(tab, (own) => [["code", STOLEN], ["code", STOLEN], ...Object.entries(own)]);
  await bring(tab, (own) => ({ code: STOLEN, ...own }));

  const forged = (change) => () => changeTokenAnswer(world, (answer) => ({ ...answer, ...change(opened(answer.id_token).claims) }));
  for (const set of [
    () => faults.set("token", "malformed"),
    () => faults.set("token", "no-cors"),
    () => faults.set("token", "lost"),
    forged((claims) => ({ id_token: world.sign({ ...claims, nonce: "foreign" }) })),
    forged(() => ({ token_type: "mac" })),
  ]) {
    await visit(tab);
    await bringAnswer(tab);
    set();
    await fails(tab, "handleRedirectCallback");
    faults.clear();
  }

  await visit(tab);
  await signIn(tab);
  for (const fault of ["503", "malformed", "drop"]) {
    await visit(tab);
    faults.set("token", fault);
    await fails(tab, "getAccessToken", { forceRefresh: true });
    assert.equal(await tab.run(() => window.events.filter(({ name }) => name === "refreshFailed").length), 1);
    faults.clear();
  }
  for (const fault of ["403", "malformed", "drop"]) {
    faults.set("userinfo", fault);
    await fails(tab, "userInfo");
    faults.clear();
  }
  faults.set("api", "401");
  await askApi(tab);
  faults.set("api", "drop");
  await tab.run((api) => window.auth.fetch(`${api}/me`).catch((error) => void console.info(error)), world.api);
  faults.clear();
  await visit(tab);
  assert.equal(await askApi(tab), 200);
  faults.set("revocation", "503");
  faults.set("application", "503");
  const report = await logout(tab);
  assert.deepEqual(report.problems.toSorted(), ["application_refused", "revocation_refused"]);
  await fails(tab, "getAccessToken");
  faults.clear();

  // Somebody else's token in a refresh ends the session, and so does a sign-out at the provider.
  await signIn(tab);
  forged((claims) => ({ id_token: world.sign({ ...claims, sub: "u-1906" }) }))();
  await fails(tab, "getAccessToken", { forceRefresh: true });
  faults.clear();
  await signIn(tab);
  faults.set("end_session", (req, res) => {
    res.writeHead(303, { Location: `${req.params.post_logout_redirect_uri}?state=${req.params.state}` });
    res.end();
  });
  await tab.run(() => void window.auth.logout({ scope: "provider" }).catch(() => {}));
  await requestTo(stage, "end_session");
  await until("the provider has sent the person back", async () => (await tab.address()).includes(`${PAGE}?`));
  await started(tab);
  const { report: last } = await tab.run(() => window.auth.handleRedirectCallback());
  assert.equal(last.provider, "ended");
  await tab.run(() => window.auth.close());
  await fails(tab, "login");

  // What the pages said before they went has reached the API's log. (A nonce that was used is a claim, and the user's claims are the app's.)
  const said = world.requests.filter(({ path }) => path === "/witness").flatMap(({ params }) => JSON.parse(params.text));
  for (const page of [tab, other]) said.push(...(await page.run(() => window.testify())));
  said.push(...failures.map(({ words }) => words), JSON.stringify([report, last]));
  const asked = world.requests.filter(({ path }) => path !== "/witness");
  said.push(...asked.map(({ referer }) => `referer: ${referer}`));
  // The provider is given state and nonce, and its own code comes back; no address that it is sent has more.
  said.push(...asked.filter(({ endpoint }) => endpoint !== "authorization").map(({ path, search }) => `address: ${path}${search}`));
  const asks = world.requests.of("authorization").flatMap(({ params }) => [params.state, params.nonce]);
  const marked = [...new Set([...secrets(stage), ...asks, ...kept])].filter((secret) => secret?.length > 16);
  // Firefox names the address that a page began with, whatever has become of it, in storage events and in the stacks of the driver's own scripts.
  const began = /witness\.html\?[^\s"]*/g;
  const leaks = said
    .map((text) => (text.startsWith("event storage: ") || text.startsWith("AuthError: ") ? text.replaceAll(began, "") : text))
    .map((text) => text.replaceAll(/"nonce":"[^"]*"/g, ""))
    .flatMap((text) => marked.filter((secret) => text.includes(secret)).map((secret) => `${secret} in ${text.slice(0, 300)}`));
  assert.deepEqual(leaks, []);
  for (const page of [tab, other]) assertNoSecret(stage, await atRest(page));

  // Enough was said, of every kind, for the search to mean something.
  for (const kind of ["channel", "console.info", "event storage", "events", "history", "performance", "request", "storage", "timeline"]) {
    assert.ok(said.some((text) => text.startsWith(`${kind}: `)), `nothing of the kind "${kind}" was heard`);
  }
  assert.ok(marked.length > 40, `${marked.length} secrets`);
  assert.deepEqual(
    [...new Set(failures.map(({ code }) => code))].toSorted(),
    [
      "authorization_refused", "client_closed", "discovery_refused", "id_token_invalid", "invalid_options", "invalid_response", "login_required",
      "network_error", "redirect_refused", "response_issuer_mismatch", "state_mismatch", "timeout", "token_refused", "userinfo_refused",
    ],
  );
});
