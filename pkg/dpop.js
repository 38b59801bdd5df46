// Tokens that are worth nothing without a key of this browser: RFC 9449.
//
// The core is not told: what it sends is given a proof on the way, and a token that is bound as it should be is called a
// bearer's on the way back. Revocations carry no proof. They need none (RFC 7009 §2.1), and with one they would not outlive
// the page, for the browser would have to ask first.
import { AuthError } from "./error.js";
import { bearer as challengesOf } from "./challenge.js";
import { depart } from "./departure.js";
import { keysOf } from "./dpop/keys.js";
import { hash, proof } from "./dpop/proof.js";

const NONCE = "use_dpop_nonce";
const UNREADABLE = "the DPoP-Nonce cannot be read: the server has to name it in Access-Control-Expose-Headers";
const DPOP = /^dpop$/i;

export const dpop = () => new Dpop();

// No members of its own: as an option it is nothing that the core reads.
class Dpop {
  extend(calls, effects) {
    const { login } = calls;
    const { open, send, shut, wipe } = effects;
    // The latest of each server's. What one gives, no other is sent.
    const nonces = new Map();
    const ended = [];
    let keys;
    let revocation;
    let shutAt;
    let busy = 0;

    const note = (server, nonce) => nonce && nonces.set(server, nonce);

    /** A request for tokens. The core hears of one attempt, whose time is that of both. */
    async function grant(request, form) {
      const name = await hash(form.get("refresh_token") ?? form.get("code_verifier"));
      let key;
      try {
        key = (await keys.find(name)) ?? (form.has("code") ? await keys.create(name) : undefined);
      } catch {
        return { failure: "network" };
      }
      if (!key) return refusal("invalid_grant", "the DPoP key is gone");
      const server = `token ${new URL(request.url).origin}`;
      const until = performance.now() + request.timeoutMs;
      const post = async () => {
        const nonce = nonces.get(server);
        const DPoP = await proof(key, "POST", request.url, { nonce });
        const headers = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded", DPoP };
        const answer = await send({ ...request, timeoutMs: Math.max(1, until - performance.now()), init: { ...request.init, headers } });
        note(server, answer.nonce);
        return { answer, sent: nonce, body: parse(answer.body) };
      };
      let { answer, sent, body } = await post();
      if (answer.status >= 400 && body?.error === NONCE) {
        if (!answer.nonce) return refusal(NONCE, UNREADABLE);
        if (answer.nonce !== sent) ({ answer, body } = await post());
      }
      if (answer.status !== 200 || typeof body?.access_token !== "string") return answer;
      const tokens = [body.refresh_token ?? form.get("refresh_token"), body.access_token].filter((token) => typeof token === "string");
      if (!DPOP.test(body.token_type)) {
        // Anybody could use them.
        if (revocation && new URL(revocation).origin === new URL(request.url).origin) {
          for (const token of tokens) send({ ...request, url: revocation, form: `${new URLSearchParams({ token, client_id: form.get("client_id") })}` });
        }
        if (form.has("code")) await keys.destroy([name]).catch(nothing);
        body.token_type = null;
      } else {
        await keys.rename(name, await Promise.all(tokens.map(hash))).catch(nothing);
        body.token_type = "Bearer";
      }
      return { ...answer, body: JSON.stringify(body) };
    }

    /** Destroys what has ended, when the last revocation has been answered. */
    async function settle() {
      busy -= 1;
      if (busy > 0) return;
      const [names, before] = [ended.splice(0), shutAt];
      await keys.destroy(await Promise.all(names), before).catch(nothing);
    }

    calls.login = async (options) => {
      const told = await login({ ...options, detached: true });
      const { jkt, kept } = await keys.create(new URL(told.url).searchParams.get("code_challenge"));
      // What is not kept does not outlive this page; the code is then bound when it is exchanged.
      const bound = kept ? { ...told, url: `${told.url}&dpop_jkt=${jkt}` } : told;
      return options?.detached ? bound : depart(bound);
    };

    /** Sends a request of the app's, one with a token with a proof, and once more where the API asks for a nonce. */
    calls.fetch = async (request, { again, ...init }) => {
      const { headers } = init;
      if (!headers) return fetch(request, init);
      const token = headers.get("Authorization").slice("Bearer ".length);
      const ath = await hash(token);
      const key = await keys.find(ath).catch(nothing);
      if (!key) {
        // Nor can it be refreshed: that ends the session.
        await calls.getAccessToken({ forceRefresh: true });
        throw new AuthError("login_required", "usage", "the DPoP key is gone");
      }
      const server = new URL(request.url).origin;
      const send = async (request, nonce) => {
        headers.set("Authorization", `DPoP ${token}`);
        headers.set("DPoP", await proof(key, request.method, request.url, { ath, nonce }));
        const answer = await fetch(request, init);
        note(server, answer.headers.get("DPoP-Nonce"));
        return answer;
      };
      const spare = again && request.clone();
      const sent = nonces.get(server);
      const answer = await send(request, sent);
      const nonce = nonces.get(server);
      if (answer.status !== 401 || !asksForNonce(answer, nonce !== sent)) return answer;
      if (!answer.headers.get("DPoP-Nonce")) console.warn(`nightlatch: ${server}: ${UNREADABLE}`);
      return spare && nonce !== sent ? send(spare, nonce) : answer;
    };
    calls.challengesOf = (header) => challengesOf(header, DPOP).filter(({ error }) => error !== NONCE);

    effects.open = (id, part, namespace) => {
      keys = keysOf(namespace);
      open(id, part, namespace);
    };
    effects.send = async (request) => {
      const form = new URLSearchParams(request.form ?? "");
      if (form.has("grant_type")) return grant(request, form);
      const token = form.get("token");
      if (token === null) {
        const answer = await send(request);
        const metadata = parse(answer.body);
        if (metadata?.issuer) revocation = metadata.revocation_endpoint;
        return answer;
      }
      busy += 1;
      ended.push(hash(token));
      const answer = await send(request);
      await settle();
      return answer;
    };
    // A sign-out ends all that began before it, in every tab. Whoever signs in from here on has another key.
    effects.shut = () => {
      shutAt = Date.now();
      shut();
    };
    effects.wipe = (id, part, plan) => {
      wipe(id, part, plan);
      if (!plan.own) return;
      busy += 1;
      queueMicrotask(settle); // The revocations, which come next, are counted by then.
    };
  }
}

/** Whether a nonce is what an API lacks. Where its challenge may not be read, a new nonce says so. */
function asksForNonce({ headers }, isNew) {
  const header = headers.get("WWW-Authenticate");
  return header ? challengesOf(header, DPOP).some(({ error }) => error === NONCE) : isNew;
}

/** What the provider would have said: RFC 6749 §5.2. */
const refusal = (error, description) => ({ status: 400, body: JSON.stringify({ error, error_description: description }) });

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}

function nothing() {}
