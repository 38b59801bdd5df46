/** Plays scenarios with `nightlatch/testing`, in this process. */
import { createTestBrowser } from "../../../pkg/testing.js";
import { outcome, standing, story } from "./plain.mjs";

const APP = "https://app.example.com";
const API = "https://api.example.com";
const USERS = { ada: { sub: "u-1815", name: "Ada Lovelace" }, grace: { sub: "u-1906", name: "Grace Hopper" } };
const EVENTS = ["signedIn", "signedOut", "stepUpRequired", "tokenRefreshed", "refreshFailed"];

const challenges = {
  stale: 'Bearer error="invalid_token"',
  insufficient: 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"',
};

export function virtualDriver({ options, without }) {
  const browser = createTestBrowser({
    redirectUri: `${APP}/e2e/callback.html`,
    postLogoutRedirectUri: `${APP}/e2e/`,
    scope: "openid profile email offline_access",
    allowedOrigins: [API],
    ...options,
  });
  browser.isStorageRefused = without === "indexeddb";
  const { api, clock, provider } = browser;
  // The real provider gives refresh tokens for this scope alone.
  provider.refreshTokens = options?.scope === undefined;
  const asked = [];
  return {
    open: () => virtualTab(browser, browser.openTab({ address: "/e2e/" }), asked),
    fail: (faults) => Object.entries(faults).forEach(([endpoint, fault]) => provider.fail(endpoint, fault)),
    recover: () => provider.recover(),
    hold(endpoint) {
      let release;
      const released = new Promise((resolve) => (release = resolve));
      provider.fail(endpoint, () => released);
      return async () => {
        provider.recover(endpoint);
        release();
        await clock.idle();
      };
    },
    pass: (seconds) => clock.advance(seconds * 1000),
    lapse: (seconds) => clock.advance(seconds * 1000),
    lifetime: (seconds) => (provider.accessTokenTtl = seconds),
    revokeAll: () => provider.revokeAll(),
    asked: (name) => asked.at(-1)[name] ?? null,
    sent: () => ({
      token: of("token").map(({ grant_type: type }) => type),
      revocation: of("revocation").map(({ token_type_hint: hint }) => hint),
      api: api.requests.filter(({ url }) => url.startsWith(API)).map(({ token }) => token !== null),
    }),
    api(how) {
      let times = 0;
      api.respond((request, { token }) => {
        if (how === "hang") return new Promise(() => {});
        const isStale = how === "stale" || (how === "stale once" && (times += 1) === 1);
        const challenge = isStale ? challenges.stale : challenges[how];
        const status = challenge || (token && !provider.isActive(token)) ? 401 : 200;
        return new Response(null, { status, headers: challenge && { "WWW-Authenticate": challenge } });
      });
    },
    close: () => browser.close(),
  };

  function of(endpoint) {
    return provider.requests.filter((request) => request.endpoint === endpoint).map(({ parameters }) => parameters);
  }
}

function virtualTab(browser, tab, asked) {
  const { clock } = browser;
  let events;
  let cleaned;
  let under;
  let left;
  let leftFor;
  let begun;
  const result = (promise) => promise.then((value) => outcome({ value }), (error) => outcome({ error }));
  const auth = () => tab.client;
  const observe = () => {
    events = [];
    for (const name of EVENTS) auth().on(name, (detail) => events.push({ name, detail }));
    auth().subscribe(() => events.push({ name: "change", detail: { status: auth().status } }));
  };
  // The page at the answer is another page.
  const answer = async () => {
    tab.reload();
    observe();
    const given = await result(auth().handleRedirectCallback());
    await clock.idle();
    return given;
  };
  const complete = async (account) => {
    if (tab.navigation === null) await clock.idle();
    asked.push(tab.navigation.parameters);
    await tab.signIn(USERS[account]);
    return answer();
  };
  observe();
  return {
    call: (name, options) => result(auth()[name](options)),
    calls: (times, name, options) => Promise.all(Array.from({ length: times }, () => auth()[name](options))),
    together: async (...calls) => (await Promise.all(calls.map(([name, options]) => auth()[name](options)))).map((value) => outcome({ value })),
    async begin(name, options) {
      begun = result(auth()[name](options));
      await clock.settled();
    },
    ended: () => begun,
    askedToEnd: () => Object.keys(leftFor).sort(),
    async atOnce(name, options) {
      const under = auth()[name](options);
      const { isAuthenticated, status } = auth();
      const seen = { isAuthenticated, status, user: auth().getUser(), token: await auth().getAccessToken().catch(({ code }) => code) };
      await under;
      return seen;
    },
    async signIn(account, options) {
      auth().login(options);
      await clock.idle();
      return complete(account);
    },
    async cancel() {
      auth().login();
      await tab.refuse("access_denied", "the user closed the sign-in");
      return answer();
    },
    async leave(name, options) {
      left = auth()[name](options).catch(() => {});
    },
    left: () => clock.idle(),
    complete,
    async comeBack() {
      await left;
      leftFor = tab.navigation.parameters;
      await tab.comeBack();
      return answer();
    },
    callback: (query) => result(auth().handleRedirectCallback(`${APP}/e2e/callback.html${query}`)),
    standing: async () => standing(auth().getSnapshot()),
    events: async () => story(events),
    becomes: () => clock.idle(),
    is: () => clock.idle(),
    async reload() {
      tab.reload();
      observe();
      await result(auth().handleRedirectCallback());
    },
    async clean(name) {
      cleaned = [];
      auth().onLogout(() => void cleaned.push([name, auth().getUser()?.sub ?? null]), { name });
    },
    cleaned: async () => cleaned,
    ask: (path, { elsewhere } = {}) => result(auth().fetch(elsewhere ? "/config.json" : API + path).then(({ status }) => status)),
    async askOn(path) {
      under = auth().fetch(API + path).then(({ status }) => status, ({ name }) => name);
      await clock.settled();
    },
    answered: () => under,
    beginAtServer: async () => {},
    offline: async (isOffline) => void (browser.isOffline = isOffline),
    // By its tab the fake is played with.
    members: async () => Object.keys(auth()).filter((name) => name !== "tab").sort(),
    close: async () => auth().close(),
  };
}
