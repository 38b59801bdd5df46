/** The demo: one client of nightlatch, and the page around it. */
import { debug } from "/nightlatch/debug.js";
import { createClient } from "/nightlatch/index.js";
import { handlePopupCallback, loginWithPopup } from "/nightlatch/popup.js";
import { dialect } from "/nightlatch/providers.js";

import { apiCalls, forgetAnswer } from "./api.js";
import { cleaners } from "./cleaners.js";
import { byId } from "./elements.js";
import { faultSwitch } from "./faults.js";
import { showNotes } from "./notes.js";
import { dismiss, explain } from "./notice.js";
import { chosenOutbox, followQueued, forgetQueued, outboxSwitch } from "./outbox.js";
import { awaitReport, hideReport, showReport } from "./report.js";
import { chosenScope, scopeCards } from "./scopes.js";
import { beginServerSession, showServerSession } from "./server-session.js";
import { showSession } from "./session.js";
import { stand } from "./tabs.js";
import { chosenClear, look, putBack, things } from "./things.js";
import { note } from "./timeline.js";
import { countdown, reasons, span, statuses } from "./words.js";

/** A row of the app's own: the demo's provider speaks the standards, and has a name. */
const provider = dialect({ name: "Lanternhouse" });

let standing;
let leaving = false;
const config = await (await fetch("/config.json")).json();

try {
  await start();
} catch (error) {
  explain(error);
}

async function start() {
  const client = await createClient({
    issuer: config.issuer,
    clientId: config.clientId,
    redirectUri: `${location.origin}/callback`,
    postLogoutRedirectUri: `${location.origin}/signed-out`,
    scope: "openid profile email offline_access",
    allowedOrigins: [config.api],
    application: { url: "/session/end", csrf: { cookie: "XSRF-TOKEN" } },
    debug: debug(),
    outbox: chosenOutbox,
    provider,
  });

  listen(client);
  client.subscribe(() => show(client.getSnapshot()));
  show(client.getSnapshot());
  apiCalls(client, config.api);
  cleaners(client);
  outboxSwitch();
  await things();
  faultSwitch(() => {
    byId("fault-hint").hidden = !client.isAuthenticated || !document.querySelector("#faults [value=missing]:checked");
    scopeCards(client, provider);
  });
  actions(client);

  await comeBack(client);
  show(client.getSnapshot());
  await learn(client);
}

/** Asks the client what a sign-out would reach now, and what may still be valid from earlier. */
async function learn(client) {
  if (client.isAuthenticated) await Promise.all([scopeCards(client, provider), showServerSession()]);
  showNotes(await client.capabilities());
}

/** Completes what brought the page here: a sign-in, a sign-out, or neither. */
async function comeBack(client) {
  try {
    const result = await handlePopupCallback(client);
    if (result?.kind === "logout") {
      tellReport(result.report);
      note("Back from the provider", result.report.complete ? "good" : undefined);
    }
    if (result !== null) history.replaceState(null, "", result.returnTo);
  } catch (error) {
    explain(error);
  }
  if (["/callback", "/signed-out"].includes(location.pathname)) history.replaceState(null, "", "/");
}

function actions(client) {
  addEventListener("pageshow", ({ persisted }) => {
    // What stood here when the page left was true then.
    if (!persisted || !leaving) return;
    leaving = false;
    hideReport();
    byId("farewell").textContent = "This page comes from before the sign-out. Nothing of the session came back with it.";
    byId("farewell").hidden = false;
    show(client.getSnapshot());
  });

  byId("sign-in").addEventListener("click", async () => {
    dismiss();
    await attempt(() => client.login({ returnTo: "/" }));
  });

  byId("sign-in-popup").addEventListener("click", async () => {
    dismiss();
    await attempt(() => loginWithPopup(client));
  });

  byId("refresh").addEventListener("click", () => attempt(() => client.getAccessToken({ forceRefresh: true })));

  byId("sign-out-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    dismiss();
    const scope = chosenScope();
    note(`Signing out: ${{ tab: "this tab", app: "the app", provider: "the provider too" }[scope]}`);
    leaving = true;
    awaitReport();
    await attempt(async () => {
      const report = await client.logout({ scope, clear: chosenClear(), redirectTo: "/" });
      tellReport(report);
      note(report.complete ? `Every layer confirmed after ${span(report.durationMs)}` : `Report after ${span(report.durationMs)}`, report.complete ? "good" : undefined);
    });
    leaving = client.status === "signing-out";
    show(client.getSnapshot());
    await Promise.all([look(), learn(client)]);
  });
}

function tellReport(report) {
  showReport(report, provider);
  followQueued(report);
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    hideReport();
    explain(error);
  }
}

function listen(client) {
  client.on("signedIn", ({ user }) => {
    hideReport();
    dismiss();
    byId("farewell").hidden = true;
    forgetAnswer("Not called yet.");
    forgetQueued();
    byId("fault-hint").hidden = true;
    note(`Signed in as ${user.name ?? user.sub}`, "good");
    // The app's own server begins a session too, for a sign-out to end.
    beginServerSession();
    putBack();
    learn(client);
  });
  client.on("signedOut", ({ reason }) => {
    if (reason !== "logout") {
      byId("farewell").textContent = `${reasons[reason]}.`;
      byId("farewell").hidden = false;
    }
    note(reasons[reason]);
    show(client.getSnapshot());
    look();
  });
  client.on("tokenRefreshed", ({ expiresAt }) => note(expiresAt === null ? "Token refreshed" : `Token refreshed, good for ${countdown(expiresAt - Date.now())}`, "good"));
  client.on("refreshFailed", ({ error }) => explain(error));
}

function show(snapshot) {
  const { status } = snapshot;
  const reporting = !byId("report").hidden;
  // Somebody else's sign-out: nobody is signed in here any more, and a sign-in is not refused.
  const isElsewhere = status === "signing-out" && !leaving;
  const isOut = status === "signed-out" || isElsewhere;
  byId("status").textContent = status;
  byId("status").dataset.status = status;
  byId("session").hidden = status !== "signed-in";
  byId("leave").hidden = status !== "signed-in";
  byId("enter").hidden = !isOut;
  byId("welcome").hidden = !isOut || reporting;
  byId("elsewhere").hidden = !isElsewhere;
  byId("kept").hidden = status !== "signed-in" && !reporting && byId("farewell").hidden;
  document.title = `${statuses[status]} · nightlatch demo`;
  if (status === "signed-in") showSession(snapshot);
  if (status !== standing) stand(status);
  standing = status;
}
