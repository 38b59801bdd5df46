// Compiled by `cargo xtask check`, never run: what index.d.ts promises to those who write TypeScript.
import { AuthError, configure, createClient, login, logout } from "nightlatch";
import { debug, type DebugEntry } from "nightlatch/debug";
import { disconnect } from "nightlatch/disconnect";
import { logoutEverywhere, type ReasonCode } from "nightlatch/everywhere";
import { explain } from "nightlatch/explain";
import { dpop } from "nightlatch/dpop";
import { par } from "nightlatch/par";
import { google, dialect } from "nightlatch/providers";
import { providerFor } from "nightlatch/providers/all";
import { legacy, removeLegacy } from "nightlatch/legacy";
import { defineReport, ENGLISH, textOf, type ReportLabels } from "nightlatch/report";
import { followStepUp } from "nightlatch/step-up";
import { checkOnVisible, monitorSession } from "nightlatch/monitor";
import { handlePopupCallback, loginWithPopup } from "nightlatch/popup";
import { loginSilently } from "nightlatch/silent";
import * as slim from "nightlatch/slim";
import { userInfo, type UserInfo } from "nightlatch/userinfo";
import type { AuthErrorCode, Client, LogoutReport, RedirectResult, Snapshot, User } from "nightlatch";

declare const auth: Client;
declare const answer: RedirectResult;
declare const error: unknown;

// Members need no `this`.
const { subscribe, getSnapshot, fetch } = auth;
const unsubscribe: () => void = subscribe(() => {});
const snapshot: Snapshot = getSnapshot();
const response: Promise<Response> = fetch("/api");

// An answer narrows by its kind.
const report: LogoutReport | null = answer.kind === "logout" ? answer.report : null;
const user: User | null = answer.kind === "login" ? answer.user : null;

// An error narrows to the class, and its code is closed.
if (error instanceof AuthError) {
  const code: AuthErrorCode = error.code;
  // @ts-expect-error: not a code
  if (error.code === "no_such_code") throw code;
}

// Events carry what their name says.
auth.on("signedOut", ({ reason }) => reason === "otherTab" || reason === "idle");
const left: number = (snapshot.endsAt ?? Infinity) - Date.now();
auth.on("refreshFailed", (detail) => detail.error.code);
// @ts-expect-error: no such event
auth.on("signedUp", () => {});

// What an API asks for is what a sign-in takes.
auth.on("stepUpRequired", (asked) => void auth.login(asked));
const offStepUp: () => void = followStepUp(auth, { loginHint: "ada" });

// A snapshot cannot be changed.
// @ts-expect-error: read-only
snapshot.status = "signed-in";

