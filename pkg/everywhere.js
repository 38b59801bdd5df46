// The sign-out on all devices: asked for before the sign-out here, and never claimed without a yes.
import { beyond, kept } from "./beyond.js";

export async function logoutEverywhere(client, { devices, scope = "provider", ...options } = {}) {
  return merged(await beyond(client, "devices", { ...options, scope, own: devices }));
}

export const everywhereReport = (report) => merged({ report, ...kept("devices", report) });

function merged({ report, outcome, reason, at }) {
  const timings = { ...report.timings, ...(at && { devices: Math.max(0, at - report.startedAt) }) };
  return { ...report, scope: "everywhere", devices: outcome, complete: report.complete && outcome === "ended", timings, ...(reason && { reason }) };
}
