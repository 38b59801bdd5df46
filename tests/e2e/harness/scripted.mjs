/**
 * A provider's further endpoints as its documents describe them: what takes revocations, ends sessions, and undoes permissions there. The sign-in is the real
 * provider's. What is simulated is this server's answer; what reaches it is what a browser sent.
 */
import { createServer } from "node:http";

import { receive } from "../../../www/requests.mjs";
import { close, listen } from "../../../www/listen.mjs";

export class Scripted {
  #server = createServer((req, res) => this.#answer(req, res));
  /** What arrived, in order, without the questions that CORS asks before. */
  requests = [];
  /** The questions that CORS asks before: `"DELETE /devices"`. */
  preflights = [];
  /** Whether an answer may be read by the page. */
  cors = true;
  /** What is answered at a path: `{ status, body }`, or a function of the request that gives (a promise of) it. */
  answers = {};

  async open() {
    this.origin = `http://127.0.0.1:${await listen(this.#server, 0)}`;
  }

  close() {
    return close(this.#server);
  }

  reset() {
    this.requests.length = this.preflights.length = 0;
    this.cors = true;
    this.answers = {};
  }

  at(path) {
    return this.requests.filter((request) => request.path === path);
  }

  async #answer(req, res) {
    const { pathname: path, searchParams } = new URL(req.url, this.origin);
    const { method, headers } = req;
    res.setHeader("Cache-Control", "no-store");
    if (this.cors && headers.origin) res.setHeader("Access-Control-Allow-Origin", headers.origin);
    if (method === "OPTIONS") {
      this.preflights.push(`${headers["access-control-request-method"]} ${path}`);
      if (this.cors) {
        res.setHeader("Access-Control-Allow-Methods", headers["access-control-request-method"]);
        res.setHeader("Access-Control-Allow-Headers", headers["access-control-request-headers"] ?? "");
      }
      return res.writeHead(this.cors ? 204 : 403).end();
    }
    const text = `${await receive(req).catch(() => "")}`;
    const { authorization, accept, "content-type": type, "x-amz-target": target, cookie } = headers;
    const request = { method, path, query: Object.fromEntries(searchParams), text, authorization, accept, type, target, cookie };
    this.requests.push(request);
    const answer = this.answers[path] ?? { status: 404, body: "" };
    const { status, body, location } = typeof answer === "function" ? await answer(request) : answer;
    res.writeHead(status, location ? { Location: location } : { "Content-Type": "application/json" }).end(body ?? "");
  }
}
