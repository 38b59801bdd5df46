/** What docs/guide/your-server.md says of a server, done by one: its headers and its code, as they stand there, in front of a real browser. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";

import { createRemoteJWKSet } from "jose";

import { Browser } from "../e2e/harness/browser.mjs";
import { changeTokenAnswer, opened } from "../e2e/harness/forgery.mjs";
import { until } from "../e2e/harness/until.mjs";
import { close, listen } from "../../www/listen.mjs";
import { serve } from "../../www/server.mjs";
import { staticApp } from "../../www/static.mjs";
import { fences } from "../../xtask/scripts/site/fences.mjs";
import { giveName } from "./person.mjs";
import { remove } from "./project.mjs";

const root = join(import.meta.dirname, "..", "..");
const SID = "s-1815";
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** The snippets of a page that have this in them. */
const guide = async (name) => fences(await readFile(join(root, "docs/guide", `${name}.md`), "utf8"));
const yours = await guide("your-server");
const snippet = (part, from = yours) => from.find(({ code }) => code.includes(part)).code;
const fields = (code, { issuer }) =>
  Object.fromEntries(code.replaceAll("https://id.example.com", issuer).split("\n").map((line) => line.split(/: (.*)/s, 2)));

const PAGE = `<!doctype html><title>app</title><link rel="icon" href="data:,"><output id="status"></output><script type="module" src="/main.js"></script>`;
const SAYS_SO = `<!doctype html><title>framed</title><script>parent.postMessage("shown", "*")</script>`;
const EMPTY = `<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">`;

const app = (config) => `
import { createClient } from "/nightlatch/index.js";
const { issuer, clientId, api } = ${JSON.stringify(config)};
const auth = await createClient({
  issuer, clientId, redirectUri: location.origin + "/callback", postLogoutRedirectUri: location.origin + "/",
  scope: "openid offline_access", allowedOrigins: [api], application: { url: "/logout" },
});
const show = () => (document.querySelector("#status").textContent = auth.status);
auth.subscribe(show);
auth.on("signedOut", ({ reason }) => (window.reason = reason));
${snippet("new EventSource")}
window.answer = await auth.handleRedirectCallback();
window.auth = auth;
show();
`;

/** The front-channel page's script, with what it leaves to the app. */
const frontChannel = async (config) => `
const options = ${JSON.stringify({ issuer: config.issuer, clientId: config.clientId })};
options.redirectUri = location.origin + "/callback";
${snippet("frontChannelLogout(options)", await guide("ended-elsewhere")).replace("nightlatch/front-channel", "/nightlatch/front-channel.js")}
parent.postMessage(status, "*");
`;

let folder;
let world;
let browser;
let origin;
let asked;
let logoutHeaders;
let listeners;
let backChannel;
const server = createServer();
const empty = () => createServer((_req, res) => res.writeHead(200, { "Content-Type": "text/html" }).end(EMPTY));
const elsewhere = empty();
/** The page of the provider's that embeds others when a session ends there. */
const farewell = empty();

before(async () => {
  const port = await listen(server, 0, true);
  await Promise.all([elsewhere, farewell].map((server) => listen(server, 0, true)));
  origin = `http://localhost:${port}`;
  world = await serve({ extraOrigins: [origin, `http://127.0.0.1:${port}`] });
  await mkdir(join(root, "target"), { recursive: true });
  // In the repository, where the server's code finds its library.
  folder = await mkdtemp(join(root, "target", "your-server-"));
  const files = { "index.html": PAGE, "main.js": app(world.config), "front-channel.js": await frontChannel(world.config), "back-channel.mjs": snippet("// back-channel.js") };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  backChannel = await import(join(folder, "back-channel.mjs"));
  server.on("request", handler());
  browser = await Browser.launch("chromium");
});
after(async () => {
  await browser?.close();
  await Promise.all([server, elsewhere, farewell].map(close));
  await world?.close();
  if (folder) await remove(folder);
});
beforeEach(async () => {
  await browser.closeTabs();
  await browser.wipe();
  world.faults.clear();
  asked = [];
  listeners = new Set();
  logoutHeaders = fields(snippet("Clear-Site-Data: "), world);
});

