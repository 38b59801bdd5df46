// The user's permission for the app, undone as though never given, and the sign-out that goes with it.
import { beyond, kept } from "./beyond.js";

export async function disconnect(client, { consent, ...options } = {}) {
  const asked = await beyond(client, "consent", { ...options, own: consent, revoke: "grant" });
  return merged(asked, options.provider, consent);
}

export const disconnectReport = (report, { provider, consent } = {}) => merged({ report, ...kept("consent", report) }, provider, consent);

/** What the revocation of tokens means for the permission, where it takes that back: the best of both. */
const BY_TOKENS = [
  ["revoked", "withdrawn"],
  ["planned", "planned"],
  ["unknown", "unknown"],
  ["queued", "unknown"],
];

function merged({ report, outcome, reason }, provider, own) {
  const { refreshToken, accessToken } = report.tokens;
  const isByTokens = !own && provider?.options.revocationReach === "grant";
  const [, byTokens] = BY_TOKENS.find(([said]) => said === refreshToken || said === accessToken) ?? [, "failed"];
  const permission = isByTokens ? byTokens : outcome === "ended" ? "withdrawn" : outcome;
  const complete = report.complete && permission === "withdrawn";
  return { ...report, complete, permission, ...(!isByTokens && reason && { reason }) };
}
