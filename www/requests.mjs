import { IncomingMessage } from "node:http";

const BODY_LIMIT = 256 * 1024;

/** What reached provider and API, in order: a live array with a look by endpoint. */
export function requestLog() {
  const log = [];
  return Object.defineProperties(log, {
    of: { value: (endpoint) => log.filter((request) => request.endpoint === endpoint && request.method !== "OPTIONS") },
    clear: { value: () => void log.splice(0) },
  });
}

/** Writes a request down as it arrives; how it ended is filled in when it has. */
export function record(log, target, endpoint, req, res, body) {
  const url = new URL(req.url, "http://127.0.0.1");
  const entry = {
    at: Date.now(),
    target,
    method: req.method,
    path: url.pathname,
    search: url.search,
    endpoint,
    params: parameters(req, url, body),
    origin: req.headers.origin,
    referer: req.headers.referer,
    authorization: req.headers.authorization !== undefined,
    proof: req.headers.dpop,
  };
  res.once("finish", () => void (entry.status = res.statusCode));
  res.once("close", () => void (entry.aborted = !res.writableFinished));
  log.push(entry);
  return entry;
}

/** Reads a request's body to its end. */
export async function receive(req) {
  const chunks = [];
  let length = 0;
  for await (const chunk of req) {
    length += chunk.length;
    if (length > BODY_LIMIT) throw new RangeError("the request body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same request with its body unread: a library that reads the stream itself must not notice that we did. */
export function replay(req, body) {
  const copy = new IncomingMessage(req.socket);
  copy.httpVersion = req.httpVersion;
  copy.httpVersionMajor = req.httpVersionMajor;
  copy.httpVersionMinor = req.httpVersionMinor;
  copy.method = req.method;
  copy.url = req.url;
  copy.rawHeaders = req.rawHeaders;
  copy.headers = req.headers;
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}

function parameters(req, url, body) {
  const type = req.headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(body.toString()));
  return Object.fromEntries(url.searchParams);
}