/** The app's server, which sends what the guide has a server send. */
function handler() {
  const files = staticApp({ mounts: { "/": folder, "/nightlatch/": join(root, "pkg") }, config: world.config, csp: false, coop: {} });
  const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
  const ended = (about) => listeners.forEach((res) => res.write(`event: logout\ndata: ${JSON.stringify(about)}\n\n`));
  const routes = {
    "/back-channel": backChannel.backChannelLogout({ issuer: world.issuer, clientId: world.clientId, keys }, ended),
    "/cookies": (req, res) => res.end(req.headers.cookie ?? ""),
    "/front-channel.html": (_req, res) => res.writeHead(200, fields(frontChannelFields(), world)).end(snippet("front-channel.js\"></script>")),
    "/framed-by-itself": (_req, res) => res.writeHead(200, { "Content-Type": "text/html", "Content-Security-Policy": "frame-ancestors 'self'" }).end(SAYS_SO),
    "/framed-by-nobody": (_req, res) => res.writeHead(200, { "Content-Type": "text/html", ...fields(snippet("frame-ancestors 'none'"), world) }).end(SAYS_SO),
    "/framed-by-anybody": (_req, res) => res.writeHead(200, { "Content-Type": "text/html" }).end(SAYS_SO),
    "/logout": (_req, res) => res.writeHead(204, logoutHeaders).end(),
    "/session": (_req, res) => res.writeHead(204, { "Set-Cookie": "app-session=1; Path=/; HttpOnly; SameSite=Strict" }).end(),
    "/session-events"(_req, res) {
      res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" }).write(":\n\n");
      listeners.add(res);
    },
  };
  return (req, res) => {
    const { pathname } = new URL(req.url, origin);
    asked.push(pathname);
    return (routes[pathname] ?? files)(req, res);
  };
}

const frontChannelFields = () => snippet("frame-ancestors https://id.example.com").replace("frame-ancestors https://id.example.com", `frame-ancestors ${at("127.0.0.1", farewell)}`);

const at = (host, server) => `http://${host}:${server.address().port}`;

async function signedIn(at = origin) {
  const tab = await browser.open();
  await tab.visit(`${at}/`);
  await until("the app stands", () => tab.run(() => globalThis.auth !== undefined));
  await tab.run(() => void auth.login());
  await giveName(world, tab);
  await shows(tab, "signed-in");
  return tab;
}

const shows = (tab, text) => until(`the page shows ${text}`, async () => (await tab.has("#status")) && (await tab.text("#status")) === text);

/** Signs out at the provider, and resolves to the report of the way back. */
async function signOut(tab) {
  await tab.run(() => {
    globalThis.answer = undefined;
    void auth.logout({ scope: "provider" });
  });
  await until("the person is back", () => tab.run(() => globalThis.answer !== undefined && globalThis.auth !== undefined));
  return tab.run(() => globalThis.answer?.report);
}

/** Embeds a page, and resolves to what it says when it is loaded; a page that may not be framed says nothing. */
async function embed(at, src) {
  const tab = await browser.open();
  await tab.visit(at);
  return tab.run(
    (src) =>
      new Promise((resolve) => {
        const said = [];
        addEventListener("message", ({ data }) => said.push(data));
        const frame = Object.assign(document.createElement("iframe"), { src, onload: () => setTimeout(() => resolve(said)) });
        document.body.append(frame);
      }),
    src,
  );
}

test("WEB-5 Clear-Site-Data takes cookies that no script sees, leaves the report of the way back, and the memory of other tabs", async () => {
  const tab = await signedIn();
  const other = await browser.open();
  await other.visit(`${origin}/`);
  await shows(other, "signed-in");
  await other.run(() => (globalThis.kept = "in memory"));
  await tab.run(async () => {
    localStorage.setItem("draft", "1");
    await fetch("/session", { method: "POST" });
  });
  const cookies = () => tab.run(async () => (await fetch("/cookies")).text());
  assert.match(await cookies(), /app-session=1/);

  const report = await signOut(tab);
  assert.deepEqual([report.application, report.provider, report.complete], ["ended", "ended", true]);
  assert.doesNotMatch(await cookies(), /app-session/);
  assert.equal(await tab.run(() => localStorage.getItem("draft")), "1");
  await shows(other, "signed-out");
  assert.equal(await other.run(() => globalThis.kept), "in memory");
});

test("WEB-5 without its quotes the header does nothing", async () => {
  const tab = await signedIn();
  await tab.run(() => fetch("/session", { method: "POST" }));
  logoutHeaders = { "Clear-Site-Data": logoutHeaders["Clear-Site-Data"].replaceAll('"', "") };
  await signOut(tab);
  assert.match(await tab.run(async () => (await fetch("/cookies")).text()), /app-session=1/);
});

