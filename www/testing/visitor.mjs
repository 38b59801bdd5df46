/** A browser as far as a provider can tell: cookies with their paths, redirects one by one, forms. No script runs. */
import { createHash, randomBytes } from "node:crypto";

export class Visitor {
  #cookies = new Map();

  constructor(world) {
    this.world = world;
  }

  /** Requests an address and follows the provider's redirects until a page, or an address of the app, is reached. */
  async visit(address, { form, origin } = {}) {
    let url = new URL(address, this.world.issuer);
    let request = form ? { method: "POST", body: new URLSearchParams(form) } : { method: "GET" };
    for (let hops = 0; hops < 10; hops += 1) {
      if (url.origin !== this.world.issuer) return { url, status: undefined, html: "" };
      // A form from another site brings no SameSite=Lax cookie.
      const headers = { ...(origin === undefined ? this.#cookieHeader(url) : { Origin: origin }), Accept: "text/html" };
      const answer = await fetch(url, { ...request, headers, redirect: "manual" });
      this.#keep(url, answer.headers.getSetCookie());
      if (![302, 303].includes(answer.status)) return { url, status: answer.status, html: await answer.text(), headers: answer.headers };
      url = new URL(answer.headers.get("location"), url);
      request = { method: "GET" };
      origin = undefined;
    }
    throw new Error("the redirects go in circles");
  }

  /** An authorization request with PKCE (RFC 7636), and what is needed to use its answer. */
  authorization(more = {}) {
    const verifier = randomBytes(32).toString("base64url");
    const parameters = {
      response_type: "code",
      client_id: this.world.clientId,
      redirect_uri: `${this.world.app}/callback`,
      scope: "openid profile email offline_access",
      state: randomBytes(8).toString("base64url"),
      nonce: randomBytes(8).toString("base64url"),
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...more,
    };
    return { address: `${this.world.issuer}/auth?${new URLSearchParams(parameters)}`, parameters, verifier };
  }

  /** Fills in the form of a page. */
  async submit(page, fields) {
    const action = /<form method="post" action="([^"]+)"/.exec(page.html)[1];
    return this.visit(new URL(action, page.url), { form: fields });
  }

  /** The whole way: form, code, tokens. */
  async signIn({ username = "ada", password = "lovelace", ...more } = {}) {
    const asked = this.authorization(more);
    let page = await this.visit(asked.address);
    const askedForPassword = page.html.includes('id="password"');
    if (askedForPassword) page = await this.submit(page, { username, password });
    const answer = page.url.searchParams;
    const tokens = await this.token({
      grant_type: "authorization_code",
      code: answer.get("code"),
      redirect_uri: asked.parameters.redirect_uri,
      code_verifier: asked.verifier,
    });
    return { asked, answer, askedForPassword, tokens: tokens.body };
  }

  async token(form) {
    return this.#post("/token", form);
  }

  async revoke(token, hint) {
    return this.#post("/token/revocation", { token, token_type_hint: hint });
  }

  async #post(path, form) {
    const answer = await fetch(this.world.issuer + path, {
      method: "POST",
      headers: { Origin: this.world.app },
      body: new URLSearchParams({ client_id: this.world.clientId, ...form }),
    });
    const text = await answer.text();
    return { status: answer.status, cors: answer.headers.get("access-control-allow-origin"), text, body: text.startsWith("{") && answer.ok ? JSON.parse(text) : text };
  }

  #cookieHeader(url) {
    const fitting = [...this.#cookies.values()].filter(({ path }) => url.pathname === path || url.pathname.startsWith(path.endsWith("/") ? path : `${path}/`));
    return fitting.length ? { Cookie: fitting.map(({ name, value }) => `${name}=${value}`).join("; ") } : {};
  }

  #keep(url, lines) {
    for (const line of lines) {
      const [pair, ...attributes] = line.split("; ");
      const [name, ...value] = pair.split("=");
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? "/";
      const ended = attributes.some((attribute) => /^expires=/i.test(attribute) && Date.parse(attribute.slice(8)) < Date.now());
      if (ended) this.#cookies.delete(name + path);
      else this.#cookies.set(name + path, { name, value: value.join("="), path });
    }
  }
}
