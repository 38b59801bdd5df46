// The sign-out: `src/session/{logout, report}.rs`.
import { failed, kindOf, loginRequired, refusal } from "./errors.js";
import { callOff } from "./sign-in.js";
import { LEAVE_MS } from "./machine.js";
import { logoutOptions } from "./options.js";
import { copy } from "./record.js";

const TABS_DEADLINE_MS = 200;
const LAST_TRY_MS = 1000;
const SCOPES = ["tab", "app", "provider"];

export async function logout(machine, options) {
  const asked = logoutOptions(options, machine.options);
  for (const under of machine.logouts) {
    if (!under.joins(asked)) continue;
    machine.step(() => under.endAgain());
    return copy(await under.report);
  }
  return copy(await new Logout(machine, asked).report);
}

class Logout {
  hasLeft = false;
  acknowledged = 0;
  #isCommitting = true;
  #isLocalDone = false;
  #note = 0;
  #session;
  #tokens = { refreshToken: "skipped", accessToken: "skipped" };
  #application = "skipped";
  #provider = "skipped";
  #local = { removed: [], residue: [] };
  #cleaners = [];
  #timings = {};
  #problems = [];

  constructor(machine, asked) {
    this.machine = machine;
    this.asked = asked;
    this.startedAt = machine.now();
    this.report = machine.step(() => this.#begin());
  }

  /** Whether the app is told so: until the local layers are done, or the provider has the page. */
  get isSigningOut() {
    return !this.asked.dryRun && (!this.#isLocalDone || this.asked.scope === "provider");
  }

  /** Another call while this one is under way: they share it, and it reaches as far as either asks. */
  joins({ scope, revoke, clear, dryRun, redirectTo, parameters }) {
    const { asked } = this;
    const covers = (one, other) => JSON.stringify(one) === JSON.stringify(other) || one === "all" || other === "own";
    const covered = covers(asked.clear, clear);
    const asksMore = (revoke && !asked.revoke) || !covered;
    if (dryRun || asked.dryRun || this.hasLeft || asked.scope === "tab") return false;
    if ((asksMore && !this.#isCommitting) || !(covered || covers(clear, asked.clear))) return false;
    asked.revoke ||= revoke;
    if (!covered) asked.clear = clear;
    if (SCOPES.indexOf(scope) > SCOPES.indexOf(asked.scope)) Object.assign(asked, { scope, redirectTo, parameters });
    return true;
  }

  /** Somebody may have signed in since. */
  endAgain() {
    const { machine } = this;
    const { session, note } = this.#end();
    if (machine.user) machine.end("logout", false);
    machine.user = null;
    machine.see("logout");
    machine.announce();
    if (session) machine.withdraw(session, note);
  }

  acknowledge(generation) {
    if (generation >= this.generation && !this.hasLeft && !this.asked.dryRun) this.acknowledged += 1;
  }

  #begin() {
    const { machine, asked } = this;
    if (asked.dryRun) return this.#plan();
    callOff(machine, asked.scope === "tab");
    machine.put(() => machine.app.abort());
    machine.page.signIn = undefined;
    for (const use of machine.uses) use.reject(loginRequired());
    machine.answered = undefined;
    machine.session = machine.user = null;
    machine.logouts.add(this);
    this.generation = machine.generation;
    return this.#run().finally(() => this.hasLeft || machine.step(() => machine.logouts.delete(this)));
  }

  /** The session's one point of commit: nothing before it waits for anything. */
  #end() {
    const { machine, asked } = this;
    return machine.record.end(machine.slot, machine.now(), { all: asked.scope !== "tab", atProvider: asked.scope === "provider" });
  }

  async #run() {
    const { machine, asked } = this;
    const leavesShared = asked.scope === "tab" && machine.place === "browser";
    if (leavesShared) machine.page.left = machine.generation;
    else {
      const { session, note } = this.#end();
      [this.#session, this.#note] = [session, note];
      machine.see("logout");
      if (asked.scope !== "tab") {
        machine.page.left = undefined;
        machine.announce();
      }
    }
    await undefined;
    this.#isCommitting = false;
    if (this.#session && machine.place === "browser") this.#local.removed = ["nightlatch (IndexedDB)", "nightlatch (cookie)"];
    const layers = [this.#endApplication(), ...this.#wipe()];
    if (!leavesShared) layers.push(...this.#revoke());
    if (asked.scope !== "tab") layers.push(this.#countTabs());
    await Promise.all(layers);
    if (this.#areTokensDone) machine.record.clear(this.#note);
    return asked.scope === "provider" ? this.#reachProvider() : this.#told();
  }

  #wipe() {
    const { machine, asked } = this;
    const { wiped, cleaned } = machine.wipe(asked.clear, asked.scope === "tab", asked.timeoutMs);
    return [
      wiped.then(({ removed, residue }) => {
        this.#local.removed.push(...removed);
        this.#local.residue = [...residue, ...machine.world.residue];
        this.#time("local");
        machine.step(() => {
          this.#isLocalDone = true;
          machine.emit("signedOut", { reason: asked.reason });
        });
      }),
      cleaned.then((cleaners) => (this.#cleaners = cleaners)),
    ];
  }

  async #endApplication() {
    const { machine, asked } = this;
    if (!machine.options.application || asked.scope === "tab") return;
    const { failure, status } = await machine.provider.ask("application", {}, this.#timeoutMs);
    if (failure) this.#problem(failed(failure));
    if (status >= 400) this.#problem({ code: "application_refused" });
    this.#application = failure ? "unknown" : status < 400 ? "ended" : "failed";
    this.#time("application");
  }

  /** The refresh token first (RFC 7009 §2.1: it takes the others with it). */
  #revoke() {
    const { machine, asked } = this;
    const session = this.#session;
    if (!asked.revoke) return [];
    if (!session) {
      this.#tokens = { refreshToken: "none", accessToken: "none" };
      return [];
    }
    return [["refreshToken", "refresh_token"], ["accessToken", "access_token"]].map(async ([name, hint]) => {
      const token = session[name];
      if (token === undefined || !session.metadata.revocation) {
        this.#tokens[name] = token === undefined ? "none" : "unsupported";
        return;
      }
      const parameters = { token, token_type_hint: hint, client_id: machine.options.clientId };
      this.#tokens[name] = this.#judge(await machine.provider.ask("revocation", parameters, this.#timeoutMs));
      this.#time(name);
    });
  }

  /** By the status alone: RFC 7009 §2.2. */
  #judge({ failure, ...answer }) {
    if (failure) {
      this.#problem(failed(failure));
      // Nothing left the browser.
      return failure === "offline" ? "failed" : "unknown";
    }
    if (answer.status === 200) return "revoked";
    const error = refusal("revocation_refused", "the provider refused the revocation", answer);
    if (error.error === "unsupported_token_type") return "unsupported";
    this.#problem(error);
    return "failed";
  }

  async #countTabs() {
    await this.machine.clock.wait(Math.min(TABS_DEADLINE_MS, this.asked.timeoutMs));
    this.#time("tabs");
  }

  async #reachProvider() {
    const { machine, asked } = this;
    let metadata = this.#session?.metadata ?? machine.metadata;
    // The page does not leave for a provider that may not be there: it would not come back, and nobody would read the report.
    if (!metadata || this.#problems.some((code) => kindOf(code) === "transport")) {
      const spent = machine.now() - this.startedAt;
      try {
        metadata = await machine.discover(Math.max(asked.timeoutMs - spent, LAST_TRY_MS));
      } catch (error) {
        this.#problem(error);
        if (kindOf(error.code) === "transport") metadata = undefined;
      }
    }
    if (!metadata) return this.#stay("failed");
    return metadata.endSession ? this.#leave() : this.#stay("unsupported");
  }

  /** Off to the provider, with the report kept for the way back. */
  #leave() {
    const { machine, asked } = this;
    const { options, page, provider } = machine;
    const hint = this.#session?.idToken;
    const state = page.drawState();
    const back = options.postLogoutRedirectUri;
    this.#provider = "redirecting";
    const report = this.#told();
    page.signOut = { state, returnTo: asked.redirectTo, isConfirmed: this.#isConfirmed, ending: hint && machine.ending, report };
    page.navigate("logout", provider.address("end_session"), {
      client_id: options.clientId,
      ...(hint && { id_token_hint: hint }),
      ...(back && { post_logout_redirect_uri: back, state }),
      ...asked.parameters,
    });
    this.hasLeft = true;
    machine.clock.later(LEAVE_MS, () => machine.step(() => machine.logouts.delete(this)));
    return report;
  }

  #stay(outcome) {
    const { machine } = this;
    this.#provider = outcome;
    this.#time("provider");
    machine.record.remain(machine.ending);
    machine.announce();
    return this.#told();
  }

  /** What a dry run tells: nothing is ended, stored or sent, but a request for the metadata. */
  async #plan() {
    const { machine, asked } = this;
    machine.look();
    const { session, options } = machine;
    const mayBeAlive = copy(machine.record.ledger);
    const isAlone = asked.scope === "tab";
    if (session && machine.place === "browser") this.#local.removed = ["nightlatch (IndexedDB)", "nightlatch (cookie)"];
    if (options.application && !isAlone) this.#application = "planned";
    const outcome = (token) => (token === undefined ? "none" : session.metadata.revocation ? "planned" : "unsupported");
    if (asked.revoke && !(isAlone && machine.place === "browser")) {
      this.#tokens = { refreshToken: session ? outcome(session.refreshToken) : "none", accessToken: session ? outcome(session.accessToken) : "none" };
    }
    await undefined;
    let metadata = session?.metadata ?? machine.metadata;
    if (asked.scope === "provider") {
      metadata ??= await machine.discover(Math.max(asked.timeoutMs, LAST_TRY_MS)).catch((error) => void this.#problem(error));
      this.#provider = !metadata ? "failed" : metadata.endSession ? "planned" : "unsupported";
      this.#time("provider");
    }
    const known = metadata && { revocation: metadata.revocation !== undefined, endSession: metadata.endSession !== undefined };
    return { ...this.#told(), capabilities: { storage: machine.place, mayBeAlive, ...known } };
  }

  #told() {
    const { asked, startedAt, acknowledged } = this;
    const { removed, residue } = this.#local;
    const localStatus = asked.dryRun ? "planned" : residue.length > 0 ? "partial" : "cleared";
    return {
      scope: asked.scope,
      complete: this.#isConfirmed && ["ended", "skipped"].includes(this.#provider),
      startedAt,
      durationMs: this.machine.now() - startedAt,
      local: { status: localStatus, removed, residue },
      tabs: { acknowledged, deadlineMs: TABS_DEADLINE_MS },
      tokens: this.#tokens,
      application: this.#application,
      provider: this.#provider,
      devices: "skipped",
      cleaners: this.#cleaners,
      timings: this.#timings,
      problems: this.#problems,
    };
  }

  /** Whether every layer but the provider's is confirmed, as far as it was asked for. */
  get #isConfirmed() {
    const { asked } = this;
    const areTokensConfirmed = Object.values(this.#tokens).every((outcome) => ["none", "revoked", "skipped"].includes(outcome));
    const isClean = this.#local.residue.length === 0 && this.#cleaners.every(({ status }) => status === "done");
    return !asked.dryRun && isClean && areTokensConfirmed && ["ended", "skipped"].includes(this.#application);
  }

  get #areTokensDone() {
    return Object.values(this.#tokens).every((outcome) => outcome === "none" || outcome === "revoked");
  }

  get #timeoutMs() {
    return Math.min(this.asked.timeoutMs, this.machine.options.requestTimeoutMs);
  }

  #time(layer) {
    this.#timings[layer] = this.machine.now() - this.startedAt;
  }

  #problem({ code }) {
    if (!this.#problems.includes(code)) this.#problems.push(code);
  }
}