test("WEB-5 with storage in it all of the origin goes, the notes of what may be alive too, and the sign-out holds", async () => {
  world.faults.set("revocation", (_req, res) => res.writeHead(500).end());
  const tab = await signedIn();
  const left = () => tab.run(async () => ({ draft: localStorage.getItem("draft"), notes: (await auth.capabilities()).mayBeAlive.length }));
  const signOutHere = () => tab.run(() => (localStorage.setItem("draft", "1"), auth.logout()));
  await signOutHere();
  assert.deepEqual(await left(), { draft: "1", notes: 1 });

  await tab.run(() => void auth.login());
  await shows(tab, "signed-in");
  logoutHeaders = { "Clear-Site-Data": '"cache", "cookies", "storage"' };
  const { local, application } = await signOutHere();
  assert.deepEqual([local.status, application], ["cleared", "ended"]);
  await until("it is gone", async () => (await left()).draft === null);
  assert.equal((await left()).notes, 0);
  await tab.reload();
  await shows(tab, "signed-out");
});

test("WEB-11 a page is shown in no frame, in its own origin's, or in anybody's, as frame-ancestors says", async () => {
  assert.deepEqual(await embed(at("localhost", elsewhere), `${origin}/framed-by-anybody`), ["shown"]);
  for (const page of ["framed-by-nobody", "framed-by-itself"]) assert.deepEqual(await embed(at("localhost", elsewhere), `${origin}/${page}`), []);
  assert.deepEqual(await embed(`${origin}/cookies`, `${origin}/framed-by-itself`), ["shown"]);
  assert.deepEqual(await embed(`${origin}/cookies`, `${origin}/framed-by-nobody`), []);
});

test("FCL-3 the page for front-channel logout is kept by nobody, framed by the provider alone, and loads nothing of the app", async () => {
  changeTokenAnswer(world, (answer) => ({ ...answer, id_token: world.sign({ ...opened(answer.id_token).claims, sid: SID }) }));
  const onProvidersSite = origin.replace("localhost", "127.0.0.1");
  const tab = await signedIn(onProvidersSite);
  const page = `${onProvidersSite}/front-channel.html?${new URLSearchParams({ iss: world.issuer, sid: SID })}`;
  assert.equal((await fetch(page)).headers.get("Cache-Control"), "no-store");

  asked = [];
  assert.deepEqual(await embed(at("127.0.0.1", elsewhere), page), []);
  assert.deepEqual(asked, ["/front-channel.html"]);
  await shows(tab, "signed-in");

  asked = [];
  assert.ok(await embed(at("127.0.0.1", farewell), page));
  await shows(tab, "signed-out");
  assert.deepEqual(asked.filter((path) => !path.startsWith("/nightlatch/")), ["/front-channel.html", "/front-channel.js"]);
});

test("BCL-2 a logout that the server pushes ends the session that it names, and no other", async () => {
  changeTokenAnswer(world, (answer) => ({ ...answer, id_token: world.sign({ ...opened(answer.id_token).claims, sid: SID }) }));
  const before = world.requests.of("revocation").length;
  const tab = await signedIn();
  await until("the page listens", () => listeners.size > 0);
  const [{ sub }] = world.accounts;
  const push = async (claims) => {
    const now = Math.floor(Date.now() / 1000);
    const logoutToken = world.sign({ iss: world.issuer, aud: world.clientId, iat: now, exp: now + 120, jti: crypto.randomUUID(), events: { [EVENT]: {} }, ...claims });
    const { status } = await fetch(`${origin}/back-channel`, { method: "POST", body: new URLSearchParams({ logout_token: logoutToken }) });
    return status;
  };

  assert.equal(await push({ sid: "another" }), 200);
  assert.equal(await push({ sub, sid: "another" }), 200);
  assert.equal(await push({ sub: "u-1906" }), 200);
  assert.equal(await push({ sid: SID, nonce: "n" }), 400);
  // What follows comes in the same order, so that the page has heard of those before.
  assert.equal(await push({ sub: "nobody" }), 200);
  await shows(tab, "signed-in");

  assert.equal(await push({ sid: SID }), 200);
  await shows(tab, "signed-out");
  assert.equal(await tab.run(() => globalThis.reason), "providerSessionEnded");
  await until("both tokens are revoked", () => world.requests.of("revocation").length === before + 2);
});
