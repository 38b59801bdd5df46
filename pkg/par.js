// Pushed authorization requests: RFC 9126. The provider hears of a sign-in from the app before the browser goes there, so
// nothing of it stands in an address.
import { send } from "./browser/request.js";
import { depart } from "./departure.js";
import { endpoint, invalid, metadata as metadataOf, metadataAddress, parse, refused, tooLate, unreachable } from "./discovery.js";

export const par = () => new Par();

// No members of its own: as an option it is nothing that the core reads.
class Par {
  extend(calls, { issuer, clientId, metadata, requestTimeout = 10 }) {
    const { login } = calls;
    let known = metadata;

    async function ask(request) {
      const { failure, status, body } = await send({ ...request, timeoutMs: requestTimeout * 1000 });
      if (failure === "too_large") throw invalid("the answer is too large");
      if (failure) throw failure === "timeout" ? tooLate() : unreachable();
      return { status, body: parse(body) };
    }

    async function address() {
      known ??= metadataOf(issuer, await ask({ url: metadataAddress(issuer), form: null }));
      return endpoint(known, "pushed_authorization_request_endpoint");
    }

    /** The address for what the provider has taken: RFC 9126 §2.1, §4. Each is good for one sign-in. */
    async function pushed(url) {
      // What stands before belongs to the endpoint (RFC 6749 §3.1).
      const at = url.search(/[?&]response_type=/);
      const { status, body } = await ask({ url: await address(), form: url.slice(at + 1) });
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
