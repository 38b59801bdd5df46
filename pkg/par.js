// Pushed authorization requests: RFC 9126. The provider hears of a sign-in from the app before the browser goes there, so
// nothing of it stands in an address.
import { AuthError } from "./error.js";
import { send } from "./browser/request.js";
import { depart } from "./departure.js";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const par = () => new Par();

// No members of its own: as an option it is nothing that the core reads.
class Par {
  extend(calls, { issuer, clientId, metadata, requestTimeout = 10 }) {
    const { login } = calls;
    let known = metadata;

    async function ask(request) {
      const answer = await send({ ...request, timeoutMs: requestTimeout * 1000 });
      if (answer.failure === "too_large") throw invalid("the answer is too large");
      if (answer.failure === "timeout") throw new AuthError("timeout", "transport", "no answer in time");
      if (answer.failure) throw new AuthError("network_error", "transport", "no answer: the network, the server's CORS headers or a redirect");
      return { status: answer.status, body: parse(answer.body) };
    }

    async function endpoint() {
      if (!known) {
        const { status, body } = await ask({ url: `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, form: null });
        if (status !== 200) throw refused("discovery_refused", "the provider refused its metadata", status, body);
        if (body?.issuer !== issuer) throw new AuthError("issuer_mismatch", "security", "the metadata's `issuer` is another");
        known = body;
      }
      const address = known.pushed_authorization_request_endpoint;
      if (typeof address !== "string") throw invalid("the metadata has no `pushed_authorization_request_endpoint`");
      const { protocol, hostname } = new URL(address);
      const isLocal = protocol === "http:" && LOOPBACK.test(hostname) && LOOPBACK.test(location.hostname);
      if (protocol !== "https:" && !isLocal) throw new AuthError("insecure_endpoint", "security", "an endpoint is not https");
      return address;
    }

    /** The address for what the provider has taken: RFC 9126 §2.1, §4. Each is good for one sign-in. */
    async function pushed(url) {
      // What stands before belongs to the endpoint (RFC 6749 §3.1).
      const at = url.search(/[?&]response_type=/);
      const { status, body } = await ask({ url: await endpoint(), form: url.slice(at + 1) });
      if (status >= 400) throw refused("authorization_refused", "the provider refused the pushed request", status, body);
      if (status !== 201 || !body?.request_uri || typeof body.request_uri !== "string" || !(body.expires_in > 0)) {
        throw invalid("the answer to the pushed request is not what the standard says");
      }
      return url.slice(0, at + 1) + new URLSearchParams({ client_id: clientId, request_uri: body.request_uri });
    }

    calls.login = async (options) => {
      const told = await login({ ...options, detached: true });
      const short = { ...told, url: await pushed(told.url) };
      return options?.detached ? short : depart(short);
    };
  }
}

const invalid = (message) => new AuthError("invalid_response", "server", message);

const refused = (code, message, status, body) =>
  new AuthError(code, "server", message, { status, error: scrub(body?.error), errorDescription: scrub(body?.error_description) });

// The words are the server's (RFC 6749 §4.1.2.1).
const scrub = (text) => (typeof text === "string" ? text.slice(0, 300).replace(/[^ -~]|["\\]/g, "?") : undefined);

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {}
}
