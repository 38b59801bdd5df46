// What the clients' `fetch` reaches.

/** How long the provider may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/** An API that the test answers for. Until it does, a good token is answered with 200 and `{}`, any other with 401. */
export class TestApi {
  #clock;
  #provider;
  #respond = (_request, { token }) => (token === null || this.#provider.isActive(token) ? Response.json({}) : refused());

  /** What was sent, in order: `{ method, url, headers, body, token, at }`. */
  requests = [];

  constructor(clock, provider) {
    this.#clock = clock;
    this.#provider = provider;
  }

  /** Has a function of the test answer from now on: `(request, { token })`. */
  respond(answer) {
    this.#respond = answer;
  }

  /** The `fetch` of the clients. */
  answer = async (request, { headers = request.headers, signal = request.signal } = {}) => {
    signal?.throwIfAborted();
    const body = request.body === null ? null : await request.clone().text();
    const token = /^(?:Bearer|DPoP) (.+)$/i.exec(headers.get("Authorization") ?? "")?.[1] ?? null;
    const { method, url } = request;
    const aborted = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const endpoint = this.#provider.endpointAt(url);
    if (endpoint) return Promise.race([this.#ask(endpoint, token), aborted]);
    this.requests.push({ method, url, headers: Object.fromEntries(headers), body, token, at: this.#clock.now() });
    const sent = new Request(url, { method, headers, body });
    const answered = (async () => this.#respond(sent, { token }))();
    answered.catch(() => {}); // Where the call is aborted first, nobody else hears of it.
    return Promise.race([answered, aborted]);
  };

  /** What a page may ask of the provider by itself. */
  async #ask(endpoint, token) {
    const { failure, status, body } = await this.#provider.ask(endpoint, token === null ? {} : { token }, TIMEOUT_MS);
    if (failure === "timeout") throw new DOMException("no answer in time", "TimeoutError");
    if (failure) throw new TypeError("no answer");
    if (body === undefined) return new Response("no JSON", { status });
    const challenge = status === 401 && { "WWW-Authenticate": `Bearer error="${body.error}"` };
    return Response.json(body, { status, headers: { ...challenge } });
  }
}

const refused = () => new Response(null, { status: 401, headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } });
