/**
 * What goes wrong, on purpose. A fault sits in the server, not in the browser's driver, so that every browser meets the same one and the real network stack handles it.
 *
 * Modes of an endpoint:
 *
 * - `"503"`, `"500"`, `"400"` …: that status, readable by the app (CORS headers and all)
 * - `"503:SECONDS"`: 503, and when to come back (`Retry-After`, RFC 7009 §2.2.1)
 * - `"hang"`: takes the request and never answers
 * - `"drop"`: ends the connection
 * - `"no-cors"`: does its work, and answers without a word of CORS
 * - `"missing"`: 404, and not in the provider's metadata
 * - `"malformed"`: 200 with broken JSON
 * - `"slow:MS"`: waits before it does its work
 * - `"late:MS"`: does its work and keeps the answer back
 * - `"lost"`: does its work, and the answer never arrives
 * - a function `(req, res, next)`: a scripted answer; `req.params` holds the parsed form or query
 * - for `discovery` also an object: members of the metadata to replace, `undefined` to leave out
 */
import { endpoints, metadataMember } from "./provider/endpoints.mjs";

const targets = [...endpoints, "api", "application", "provider"];
const notTheProviders = ["api", "application"];
const MODE = /^(?:[45]\d\d|503:\d+|hang|drop|no-cors|missing|malformed|lost|(?:slow|late):\d+)$/;

export class Faults {
  #modes = new Map();
  #held = new Set();
  #timers = new Set();

  set(endpoint, mode) {
    if (!targets.includes(endpoint)) throw new RangeError(`no endpoint is called ${endpoint}: one of ${targets.join(", ")}`);
    const metadata = endpoint === "discovery" && typeof mode === "object" && mode !== null;
    if (typeof mode !== "function" && !metadata && !MODE.test(mode)) throw new RangeError(`no fault is called ${mode}`);
    this.#modes.set(endpoint, mode);
  }

  /** Ends one fault, or all. What hangs goes on hanging: the client was never going to hear from it. */
  clear(endpoint) {
    if (endpoint === undefined) this.#modes.clear();
    else this.#modes.delete(endpoint);
  }

  all() {
    return Object.fromEntries([...this.#modes].map(([endpoint, mode]) => [endpoint, typeof mode === "function" ? "scripted" : mode]));
  }

  /** Lets go of everything that is held back, so that the process can end. */
  release() {
    this.#modes.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const response of this.#held) response.destroy();
    this.#timers.clear();
    this.#held.clear();
  }

  /** The metadata as the provider would publish it with these faults. */
  publish(metadata) {
    const published = { ...metadata };
    for (const [endpoint, mode] of this.#modes) {
      if (mode === "missing") delete published[metadataMember[endpoint]];
    }
    const replaced = this.#modes.get("discovery");
    if (typeof replaced === "object") Object.assign(published, replaced);
    return published;
  }

  /** Handles a request as the fault of its endpoint has it; `next` does the real work. */
  meet(endpoint, req, res, next) {
    const whole = !notTheProviders.includes(endpoint) && !this.#modes.has(endpoint);
    const mode = this.#modes.get(whole ? "provider" : endpoint);
    if (mode === undefined || typeof mode === "object") return next(req, res);
    if (req.method === "OPTIONS" && !meetsPreflight(mode, whole)) return next(req, res);
    if (typeof mode === "function") return mode(req, res, () => next(req, res));

    const [kind, number] = mode.split(":");
    switch (kind) {
      case "hang":
        this.#hold(res);
        return undefined;
      case "drop":
        req.socket.destroy();
        return undefined;
      case "no-cors":
        withoutCors(res);
        return next(req, res);
      case "missing":
        return json(req, res, 404, { error: "not_found" });
      case "malformed":
        return answer(req, res, 200, "application/json", '{"issuer": "http://');
      case "slow":
        this.#hold(res);
        this.#after(Number(number), () => next(req, res));
        return undefined;
      case "late":
        this.#hold(res);
        beforeAnswer(res, (send) => this.#after(Number(number), send));
        return next(req, res);
      case "lost":
        beforeAnswer(res, () => req.socket.destroy());
        return next(req, res);
      default:
        return json(
          req,
          res,
          Number(kind),
          { error: kind === "400" ? "invalid_request" : "temporarily_unavailable" },
          number && { "Retry-After": number, "Access-Control-Expose-Headers": "Retry-After" },
        );
    }
  }

  #hold(res) {
    this.#held.add(res);
    res.once("close", () => this.#held.delete(res));
  }

  #after(milliseconds, act) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** Answers with JSON that the asking origin may read: for faults, and for the scripted answers of tests. */
export function json(req, res, status, body, headers = {}) {
  return answer(req, res, status, "application/json", JSON.stringify(body), headers);
}

function answer(req, res, status, type, body, headers = {}) {
  res.statusCode = status;
  res.setHeader("Content-Type", type);
  res.setHeader("Cache-Control", "no-store");
  res.setHeader("Vary", "Origin");
  if (req.headers.origin) res.setHeader("Access-Control-Allow-Origin", req.headers.origin);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}

// A browser asks first and is told yes: the fault is to meet the request itself. Only where nobody is there, or CORS is what is missing, the question fails too.
function meetsPreflight(mode, whole) {
  return mode === "no-cors" || mode === "missing" || (whole && (mode === "hang" || mode === "drop"));
}

function withoutCors(res) {
  const setHeader = res.setHeader.bind(res);
  res.setHeader = (name, value) => (/^access-control-/i.test(name) ? res : setHeader(name, value));
}

function beforeAnswer(res, act) {
  const end = res.end.bind(res);
  res.end = (...body) => {
    act(() => end(...body));
    return res;
  };
}
