// What the provider says about the person: OpenID Connect Core 1.0 §5.3.
import { HARDENED, MAX_BODY, MAX_DELAY } from "./browser/request.js";
import { bearer } from "./challenge.js";
import { endpoint, invalid, metadata, metadataAddress, parse, refused, secured, tooLate, unreachable } from "./discovery.js";
import { AuthError } from "./error.js";
import { WITH_TOKEN, WITHOUT_TOKEN } from "./fetch.js";
import { freeze } from "./listeners.js";

/** What issuers have published, for as long as the page lives. */
const known = new Map();

export async function userInfo(client, { url, timeout = 10 } = {}) {
  if (url !== undefined && !URL.canParse(url)) throw new AuthError("invalid_options", "usage", "`url` is not an address");
  if (!(timeout > 0)) throw new AuthError("invalid_options", "usage", "`timeout` is not a positive number");
  const user = client.getUser();
  if (!user) throw nobody();
  const signal = AbortSignal.timeout(Math.min(timeout * 1000, MAX_DELAY));
  const ask = (address, how) => asked(client, address, how, signal);

  const address = url === undefined ? await published(user.iss, ask) : secured(url);
  const { status, headers, text } = await ask(address, WITH_TOKEN);
  // An answer for somebody who has signed out meanwhile is nobody's.
  if (client.getUser()?.sub !== user.sub) throw nobody();
  const challenges = bearer(headers.get("WWW-Authenticate") ?? "");
  if (status !== 200) throw refused("userinfo_refused", "the provider does not tell about the user", status, challenges[0]);
  if (/^application\/jwt\b/i.test(headers.get("Content-Type"))) throw invalid("user info that is signed or encrypted is not read");
  const claims = parse(text, (key, value) => (key === "__proto__" ? undefined : value));
  // §5.3.2: an answer about somebody else is not used.
  if (claims?.sub !== user.sub) throw invalid("the user info is not about who is signed in");
  freeze(claims);
  return claims;
}

async function published(issuer, ask) {
  if (!known.has(issuer)) {
    const { status, text } = await ask(metadataAddress(issuer), WITHOUT_TOKEN);
    known.set(issuer, metadata(issuer, { status, body: parse(text) }));
  }
  return endpoint(known.get(issuer), "userinfo_endpoint");
}

/** One request by the client's own `fetch`, so that a sign-out ends it, a token that is refused is renewed, and a bound one has its proof. */
async function asked(client, address, how, signal) {
  let answer;
  let text;
  try {
    answer = await client.fetch(address, { headers: { Accept: "application/json" }, ...HARDENED, signal }, how);
    text = await answer.text();
  } catch (error) {
    if (error.name === "AuthError") throw error;
    if (signal.aborted || error.name === "TimeoutError") throw tooLate();
    throw error.name === "AbortError" ? nobody() : unreachable();
  }
  if (text.length > MAX_BODY) throw invalid("the answer is too large");
  return { status: answer.status, headers: answer.headers, text };
}

const nobody = () => new AuthError("login_required", "usage", "nobody is signed in, or no longer");
