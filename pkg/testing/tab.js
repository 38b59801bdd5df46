// A tab of a virtual browser: an address, its session storage, and a page with a client.
import { AuthError } from "../error.js";
import { clientIn } from "./client.js";
import { loginRequired } from "./errors.js";
import { SharedRecord, emptySlot } from "./record.js";

export class TestTab {
  #world;
  #options;
  #page;
  #machine;
  #client;
  #navigation = null;
  #states = 0;
  #number;

  constructor(world, browser, options, address) {
    this.#world = world;
    this.#options = options;
    this.#number = world.number();
    this.browser = browser;
    this.#page = {
      address,
      slot: emptySlot(),
      ownRecord: new SharedRecord(),
      callbacks: new Map(),
      drawState: () => `test-state-${this.#number}-${(this.#states += 1)}`,
      navigate: (kind, address, parameters) => (this.#navigation = Object.freeze({ kind, url: withQuery(address, parameters), parameters })),
      clean: (at, names) => void (at === this.#page.address && (this.#page.address = without(at, names))),
    };
    this.createClient(options);
  }

  /** The client of the page that is open. */
  get client() {
    return this.#client;
  }

  /** Where the page stands. */
  get address() {
    return this.#page.address;
  }

  set address(address) {
    this.#page.address = new URL(address, this.#page.address).href;
  }

  /** Where the page has left for and not come back from: `{ kind, url, parameters }`, or `null`. */
  get navigation() {
    return this.#navigation;
  }

  /** What `"nightlatch"` exports, with this tab's clients: for what replaces the module in a test. */
  get module() {
    const client = async () => this.#client;
    const of = (name) => async (...given) => (await client())[name](...given);
    return {
      AuthError,
      client,
      configure: (options) => void this.createClient(options),
      createClient: async (options) => this.createClient(options),
      getAccessToken: of("getAccessToken"),
      handleRedirectCallback: of("handleRedirectCallback"),
      login: of("login"),
      logout: of("logout"),
      onLogout: of("onLogout"),
    };
  }

  /** Has the page make a client, in the place of the one that it had. */
  createClient(options) {
    const merged = { ...this.#options, ...options };
    const { client, machine } = clientIn(this.#world, this, this.#page, merged);
    this.#client?.close();
    this.#options = merged;
    this.#client = client;
    this.#machine = machine;
    return client;
  }

  /** Loads the page anew: what memory held is gone, the tab's own session storage stays. */
  reload() {
    this.#navigation = null;
    this.#page.callbacks.clear();
    return this.createClient();
  }

  /** The user signs in at the provider, which sends them back: the tab then stands at the answer. */
  async signIn(user) {
    const { provider } = this.#world;
    const { parameters } = await this.#left("login");
    const asksAnew = parameters.prompt !== undefined && parameters.prompt !== "none";
    if (user === undefined && (asksAnew || provider.user === null)) throw new Error("the provider asks who it is: say who signs in");
    provider.user = user ?? provider.user;
    return this.#back(parameters.redirect_uri, { code: provider.code(provider.user, parameters.scope), state: parameters.state });
  }

  /** The provider sends the user back with an error (RFC 6749 §4.1.2.1): the tab then stands at the answer. */
  async refuse(error = "access_denied", errorDescription) {
    const { parameters } = await this.#left("login");
    return this.#back(parameters.redirect_uri, { error, ...(errorDescription && { error_description: errorDescription }), state: parameters.state });
  }

  /** The provider ends its session and sends the user back: the tab then stands at `postLogoutRedirectUri`. */
  async comeBack() {
    const { parameters } = await this.#left("logout");
    if (parameters.post_logout_redirect_uri === undefined) throw new Error("the provider keeps the user: there is no `postLogoutRedirectUri`");
    this.#world.provider.user = null;
    return this.#back(parameters.post_logout_redirect_uri, { state: parameters.state });
  }

  /** Somebody uses the page: a key, a pointer, the wheel. */
  active() {
    this.#machine.active();
  }

  /** Closes the tab. */
  close() {
    this.#client.close();
  }

  /** Waits until the page has left; begins a sign-in where none is under way. */
  async #left(kind) {
    const { clock } = this.#world;
    await clock.idle();
    if (kind === "login" && this.#navigation?.kind !== "login") {
      const begun = this.#client.login().catch((error) => ({ error }));
      await clock.idle();
      if (!this.#navigation) throw (await Promise.race([begun, undefined]))?.error ?? loginRequired();
    }
    if (this.#navigation?.kind !== kind) throw new Error(`the page has not left for a ${kind}`);
    return this.#navigation;
  }

  #back(address, answer) {
    this.#navigation = null;
    this.#page.address = withQuery(address, answer);
    this.#machine.restored();
    return this.#page.address;
  }
}

function withQuery(address, parameters) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) for (const one of [value].flat()) url.searchParams.append(name, one);
  return url.href;
}

function without(address, names) {
  const url = new URL(address);
  for (const name of names) url.searchParams.delete(name);
  return url.href;
}
