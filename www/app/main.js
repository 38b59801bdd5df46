/** The demo: one client of nightlatch, and the page around it. */
import { createClient } from "/nightlatch/index.js";

import { apiCalls, forgetAnswer } from "./api.js";
import { byId } from "./elements.js";
import { faultSwitch } from "./faults.js";
import { dismiss, explain } from "./notice.js";
import { awaitReport, hideReport, showReport } from "./report.js";
import { chosenScope, scopeCards } from "./scopes.js";
import { showSession } from "./session.js";
import { stand } from "./tabs.js";
import { note } from "./timeline.js";
import { countdown, reasons, span, statuses } from "./words.js";

let standing;
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
  });

  listen(client);
  client.subscribe(() => show(client.getSnapshot()));
  show(client.getSnapshot());
  apiCalls(client, config.api);
  scopeCards(null);
  const learn = async () => scopeCards(await metadata());
  learn();
  faultSwitch((chosen) => {
    byId("fault-hint").hidden = chosen !== "missing" || !client.isAuthenticated;
    learn();
  });
  actions(client);

  await comeBack(client);
}

/** Completes what brought the page here: a sign-in, a sign-out, or neither. */
async function comeBack(client) {
  try {
    const result = await client.handleRedirectCallback();
    if (result?.kind === "logout") {
      showReport(result.report);
      note("Back from the provider", result.report.complete ? "good" : undefined);
    }
    if (result !== null) history.replaceState(null, "", result.returnTo);
  } catch (error) {
    explain(error);
  }
  if (["/callback", "/signed-out"].includes(location.pathname)) history.replaceState(null, "", "/");
}

function actions(client) {
  byId("sign-in").addEventListener("click", async () => {
    dismiss();
    await attempt(() => client.login({ returnTo: "/" }));
  });

  byId("refresh").addEventListener("click", () => attempt(() => client.getAccessToken({ forceRefresh: true })));

  byId("sign-out-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    dismiss();
    const scope = chosenScope();
    note(`Signing out: ${{ tab: "this tab", app: "the app", provider: "the provider too" }[scope]}`);
    awaitReport();
    await attempt(async () => {
      const report = await client.logout({ scope, redirectTo: "/" });
      showReport(report);
      note(report.complete ? `Every layer confirmed after ${span(report.durationMs)}` : `Report after ${span(report.durationMs)}`, report.complete ? "good" : undefined);
    });
  });
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
    note(`Signed in as ${user.name ?? user.sub}`, "good");
    // The app's own server begins a session too, for a sign-out to end.
    fetch("/session", { method: "POST" });
  });
  client.on("signedOut", ({ reason }) => {
    if (reason !== "logout") {
      byId("farewell").textContent = `${reasons[reason]}.`;
      byId("farewell").hidden = false;
    }
    note(reasons[reason]);
    forgetAnswer("Call it now: there is no token left to send.");
  });
  client.on("tokenRefreshed", ({ expiresAt }) => note(expiresAt === null ? "Token refreshed" : `Token refreshed, good for ${countdown(expiresAt - Date.now())}`, "good"));
  client.on("refreshFailed", ({ error }) => explain(error));
}

function show(snapshot) {
  const { status } = snapshot;
  const reporting = !byId("report").hidden;
  byId("status").textContent = status;
  byId("status").dataset.status = status;
  byId("session").hidden = status !== "signed-in";
  byId("leave").hidden = status !== "signed-in";
  byId("enter").hidden = status !== "signed-out";
  byId("welcome").hidden = status !== "signed-out" || reporting;
  document.title = `${statuses[status]} · nightlatch demo`;
  if (status === "signed-in") showSession(snapshot);
  if (status !== standing) stand(status);
  standing = status;
}

async function metadata() {
  try {
    const answer = await fetch(`${config.issuer}/.well-known/openid-configuration`, { redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
