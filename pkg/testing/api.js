// What the clients' `fetch` reaches.

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
    this.requests.push({ method, url, headers: Object.fromEntries(headers), body, token, at: this.#clock.now() });
    const sent = new Request(url, { method, headers, body });
    const aborted = new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    const answered = (async () => this.#respond(sent, { token }))();
    answered.catch(() => {}); // Where the call is aborted first, nobody else hears of it.
    return Promise.race([answered, aborted]);
  };
}

const refused = () => new Response(null, { status: 401, headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } });
