// What lies beyond a sign-out: the user's sessions on other devices (`devices`), and the permission that they gave the app
// (`consent`). Somebody is asked, the app's own server or the provider's own address, and then the sign-out takes its course.
import { end } from "./browser/application.js";
import { send } from "./browser/request.js";

/** How long this tab may take to look up its token: no network is in it. */
const LOOK_MS = 250;
const KEPT = "nightlatch.beyond";

const REASONS = {
  no_address: (name) => `${name} has no address for it that a page may ask.`,
  not_configured: () => "The app has named nobody to ask.",
  not_signed_in: (name) => `Nobody is signed in here, so there is no token to ask ${name} with.`,
  person: (name, text) => `${name}: ${text}.`,
  scope_missing: (name, scope) => `${name} asks for the scope ${scope}, which this sign-in does not have.`,
  secret: (name) => `${name} asks for the client's secret, which no page can keep. The app's own server has to do it.`,
  token_ended: (name) => `The access token has ended, and ${name} takes none other.`,
};

/** There is a way, and nothing was sent. */
const UNSENT = ["not_signed_in", "token_ended"];

/** A reason as the app gets it: a code of the closed set, and words. */
export const reasonOf = (code, provider, more) => ({ code, text: REASONS[code](provider?.row.name ?? "The provider", more) });

/** Why nobody can be asked; `undefined` where somebody can. */
export function refusal(name, auth, { provider, own }) {
  if (own) return undefined;
  if (!provider) return reasonOf("not_configured");
  const { endpoint, unsupported, scope } = provider.row[name];
  if (unsupported) return reasonOf("person", provider, unsupported);
  if (!endpoint) return reasonOf(provider.row.revocation.secret && name === "consent" ? "secret" : "no_address", provider);
  const user = auth.getUser();
  if (!user) return reasonOf("not_signed_in", provider);
  if (!provider.further(name, user, "", 0)) return reasonOf("no_address", provider);
  const { scope: granted, expiresAt } = auth.getSnapshot();
  // Some say a scope with the address of what it is for.
  if (scope && !granted?.split(" ").some((one) => one === scope || one.endsWith(`/${scope}`))) return reasonOf("scope_missing", provider, scope);
  if (expiresAt !== null && expiresAt <= Date.now()) return reasonOf("token_ended", provider);
  return undefined;
}

/** Asks, and signs out: the report, what came of the question, and why it is not more. The sign-out waits for no answer and depends on none. */
export async function beyond(auth, name, { provider, own, ...options }) {
  let reason = refusal(name, auth, { provider, own });
  if (options.dryRun) return { report: await auth.logout(options), outcome: reason ? "unsupported" : "planned", reason };

  const timeoutMs = (options.timeout ?? 5) * 1000;
  let request;
  if (!reason && !own) {
    const user = auth.getUser();
    const late = new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const token = await Promise.race([auth.getAccessToken({ minValidity: 0 }).catch(() => {}), late]);
    if (token) request = provider.further(name, user, token, timeoutMs);
    else reason = reasonOf("not_signed_in", provider);
  }
  let answered;
  const asked = new Promise((resolve) => (answered = resolve));
  // A revocation would end the token that the question is asked with. A page that goes away takes nothing with it.
  const over = new AbortController();
  const gone = new Promise((resolve) => addEventListener("pagehide", resolve, { signal: over.signal }));
  provider?.hold(Promise.race([asked, gone]));
  try {
    const signedOut = auth.logout(options);
    // A call that cannot be right is refused in this turn, through however many promises, and asks nobody.
    await Promise.race([signedOut, new Promise((resolve) => setTimeout(resolve))]);
    answered(reason ? { outcome: UNSENT.includes(reason.code) ? "failed" : "unsupported" } : ask(request, own, timeoutMs));
    const report = await signedOut;
    const isLeaving = report.provider === "redirecting";
    const said = { ...(await (isLeaving ? Promise.race([asked, { outcome: "unknown" }]) : asked)), reason };
    if (isLeaving) keep({ startedAt: report.startedAt, name, said });
    return { report, ...said };
  } finally {
    answered();
    over.abort();
    provider?.hold(undefined);
  }
}

async function ask(request, own, timeoutMs) {
  let answer = {};
  try {
    answer = await (own ? end(own, timeoutMs) : send(request));
  } catch {} // An address that cannot be one stops nothing of the sign-out.
  return { outcome: outcomeOf(answer, own), at: Date.now() };
}

/** The app's own server may answer with a redirect, which is not followed and has the status 0; elsewhere that is an answer which nobody may read. */
function outcomeOf({ status }, own) {
  if (status === undefined || (status === 0 && !own)) return "unknown";
  return status < 300 ? "ended" : "failed";
}

function keep(said) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(said));
  } catch {}
}

/** What came of the question, for the report of the way back from the provider. */
export function kept(name, { startedAt }) {
  try {
    const text = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    const found = JSON.parse(text);
    if (found.startedAt === startedAt && found.name === name) return found.said;
  } catch {}
  return { outcome: "unknown" };
}
