// Translates what the core says in the standards' words into what one provider understands, and its answers back.
//
// The core speaks RFC 7009 and OpenID Connect RP-Initiated Logout 1.0 alone. How a provider deviates stands in a row, which
// is plain data; this is the one piece of code that reads rows.

/** What the core takes an answer for (RFC 7009 §2.2): the words that a row has for answers. */
const MEANINGS = {
  revoked: () => ({ status: 200 }),
  refused: (answer) => ({ ...answer, status: 400 }),
  unknown: () => ({ status: 0 }),
  unsupported: () => ({ status: 400, body: '{"error":"unsupported_token_type"}' }),
};

/**
 * The provider of a row, for the option `provider`. `own` goes before the row, member by member, and fills its `{names}`.
 * `pkg/providers.d.ts` documents both.
 */
export function dialect(row, own = {}) {
  const revocation = { ...row.revocation, ...own.revocation };
  const logout = { ...row.logout, ...own.logout };
  // What asks for a secret is asked by the app's own server, where there is one.
  if (own.revocation?.endpoint && !own.revocation.unsupported) delete revocation.unsupported;
  if (own.logout?.endpoint && !own.logout.unsupported) delete logout.unsupported;
  const further = { devices: { ...row.devices, ...own.devices }, consent: { ...row.consent, ...own.consent } };
  for (const { means, body } of revocation.answers ?? []) {
    new RegExp(body ?? "");
    if (!Object.hasOwn(MEANINGS, means)) throw new TypeError(`no answer means ${means}: one of ${Object.keys(MEANINGS).join(", ")}`);
  }
  // What cannot be filled is left to the provider's metadata.
  const fill = (template, known) => {
    const filled = template?.replace(/\{(\w+)\}/g, (name, key) => own[key] ?? known?.[key] ?? name);
    return filled?.includes("{") ? undefined : filled;
  };
  const endpoints = {
    revocation_endpoint: revocation.unsupported ? null : fill(revocation.endpoint),
    end_session_endpoint: logout.unsupported ? null : fill(logout.endpoint),
  };
  let followers = [];
  let held;

  /** The metadata with what the row knows better: `null` takes an endpoint away. */
  function described(answer) {
    let metadata;
    try {
      metadata = JSON.parse(answer.body);
    } catch {}
    if (typeof metadata?.issuer !== "string") return answer;
    for (const name in endpoints) if (endpoints[name] !== undefined) metadata[name] = endpoints[name];
    return { ...answer, body: JSON.stringify(metadata) };
  }

  async function revoke(request, form, post) {
    const kind = form.get("token_type_hint");
    const token = form.get("token");
    const { tokens, together, jwt, method, credentials, cors, answers = [] } = revocation;
    const isJwt = kind === "access_token" && token.split(".").length === 3;
    if (revocation.unsupported || (jwt === false && isJwt)) return MEANINGS.unsupported();
    if (tokens && !tokens.includes(kind)) return together ? follow(request) : MEANINGS.unsupported();

    const followed = followers;
    followers = [];
    const init = { method, mode: cors === false ? "no-cors" : undefined };
    // The Fetch standard has no answer to a redirect for those who may not read it.
    if (init.mode) init.redirect = "follow";
    if (credentials === "bearer") Object.assign(init, { headers: { Accept: "application/json", Authorization: `Bearer ${token}` }, body: null });
    for (const name in init) if (init[name] === undefined) delete init[name];
    const answer = judged(await post({ ...request, form: `${renamed(form, revocation.parameters)}`, init }), answers);
    for (const take of followed) take(answer);
    return answer;
  }

  /** The answer to the other token, which the core sends next: the provider ends both with that. */
  function follow({ timeoutMs }) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ failure: "timeout" }), timeoutMs + 1000);
      followers.push((answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
    });
  }

  return {
    row: { ...row, revocation, logout, ...further },
    options: { issuer: fill(row.issuer), revocationReach: revocation.reach, ...row.options, ...own.options },

    /** Sends what the core asks for by `post`, and gives the answer as the core understands it. */
    async send(request, post) {
      try {
        if (request.form === null) return described(await post(request));
        const form = new URLSearchParams(request.form);
        if (!form.has("token")) return await post(request);
        await held;
        return await revoke(request, form, post);
      } catch {
        return { failure: "network" }; // The core waits for an answer, whatever a row does.
      }
    },

    /** Has the revocations wait for a request that takes a token which is still good. */
    hold(until) {
      held = until;
    },

    /**
     * The request to the provider's own address for `devices` or `consent`, which takes the token of who is signed in. `undefined`: there is none.
     */
    further(name, user, token, timeoutMs) {
      const { endpoint, method = "POST", headers, member } = further[name];
      const { origin } = new URL(user.iss);
      const url = fill(endpoint, { issuer: user.iss, origin, client_id: encodeURIComponent(clientOf(user)) });
      if (url === undefined || further[name].unsupported) return undefined;
      const init = {
        method,
        headers: { Accept: "application/json", ...(member ? {} : { Authorization: `Bearer ${token}` }), ...headers },
        body: member ? JSON.stringify({ [member]: token }) : null,
        keepalive: true,
      };
      return { url, form: null, keepalive: true, timeoutMs, init };
    },

    /** Where the page leaves for when the core says so. */
    leave(navigation) {
      const address = new URL(navigation.url);
      const isForm = navigation.form !== null;
      const sent = isForm ? new URLSearchParams(navigation.form) : address.searchParams;
      const isSignIn = sent.has("code_challenge") || sent.has("request_uri");
      if (isSignIn) return navigation;

      const back = sent.get("post_logout_redirect_uri");
      const hint = sent.get("id_token_hint");
      if (hint === null && logout.hint === "required" && back !== null) {
        // The provider would show an error and keep the person there.
        return { url: `${withQuery(back, { state: sent.get("state") })}`, form: null };
      }
      if (hint === null && logout.hint === "toReturn") {
        sent.delete("post_logout_redirect_uri");
        sent.delete("state");
      }
      if (logout.stateInReturn && back !== null) sent.set("post_logout_redirect_uri", withQuery(back, { state: sent.get("state") }));
      for (const name in logout.claims) {
        const value = hint !== null && claims(hint)[logout.claims[name]];
        if (typeof value === "string" && !sent.has(name)) sent.set(name, value);
      }
      const parameters = renamed(sent, logout.parameters);
      if (isForm && logout.method !== "get") return { url: navigation.url, form: `${parameters}` };
      if (isForm) for (const [name, value] of address.searchParams) parameters.append(name, value);
      address.search = parameters;
      return { url: address.href, form: null };
    },
  };
}

const clientOf = ({ aud, azp }) => (typeof aud === "string" ? aud : (azp ?? aud[0]));

/** The parameters under the provider's names. `null` leaves one out, and what has no other name keeps its own. */
function renamed(parameters, names = {}) {
  const sent = new URLSearchParams();
  for (const [name, value] of parameters) {
    const other = Object.hasOwn(names, name) ? names[name] : name;
    if (other !== null) sent.append(other, value);
  }
  return sent;
}

/** The answer as the first entry that fits has it. */
function judged(answer, answers) {
  const fitting = answers.find(
    ({ status, body }) => answer.status !== undefined && (status ?? answer.status) === answer.status && new RegExp(body ?? "").test(answer.body ?? ""),
  );
  return fitting ? MEANINGS[fitting.means](answer) : answer;
}

function withQuery(url, parameters) {
  const address = new URL(url);
  for (const name in parameters) address.searchParams.set(name, parameters[name]);
  return address.href;
}

/** What an ID token says, for a parameter alone: nothing is decided by it. */
function claims(idToken) {
  try {
    const text = atob(idToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0))));
  } catch {
    return {};
  }
}