// What has to be said has to be said, and scopes are closed.
// @ts-expect-error: no redirectUri
createClient({ issuer: "https://id.example", clientId: "spa" });
// @ts-expect-error: no such scope
logout({ scope: "world" });
configure({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/callback" });
const never: Promise<never> = login({ returnTo: "/inbox" });

// How the provider's session ends is one of two words.
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", endSessionMethod: "post" });
// @ts-expect-error: no such method
configure({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", endSessionMethod: "put" });

// What is wiped is a word or lists of closed kinds, and a cleaner may be taken off again.
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", clear: { caches: true, cookies: ["a*"], keep: ["b"] } });
// @ts-expect-error: no such kind
logout({ clear: { localstorage: true } });
// @ts-expect-error: what is kept has names
logout({ clear: { keep: true } });
const off: () => void = auth.onLogout(async () => {}, { name: "cache" });

// Dry runs and what they tell are typed, and so is how the next sign-in asks.
logout({ scope: "provider", dryRun: true }).then(({ capabilities, tokens }) => [capabilities?.mayBeAlive[0]?.kind === "provider", tokens.refreshToken === "planned"]);
auth.capabilities().then(({ revocation, endSession }) => revocation && endSession);
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", promptAfterLogout: "select_account" });
// @ts-expect-error: nobody is signed in silently after that
configure({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", promptAfterLogout: "none" });

// A popup gives the user, a silent sign-in perhaps nobody, and `prompt` is its own.
const popup: Promise<User> = loginWithPopup(auth, { prompt: "login", signal: new AbortController().signal, features: "popup" });
const silent: Promise<User | null> = loginSilently(auth, { timeout: 5, scripts: true, loginHint: "ada" });
const back: Promise<RedirectResult | null> = handlePopupCallback(auth);
// @ts-expect-error: it is always none
loginSilently(auth, { prompt: "login" });

// What the provider says of the user has the names of the standard, and whatever else is unknown.
const told: Promise<UserInfo> = userInfo(auth, { url: "https://id.example/userinfo", timeout: 5 });
const email: Promise<string | undefined> = told.then(({ email }) => email);
const role: Promise<unknown> = userInfo(auth).then(({ role }) => role);

// What watches the provider's session gives what ends it.
const ends: (() => void)[] = [
  monitorSession(auth, { clientId: "spa", checkSessionIframe: "https://id.example/session/check", interval: 5 }),
  checkOnVisible(auth, { url: "https://id.example/userinfo", every: 300 }),
];

// A provider may know the issuer, and its rows are typed.
createClient({ provider: google(), clientId: "spa", redirectUri: "https://app.example/" });
createClient({ provider: dialect({ name: "mine", logout: { hint: "required" } }), issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/" });
configure({ provider: providerFor("https://id.example") ?? google(), clientId: "spa", redirectUri: "https://app.example/" });
logout({ revoke: "grant" });
// @ts-expect-error: not a provider yet
createClient({ provider: google, issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/" });
// @ts-expect-error: no such meaning
dialect({ name: "mine", revocation: { answers: [{ status: 200, means: "yes" }] } });
// @ts-expect-error: no such word
logout({ revoke: "all" });

export { back, email, ends, never, off, offStepUp, popup, report, response, role, silent, unsubscribe, user };

// Beyond a sign-out: outcomes and reasons are closed, and the scope of it is said by the function.
disconnect(auth, { provider: google() }).then(({ permission, reason }) => permission === "withdrawn" || reason?.code === "secret");
// @ts-expect-error: it is asked for by the function
disconnect(auth, { revoke: false });
logoutEverywhere(auth, { devices: { url: "/logout-everywhere" }, scope: "app" }).then(({ scope }: { scope: "everywhere" }) => scope);
// @ts-expect-error: no tab alone
logoutEverywhere(auth, { scope: "tab" });
explain(auth).then(({ app }) => app.find(({ layer }) => layer === "provider")?.text);
const why: ReasonCode = "scope_missing";
void why;
// Tokens are bound and sign-ins pushed by what the functions give.
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", dpop: dpop(), par: par() });
// @ts-expect-error: not the function itself
configure({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", dpop });
login({ extraParams: { resource: ["https://a.example", "https://b.example"], claims: "{}" } });

// What is seen is read-only data, and `debug` is what the function gives.
const seen: DebugEntry[] = [];
const seeing = debug({ log: (entry) => seen.push(entry), limit: 10 });
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", debug: seeing });
seeing.timeline.filter(({ kind, detail }) => kind === "warning" && detail.status === 503);
// @ts-expect-error: read-only
seeing.timeline.push(seen[0]);
// @ts-expect-error: not a word
configure({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", debug: true });

// The element is known by its name, and its texts by their keys.
defineReport();
const shown = document.createElement("nightlatch-report");
Object.assign(shown, { report });
shown.report = report;
shown.provider = google();
shown.labels = { ...ENGLISH, "tabs.text.few": "{count}" };
const polish: ReportLabels = { local: "Ta przeglądarka" };
if (report) textOf(report, { labels: polish, provider: "Google", lang: "pl" });
// @ts-expect-error: no such text
shown.labels = { lokal: "" };
logoutEverywhere(auth).then((report) => (shown.report = report));

// Leftovers are lists like others, and libraries are closed.
createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/", clear: legacy("msal", "oidc-client-ts", { localStorage: ["cart"], keep: ["theme"] }) });
logout({ clear: { ...legacy("auth0-spa-js"), keep: ["theme"] } });
removeLegacy("keycloak-js", { keep: ["kc-callback-mine"] }).then(({ removed, residue }) => [...removed, ...residue]);
// @ts-expect-error: no such library
legacy("passport");
// @ts-expect-error: no library
legacy({ keep: [] });

// The slim entry is the whole one, with the module from elsewhere.
const loaded: Promise<void> = slim.initialize(fetch("/nightlatch.wasm"));
slim.initialize(new Uint8Array());
slim.initialize(new URL("https://app.example/nightlatch.wasm"));
const same: Promise<Client> = slim.createClient({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/" });
const sameError: typeof AuthError = slim.AuthError;
void [loaded, same, sameError];
// @ts-expect-error: from somewhere
slim.initialize();
