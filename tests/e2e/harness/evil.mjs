/** An origin that may get nothing: it answers whoever asks, lets everybody read it, and writes down all that reaches it. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before } from "node:test";

import { close, listen } from "../../../www/listen.mjs";
import { receive } from "../../../www/requests.mjs";

/**
 * Sets the hooks of a file, and fails each test in which something has reached it. `evil.pages` holds what an attacker serves openly, by path: the HTML of
 * a page, or a function of request and answer. Those are no finds.
 */
export function evilOrigin() {
  const evil = { received: [], pages: {} };
  const server = createServer(async (req, res) => {
    res.setHeader("Access-Control-Allow-Origin", req.headers.origin ?? "*");
    res.setHeader("Access-Control-Allow-Headers", "*, Authorization, Content-Type");
    res.setHeader("Access-Control-Allow-Methods", "*");
    const { pathname, search } = new URL(req.url, evil.origin);
    const page = evil.pages[pathname];
    if (typeof page === "function") return page(req, res);
    if (page !== undefined) return res.setHeader("Content-Type", "text/html").end(page);
    const { authorization, cookie, referer } = req.headers;
    evil.received.push({ method: req.method, path: pathname + search, authorization, cookie, referer, body: String(await receive(req)) });
    return res.setHeader("Content-Type", "application/json").end("{}");
  });

  before(async () => {
    evil.origin = `http://127.0.0.1:${await listen(server)}`;
  });
  after(() => close(server));
  afterEach(() => {
    const received = evil.received.splice(0);
    evil.pages = {};
    assert.deepEqual(received, [], "nothing reaches the attacker");
  });
  return evil;
}
