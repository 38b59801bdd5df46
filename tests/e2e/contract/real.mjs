/** Plays scenarios with the package in a real browser, against the real provider. */
import { setTimeout as sleep } from "node:timers/promises";

import { json } from "../../../www/faults.mjs";
import { asksForPassword, comeBack, fillForm, leaveForProvider, openApp, requestTo, started } from "../harness/app.mjs";
import { until } from "../harness/until.mjs";
import { outcome, standing, story } from "./plain.mjs";

const SUBS = { ada: "u-1815", grace: "u-1906" };
const TO_BE_READ = { "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After" };

const challenges = {
  stale: 'Bearer error="invalid_token"',
  insufficient: 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"',
};

export function realDriver(stage, { options, without }) {
  const { world } = stage;
  world.config.e2e = { options };
  const fail = (faults) => {
    for (const [endpoint, fault] of Object.entries(faults)) world.faults.set(endpoint, faultOf(fault));
  };
  return {
    open: async () => realTab(stage, await openApp(stage, { without })),
    fail,
    recover: () => world.faults.clear(),
    hold(endpoint) {
      let release;
      const released = new Promise((resolve) => (release = resolve));
      world.faults.set(endpoint, async (req, res, next) => {
        await released;
        next();
      });
      return async () => {
        world.faults.clear(endpoint);
        release();
      };
    },
    pass: (seconds) => sleep(seconds * 1000),
    // Whoever waits for what comes of it waits long enough.
    lapse: () => {},
    lifetime: (seconds) => world.setAccessTokenTtl(seconds),
    async revokeAll() {
      for (const { refreshToken } of world.issued) await world.revoke(refreshToken);
    },
    asked: (name) => world.requests.of("authorization").findLast(({ params }) => params.client_id).params[name] ?? null,
    sent: () => ({
      token: world.requests.of("token").map(({ params }) => params.grant_type),
      revocation: world.requests.of("revocation").map(({ params }) => params.token_type_hint),
      api: world.requests.of("api").map(({ authorization }) => authorization),
    }),
    api(how) {
      let times = 0;
      world.faults.set("api", (req, res, next) => {
        if (req.method === "OPTIONS") return next();
        if (how === "hang") return undefined;
        const isStale = how === "stale" || (how === "stale once" && (times += 1) === 1);
        const challenge = isStale ? challenges.stale : challenges[how];
        return challenge ? json(req, res, 401, {}, { "WWW-Authenticate": challenge, ...TO_BE_READ }) : next();
      });
    },
  };
}

function faultOf(fault) {
  if (typeof fault === "number") return String(fault);
  if (typeof fault !== "object") return fault;
  const { status, error, retryAfter } = fault;
  return retryAfter ? `${status}:${retryAfter}` : (req, res) => json(req, res, status, { error });
}

function realTab(stage, tab) {
  const result = (promise) => promise.then((value) => outcome({ value }), (error) => outcome({ error }));
  const answer = async () => {
    const { answer, failure } = await comeBack(stage, tab);
    return outcome(failure ? { error: failure } : { value: answer });
  };
  const complete = async (account, clicks = () => fillForm(stage, tab, account)) => {
    await until("the provider asks or sends the user back", async () => (await asksForPassword(tab)) || (await tab.run(() => (window.answer ?? window.failure) !== null)));
    if (await asksForPassword(tab)) await clicks();
    return answer();
  };
  return {
    call: (name, options) => result(tab.run((name, options) => window.auth[name](options ?? undefined), name, options ?? null)),
    calls: (times, name, options) =>
      tab.run((times, name, options) => Promise.all(Array.from({ length: times }, () => window.auth[name](options ?? undefined))), times, name, options ?? null),
    together: async (...calls) =>
      (await tab.run((calls) => Promise.all(calls.map(([name, options]) => window.auth[name](options))), calls)).map((value) => outcome({ value })),
    /** Begins a call, and goes on when its first request is under way. */
    async begin(name, options) {
      const before = stage.world.requests.length;
      await tab.run(
        (name, options) =>
          void (window.begun = window.auth[name](options ?? undefined).then(
            (value) => ({ value }),
            ({ name, code, kind, status, error, message }) => ({ error: { name, code, kind, status, error, message } }),
          )),
        name,
        options ?? null,
      );
      await until("its request has arrived", () => stage.world.requests.length > before);
    },
    ended: async () => outcome(await tab.run(() => window.begun)),
    askedToEnd: () => Object.keys(stage.world.requests.of("end_session").at(-1).params).sort(),
    async atOnce(name, options) {
      const seen = await tab.run(
        async (name, options) => {
          window.under = window.auth[name](options);
          const { isAuthenticated, status } = window.auth;
          const user = window.auth.getUser();
          return { isAuthenticated, status, user, token: await window.auth.getAccessToken().catch(({ code }) => code) };
        },
        name,
        options,
      );
      await tab.run(() => window.under.then(() => {}));
      return seen;
    },
    async signIn(account, options) {
      await leaveForProvider(tab, options);
      return complete(account);
    },
    async cancel() {
      await leaveForProvider(tab);
      return complete("", () => tab.click("#cancel"));
    },
    leave: (name, options) =>
      tab.run(
        (name, options) => {
          window.answer = window.failure = null;
          window.auth[name](options ?? undefined).catch(() => {});
        },
        name,
        options ?? null,
      ),
    left: () => until("the provider asks", () => asksForPassword(tab)),
    complete,
    async comeBack() {
      await requestTo(stage, "end_session");
      await until("the provider asks or sends the user back", async () => {
        if (await tab.has("#no")) await tab.click("#yes");
        return tab.run(() => window.started === true && (window.answer ?? window.failure) !== null);
      });
      return answer();
    },
    async callback(query) {
      return result(tab.run((query) => window.auth.handleRedirectCallback(window.options.redirectUri + query), query));
    },
    standing: async () => standing(await tab.run(() => window.auth.getSnapshot())),
    events: async () => story(await tab.run(() => window.events)),
    becomes: (status) => until(`the tab is ${status}`, () => tab.run((status) => window.auth.status === status, status)),
    is: (account) => until(`the tab is ${account}'s`, () => tab.run((sub) => window.auth.getUser()?.sub === sub, SUBS[account])),
    async reload() {
      await tab.reload();
      await started(tab);
    },
    clean: (name) =>
      tab.run((name) => {
        window.cleaned = [];
        window.auth.onLogout(() => void window.cleaned.push([name, window.auth.getUser()?.sub ?? null]), { name });
      }, name),
    cleaned: () => tab.run(() => window.cleaned),
    ask: (path, { elsewhere } = {}) =>
      result(
        tab.run(
          async (path, elsewhere) => (await window.auth.fetch(elsewhere ? "/config.json" : window.api + path)).status,
          path,
          elsewhere ?? false,
        ),
      ),
    async askOn(path) {
      const before = stage.world.requests.of("api").length;
      await tab.run((path) => void (window.asked = window.auth.fetch(window.api + path).then(({ status }) => status, ({ name }) => name)), path);
      await until("the call has arrived", () => stage.world.requests.of("api").length > before);
    },
    answered: () => tab.run(() => window.asked),
    beginAtServer: () => tab.run(async () => void (await fetch("/session", { method: "POST" }))),
    async offline(isOffline) {
      await tab.offline(isOffline);
      await until("the browser knows", () => tab.run((isOffline) => navigator.onLine !== isOffline, isOffline));
    },
    members: () => tab.run(() => Object.keys(window.auth).sort()),
    close: () => tab.run(() => window.auth.close()),
  };
}
