// What a sign-out must leave in a browser that Playwright drives. A page is taken by its shape: nothing of Playwright is imported.
import { findSession, findTraces } from "./traces.js";

const PAUSE_MS = 100;
const SHARE = /^(?:__Host-)?nightlatch-(?!.*-outbox$)/;
const JWT = /eyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/;

export async function expectLoggedOut(page, { client, tokens, ignore, timeout = 5000 } = {}) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const isLast = Date.now() >= deadline;
    const left = await leftIn(page, { client, tokens, ignore }).catch((error) => {
      if (isLast) throw error;
      return undefined; // A page that is on its way elsewhere tells nothing.
    });
    if (left?.length === 0) return;
    if (isLast) throw new Error(`Not signed out. What is left:\n${left.map((name) => `- ${name}`).join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function leftIn(page, { client, tokens = [], ignore = [] }) {
  const { origin } = new URL(page.url());
  const context = page.context();
  const left = new Set();
  // HttpOnly ones too, which no script sees.
  for (const { name, value } of await context.cookies(page.url())) {
    const isToken = JWT.test(value) || tokens.some((token) => value.includes(token));
    if ((SHARE.test(name) || isToken) && !ignore.includes(name)) left.add(`${name} (cookie)`);
  }
  for (const one of context.pages()) {
    if (!one.url().startsWith(`${origin}/`)) continue;
    const { pathname } = new URL(one.url());
    const found = await one.evaluate(findTraces, { tokens, ignore });
    if (client !== undefined) {
      const handle = await (typeof client === "function" ? one.evaluateHandle(client) : one.evaluateHandle(memberOf, client));
      found.push(...(await one.evaluate(findSession, handle)));
    }
    // Tabs share all but these.
    for (const name of found) left.add(/ \((?:sessionStorage|client|page)\)$/.test(name) ? `${name} at ${pathname}` : name);
  }
  return [...left].sort();
}

// In the page: what a path such as `window.auth` leads to.
function memberOf(path) {
  return path.split(".").reduce((value, name) => (name === "window" ? value : value?.[name]), window);
}
