// The provider of a virtual browser: it knows users, issues tokens, revokes them, and fails as it is told.

const METADATA = {
  discovery: ".well-known/openid-configuration",
  authorization: "auth",
  token: "token",
  revocation: "revoke",
  end_session: "logout",
  userinfo: "userinfo",
};
const ENDPOINTS = ["application", "discovery", "end_session", "provider", "revocation", "token", "userinfo"];
/** What a page can `fetch`. */
const OPEN = ["discovery", "userinfo"];
const WORDS = ["drop", "hang", "malformed", "missing"];

export class TestProvider {
  #clock;
  #faults = new Map();
  #tokens = new Map();
  #codes = new Map();
  #last = 0;
  #issuer;
  #clientId;

  /** What arrived, in order: `{ endpoint, parameters, at }`. */
  requests = [];
  /** Who is signed in at the provider itself. */
  user = null;
  /** How long access tokens last, in seconds; `null`: the provider does not say. */
  accessTokenTtl = 300;
  /** Whether there are refresh tokens. */
  refreshTokens = true;
  /** Whether the browser is offline. */
  isOffline = () => false;

  constructor(clock, { issuer, clientId }) {
    this.#clock = clock;
    this.#issuer = issuer;
    this.#clientId = clientId;
  }

  /** Stands for the provider of a client: there is one for every issuer. */
  serve({ issuer, clientId }) {
    this.#issuer = issuer;
    this.#clientId = clientId;
  }

  /** Has an endpoint fail from now on. */
  fail(endpoint, fault) {
    if (!ENDPOINTS.includes(endpoint)) throw new RangeError(`no endpoint is called ${endpoint}: one of ${ENDPOINTS.join(", ")}`);
    const { status = fault } = Object(fault);
    const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
    if (!isStatus && !WORDS.includes(fault) && typeof fault !== "function") throw new RangeError(`no fault is called ${String(fault)}`);
    this.#faults.set(endpoint, fault);
  }

  /** Ends one fault, or all. */
  recover(endpoint) {
    if (endpoint === undefined) this.#faults.clear();
    else this.#faults.delete(endpoint);
  }

