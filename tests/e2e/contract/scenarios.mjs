/**
 * What an app can meet, as rules for `nightlatch/testing`: each scenario is played with the fake and with the real client, and both have to tell the same. A
 * scenario gets a driver, and gives what was seen, as plain data. `options` are the clients'; `without` names what the browser lacks.
 */

/** What can go wrong with a revocation. */
const revocations = [
  { revocation: 503 },
  { revocation: "hang" },
  { revocation: "drop" },
  { revocation: { status: 400, error: "unsupported_token_type" } },
  { revocation: { status: 400, error: "invalid_client" } },
  { provider: "drop" },
];

export const scenarios = [
  {
    name: "a sign-in, in the tab that makes it, in one that was open and in one that opens later",
    async play({ open }) {
      const waiting = await open();
      const tab = await open();
      const answer = await tab.signIn("ada", { returnTo: "/inbox?box=1#top" });
      await waiting.becomes("signed-in");
      const late = await open();
      const seen = [];
      for (const one of [tab, waiting, late]) seen.push(await one.standing(), await one.events());
      return [answer, ...seen, await tab.call("handleRedirectCallback"), await tab.members()];
    },
  },
  {
    name: "a sign-out in one tab ends every tab, and none is signed in after a reload",
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      for (const one of [tab, other]) await one.clean("cache");
      const report = await tab.call("logout");
      await other.becomes("signed-out");
      const seen = [report, sent()];
      for (const one of [tab, other]) {
        seen.push(await one.standing(), await one.events(), await one.call("getAccessToken"), await one.cleaned());
        await one.reload();
        seen.push(await one.standing(), await one.events());
      }
      return seen;
    },
  },
  {
    name: "a sign-out of nobody, one that does not revoke, and five at once",
    async play({ open, sent }) {
      const tab = await open();
      // It has nobody to sign out, and so nothing to say.
      await open();
      const seen = [await tab.call("logout"), await tab.events()];
      await tab.signIn("ada");
      seen.push(await tab.call("logout", { revoke: false }), sent());
      await tab.signIn("ada");
      const all = await tab.calls(5, "logout");
      seen.push(all.map(({ complete }) => complete), sent(), (await tab.events()).filter(([name]) => name === "signedOut"));
      await tab.signIn("ada");
      return [...seen, await tab.together(["logout", { revoke: false }], ["logout", {}]), sent()];
    },
  },
  {
    name: "the moment of a sign-out: nobody is signed in, and no token is handed out",
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      return tab.atOnce("logout", {});
    },
  },
  {
    name: "a sign-out of one tab alone, which stays so over a reload until the next sign-in",
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      const seen = [await tab.call("logout", { scope: "tab" }), await tab.standing(), await tab.events(), sent()];
      await tab.reload();
      seen.push(await tab.standing(), await other.standing(), await other.events());
      await tab.signIn("ada");
      return [...seen, await tab.standing()];
    },
  },
  {
    name: "a sign-out whose revocation is refused, never answered, cut off, not offered for such tokens, or meets nobody",
    async play({ open, fail, recover }) {
      const tab = await open();
      const seen = [];
      for (const faults of revocations) {
        await tab.signIn("ada");
        fail(faults);
        seen.push(await tab.call("logout", { timeout: 1 }), await tab.standing(), await tab.events());
        recover();
      }
      return seen;
    },
  },
  {
    name: "a sign-out at a provider that has no revocation and no end of session",
    async play({ open, fail }) {
      fail({ revocation: "missing", end_session: "missing" });
      const tab = await open();
      await tab.signIn("ada");
      const seen = [await tab.call("capabilities")];
      return [...seen, await tab.call("logout", { scope: "provider" }), await tab.standing(), await tab.call("login", { prompt: "none" })];
    },
  },
  {
    name: "a sign-out at the provider, there and back, and another tab meanwhile",
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await tab.leave("logout", { scope: "provider", redirectTo: "/goodbye" });
      const answer = await tab.comeBack();
      await other.becomes("signed-out");
      // Whether it first sees the key go or the note that a tab has left, no tab can say.
      const told = (await other.events()).filter(([name]) => name !== "change");
      return [answer, await tab.standing(), await tab.events(), await other.standing(), told, tab.askedToEnd()];
    },
  },
  {
    name: "a sign-out of nobody at the provider, which has to ask",
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      await tab.call("logout");
      await tab.leave("logout", { scope: "provider" });
      return [await tab.comeBack(), await tab.standing(), tab.askedToEnd()];
    },
  },
  {
    name: "a sign-out at a provider that is gone, and the sign-in after it, which asks",
    async play({ open, fail, recover, asked }) {
      const tab = await open();
      await tab.signIn("ada");
      fail({ provider: "drop" });
      const seen = [await tab.call("logout", { scope: "provider", timeout: 1 }), await tab.standing(), await tab.call("capabilities")];
      recover();
      await tab.signIn("ada");
      return [...seen, asked("prompt"), await tab.call("capabilities")];
    },
  },
  {
    name: "dry runs, which end nothing",
    async play({ open, sent }) {
      const tab = await open();
      const seen = [await tab.call("logout", { dryRun: true })];
      await tab.signIn("ada");
      for (const scope of ["tab", "app", "provider"]) seen.push(await tab.call("logout", { scope, dryRun: true }));
      return [...seen, await tab.standing(), sent()];
    },
  },
  {
    name: "a refresh, in its tab and in another",
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      const before = await tab.call("getAccessToken");
      const after = await tab.call("getAccessToken", { forceRefresh: true });
      const there = await other.call("getAccessToken");
      const five = await tab.calls(5, "getAccessToken", { forceRefresh: true });
      return [before.value !== after.value, after.value === there.value, new Set(five).size, sent(), await tab.events(), await other.events()];
    },
  },
  {
    name: "a refresh that is refused for now: the session stays, and the provider is left alone for a while",
    async play({ open, fail, sent, pass }) {
      const tab = await open();
      await tab.signIn("ada");
      fail({ token: { status: 503, retryAfter: 300 } });
      const seen = [];
      for (let times = 0; times < 3; times += 1) {
        seen.push(await tab.call("getAccessToken", { forceRefresh: true }));
        await pass(1);
      }
      const lives = typeof (await tab.call("getAccessToken")).value;
      return [...seen, lives, sent(), await tab.events(), await tab.standing()];
    },
  },
  {
    name: "a refresh that meets no server is tried twice, and the session stays",
    options: { requestTimeout: 1 },
    async play({ open, fail, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      fail({ token: "hang" });
      return [await tab.call("getAccessToken", { forceRefresh: true }), await tab.standing(), await tab.events(), sent()];
    },
  },
  {
    name: "a browser that is offline",
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      await tab.offline(true);
      const seen = [await tab.call("getAccessToken", { forceRefresh: true }), await tab.standing(), await tab.call("logout"), await tab.standing(), await tab.events(), sent()];
      await tab.offline(false);
      return [...seen, await tab.call("capabilities")];
    },
  },
  {
    name: "a refresh token that was revoked ends the session in every tab",
    async play({ open, revokeAll, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await revokeAll();
      const seen = [await tab.call("getAccessToken", { forceRefresh: true })];
      await other.becomes("signed-out");
      for (const one of [tab, other]) seen.push(await one.standing(), await one.events());
      return [...seen, sent().token];
    },
  },
  {
    name: "an access token that ends without a refresh token",
    options: { scope: "openid" },
    async play({ open, lifetime, pass }) {
      lifetime(2);
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await pass(2.5);
      const seen = [await tab.call("getAccessToken")];
      await other.becomes("signed-out");
      return [...seen, await tab.events(), await other.events(), await tab.standing()];
    },
  },
  {
    name: "a session that nobody uses ends in every tab",
    options: { idleTimeout: 5 },
    async play({ open, lapse, pass, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      const before = await tab.standing();
      await lapse(6);
      for (const one of [tab, other]) await one.becomes("signed-out");
      await pass(0.5);
      // What a browser takes for activity moves the end, and shows.
      const ends = (await other.events()).filter(([name]) => name === "signedOut");
      return [before, (await tab.events()).slice(-2), ends, await tab.standing(), sent().revocation.sort()];
    },
  },
  {
    name: "a session that has lasted as long as it may",
    options: { maxSession: 4 },
    async play({ open, lapse }) {
      const tab = await open();
      await tab.signIn("ada");
      const before = await tab.standing();
      await lapse(5);
      await tab.becomes("signed-out");
      return [before, await tab.events(), await tab.call("getAccessToken")];
    },
  },
  {
    name: "another user takes the place of the one who is signed in",
    async play({ open, pass, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await other.clean("cache");
      await tab.signIn("grace", { prompt: "login" });
      await other.is("grace");
      await pass(0.5);
      return [sent().revocation.sort(), await tab.events(), await tab.standing(), await other.events(), await other.standing(), await other.cleaned()];
    },
  },
  {
    name: "a sign-in that the user gives up, and answers that are none",
    async play({ open, sent }) {
      const tab = await open();
      const seen = [await tab.cancel(), await tab.standing(), await tab.events()];
      for (const query of ["", "?state=forged", "?code=c&state=forged", "?error=access_denied&state=forged", "?state=a&state=b&code=c"]) seen.push(await tab.callback(query));
      return [...seen, sent()];
    },
  },
  {
    name: "a sign-in that a sign-out overtakes",
    async play({ open, sent }) {
      const tab = await open();
      const other = await open();
      await tab.leave("login");
      await tab.left();
      await other.call("logout");
      return [await tab.complete("ada"), await tab.standing(), await other.standing(), sent().token];
    },
  },
  {
    name: "a sign-in that a sign-out of the same tab calls off before it has left",
    async play({ open, hold, sent }) {
      const tab = await open();
      const release = hold("discovery");
      await tab.begin("login");
      const seen = [await tab.standing(), await tab.call("logout"), await tab.ended(), await tab.standing()];
      await release();
      return [...seen, await tab.standing(), sent()];
    },
  },
  {
    name: "a code that is refused, or whose answer never comes",
    options: { requestTimeout: 1 },
    async play({ open, fail, recover }) {
      const tab = await open();
      const seen = [];
      for (const fault of [{ status: 400, error: "invalid_grant" }, 500, "malformed", "hang"]) {
        fail({ token: fault });
        seen.push(await tab.signIn("ada"), await tab.standing());
        recover();
      }
      return [...seen, await tab.call("capabilities"), await tab.signIn("ada"), await tab.standing()];
    },
  },
  {
    name: "a refresh that a sign-out overtakes, in the same tab and in another: its tokens are revoked",
    async play({ open, hold, sent, pass }) {
      const tab = await open();
      const other = await open();
      const seen = [];
      for (const one of [tab, other]) {
        await tab.signIn("ada");
        await other.becomes("signed-in");
        const release = hold("token");
        await tab.begin("getAccessToken", { forceRefresh: true });
        seen.push(await one.call("logout"));
        await release();
        seen.push(await tab.ended());
        await pass(0.5);
        seen.push(sent(), await tab.standing(), await tab.call("capabilities"));
      }
      return seen;
    },
  },
  {
    name: "a provider where one revocation ends all that the user has at the client",
    options: { revocationReach: "user" },
    async play({ open, sent, pass }) {
      const tab = await open();
      await tab.signIn("ada");
      await tab.signIn("ada");
      await pass(0.5);
      return [sent().revocation, await tab.call("capabilities"), await tab.call("logout"), sent().revocation];
    },
  },
  {
    name: "a provider where a revocation takes the consent along",
    options: { revocationReach: "grant" },
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const seen = [await tab.call("logout"), sent().revocation];
      await tab.signIn("ada");
      return [...seen, await tab.call("logout", { revoke: "grant" }), sent().revocation];
    },
  },
  {
    name: "a sign-in that cannot begin",
    async play({ open, fail }) {
      const tab = await open();
      const seen = [];
      for (const options of [{ returnTo: "https://evil.example/" }, { prompt: "none login" }, { maxAge: -1 }, { extraParams: { state: "x" } }]) seen.push(await tab.call("login", options));
      fail({ discovery: 503 });
      seen.push(await tab.call("login"));
      fail({ discovery: "malformed" });
      seen.push(await tab.call("login"));
      fail({ discovery: "drop" });
      return [...seen, await tab.call("login"), await tab.standing(), await tab.events()];
    },
  },
  {
    name: "options that cannot be right change nothing",
    async play({ open, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const seen = [];
      for (const [name, options] of [
        ["logout", { scope: "planet" }],
        ["logout", { clear: "some" }],
        ["logout", { clear: { keep: true } }],
        ["logout", { timeout: -1 }],
        ["logout", { dryRun: 1 }],
        ["logout", { revoke: "all" }],
        ["logout", { redirectTo: "https://evil.example/", scope: "provider" }],
        ["logout", { reason: "boredom" }],
        ["getAccessToken", { minValidity: "long" }],
        ["getAccessToken", { forceRefresh: "yes" }],
      ]) seen.push(await tab.call(name, options));
      return [...seen, await tab.standing(), sent()];
    },
  },
  {
    name: "a session of each tab's own",
    options: { storage: "tab" },
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      const seen = [await tab.standing(), await other.standing()];
      await other.signIn("ada");
      await tab.reload();
      seen.push(await tab.standing(), await other.call("logout", { scope: "tab" }), await other.standing(), await tab.standing());
      await other.signIn("ada");
      seen.push(await other.call("logout"));
      await tab.becomes("signed-out");
      return [...seen, await tab.events(), await other.events()];
    },
  },
  {
    name: "a session in memory, which a reload ends",
    options: { storage: "memory" },
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      const seen = [await tab.standing()];
      await tab.reload();
      return [...seen, await tab.standing(), await tab.call("logout")];
    },
  },
  {
    name: "a browser that refuses storage",
    without: "indexeddb",
    async play({ open }) {
      const tab = await open();
      const seen = [await tab.standing()];
      return [...seen, await tab.call("logout"), await tab.call("capabilities")];
    },
  },
  {
    name: "the app's own server",
    options: { application: { url: "/session/end", csrf: { cookie: "XSRF-TOKEN" } } },
    async play({ open, fail, recover }) {
      const tab = await open();
      const seen = [];
      for (const fault of [undefined, 503, "drop"]) {
        await tab.signIn("ada");
        await tab.beginAtServer();
        if (fault) fail({ application: fault });
        seen.push(await tab.call("logout", { timeout: 1 }));
        recover();
      }
      return seen;
    },
  },
  {
    name: "calls of an API: with the token, without it, with one that has ended, and one that is not enough",
    async play({ open, api, sent }) {
      const tab = await open();
      await tab.signIn("ada");
      const seen = [await tab.ask("/me"), await tab.ask("/me", { elsewhere: true })];
      api("stale once");
      seen.push(await tab.ask("/me"), sent());
      api("insufficient");
      seen.push(await tab.ask("/me"), await tab.events());
      api("stale");
      return [...seen, await tab.ask("/me"), await tab.ask("/me"), sent()];
    },
  },
  {
    name: "a sign-out aborts the calls that are under way, in every tab",
    async play({ open, api }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      api("hang");
      await other.askOn("/me");
      await tab.call("logout");
      return [await other.answered(), await other.ask("/me")];
    },
  },
  {
    name: "a client that was closed",
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await tab.close();
      const seen = [];
      for (const name of ["getAccessToken", "logout", "login", "handleRedirectCallback"]) seen.push(await tab.call(name));
      return [...seen, await other.standing()];
    },
  },
  {
    name: "a sign-out because the provider's session was found ended",
    async play({ open }) {
      const tab = await open();
      await tab.signIn("ada");
      const other = await open();
      await tab.call("logout", { reason: "providerSessionEnded" });
      await other.becomes("signed-out");
      return [await tab.events(), await other.events()];
    },
  },
];
