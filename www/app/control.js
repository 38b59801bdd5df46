/** The demo's provider can be told to fail. This is the page's line to it; a deployed app has no such thing. */

/** The provider's state, or `null` where the page is served without control. */
export async function state() {
  const answer = await fetch("/control", { headers: { Accept: "application/json" } });
  return isJson(answer) ? answer.json() : null;
}

/** Changes it, and resolves to the new state. */
export async function control(change) {
  const answer = await fetch("/control", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(change) });
  return isJson(answer) ? answer.json() : null;
}

function isJson(answer) {
  return answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
}