  /** Ends everything that was issued, as an administrator does: the next refresh is refused. */
  revokeAll() {
    for (const token of this.#tokens.values()) token.isRevoked = true;
  }

  /** Whether a token is good. */
  isActive(value) {
    const token = this.#tokens.get(value);
    return token !== undefined && !token.isRevoked && !(token.expiresAt <= this.#clock.now());
  }

  /** What the endpoints are at this moment. */
  metadata() {
    const at = (endpoint) => (this.#faults.get(endpoint) === "missing" ? undefined : this.address(endpoint));
    return { revocation: at("revocation"), endSession: at("end_session") };
  }

  address(endpoint) {
    return `${this.#issuer.replace(/\/$/, "")}/${METADATA[endpoint]}`;
  }

  /** The endpoint at an address that a page can `fetch`; `undefined` where there is none. */
  endpointAt(url) {
    return OPEN.find((endpoint) => this.address(endpoint) === url);
  }

  /** The claims of a user, by a name or by claims. */
  claims(user) {
    const iat = Math.floor(this.#clock.now() / 1000);
    return { iss: this.#issuer, aud: this.#clientId, iat, exp: iat + 3600, ...(typeof user === "string" ? { sub: user } : user) };
  }

  /** A code for a user who has signed in. */
  code(user, scope) {
    const code = `test-code-${(this.#last += 1)}`;
    this.#codes.set(code, { user, scope });
    return code;
  }

  /** Tokens for a user: RFC 6749 §5.1. */
  issue(user, scope, grant = this.#last + 1) {
    const number = (this.#last += 1);
    const now = this.#clock.now();
    const token = (kind, expiresAt) => {
      const value = `test-${kind}-${number}`;
      this.#tokens.set(value, { kind, user, scope, grant, expiresAt });
      return value;
    };
    const ttl = this.accessTokenTtl;
    return {
      access_token: token("access-token", ttl === null ? Infinity : now + ttl * 1000),
      refresh_token: this.refreshTokens ? token("refresh-token", Infinity) : undefined,
      id_token: `test-id-token-${number}`,
      claims: this.claims(user),
      expires_in: ttl ?? undefined,
      scope,
    };
  }

  /** One request: `{ status, body, retryAfter }`, or `{ failure }`. */
  async ask(endpoint, parameters, timeoutMs) {
    const request = { endpoint, parameters, at: this.#clock.now() };
    const isOffline = this.isOffline();
    if (!isOffline) this.requests.push(request);
    this.#clock.tick();
    await undefined;
    if (isOffline) return { failure: "offline" };
    const whole = endpoint === "application" ? undefined : this.#faults.get("provider");
    const fault = this.#faults.get(endpoint) ?? whole;
    if (typeof fault === "function") return this.#scripted(fault, request, timeoutMs);
    if (fault === "hang") {
      await this.#clock.wait(timeoutMs);
      return { failure: "timeout" };
    }
    if (fault === "drop") return { failure: "drop" };
    if (fault === "malformed") return { status: 200 };
    if (fault === "missing") return { status: 404, body: { error: "not_found" } };
    if (fault !== undefined) return answerOf(fault);
    return this.#work(endpoint, parameters);
  }

  async #scripted(script, request, timeoutMs) {
    const answered = async () => {
      const answer = await script(request);
      return answer === undefined ? this.#work(request.endpoint, request.parameters) : answerOf(answer);
    };
    try {
      return await this.#clock.outside(timeoutMs, answered(), { failure: "timeout" });
    } catch {
      return { failure: "drop" };
    }
  }

  #work(endpoint, parameters) {
    switch (endpoint) {
      case "token":
        return this.#grant(parameters);
      case "revocation":
        return this.#revoke(parameters.token);
      case "discovery":
        return { status: 200, body: this.#document() };
      case "userinfo":
        return this.#tell(parameters.token);
      default:
        return { status: 200, body: {} };
    }
  }

  #document() {
    const endpoints = Object.keys(METADATA).filter((name) => name !== "discovery" && this.#faults.get(name) !== "missing");
    return { issuer: this.#issuer, ...Object.fromEntries(endpoints.map((name) => [`${name}_endpoint`, this.address(name)])) };
  }

  // OpenID Connect Core 1.0 §5.3: what the ID token says of the person, without what it says of itself.
  #tell(value) {
    if (!this.isActive(value)) return { status: 401, body: { error: "invalid_token" } };
    const { iss, aud, iat, exp, ...claims } = this.claims(this.#tokens.get(value).user);
    return { status: 200, body: claims };
  }

  #grant({ grant_type: type, code, refresh_token: refreshToken }) {
    const refused = { status: 400, body: { error: "invalid_grant" } };
    if (type === "authorization_code") {
      const grant = this.#codes.get(code);
      this.#codes.delete(code);
      return grant ? { status: 200, body: this.issue(grant.user, grant.scope) } : refused;
    }
    if (!this.isActive(refreshToken)) return refused;
    const { user, scope, grant } = this.#tokens.get(refreshToken);
    // Rotation: RFC 9700 §4.14.2.
    for (const token of this.#tokens.values()) if (token.grant === grant && token.kind === "refresh-token") token.isRevoked = true;
    return { status: 200, body: this.issue(user, scope, grant) };
  }

  // RFC 7009 §2.1: a refresh token takes the access tokens of its grant along.
  #revoke(value) {
    const token = this.#tokens.get(value);
    for (const other of this.#tokens.values()) {
      if (other === token || (token?.kind === "refresh-token" && other.grant === token.grant)) other.isRevoked = true;
    }
    return { status: 200, body: {} };
  }
}

function answerOf(fault) {
  const { status, error, errorDescription, retryAfter = 0 } = typeof fault === "number" ? { status: fault } : fault;
  const word = error ?? (status === 400 ? "invalid_request" : "temporarily_unavailable");
  return { status, body: { error: word, error_description: errorDescription }, retryAfter };
}
