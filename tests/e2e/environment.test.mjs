import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { env } from "node:process";
import { after, before, test } from "node:test";

import { close, listen } from "../../www/listen.mjs";
import { staticApp } from "../../www/static.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

const stage = setStage();

// A server without a policy of its own: a page says by its address what it is to be served with.
const folder = join(import.meta.dirname, "pages");
const serve = staticApp({ mounts: { "/": folder, "/nightlatch/": join(import.meta.dirname, "..", "..", "pkg") }, config: {}, coop: {} });
const server = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url, "http://localhost");
  // Documents without an origin import it too.
  res.setHeader("Access-Control-Allow-Origin", "*");
  if (pathname !== "/") return serve(req, res);
  const csp = searchParams.get("csp");
  if (csp) res.setHeader("Content-Security-Policy", csp);
  res.setHeader("Content-Type", "text/html");
  const script = searchParams.get("script");
  return res.end(`<!doctype html><title>bare</title><link rel="icon" href="data:,"><body>${script ? `<script type="module" src="/bare.js?${script}"></script>` : ""}`);
});
let port;
before(async () => {
  port = await listen(server, 0, true);
});
after(() => close(server));

/** Opens a page that calls a client, and resolves to what came of it. */
async function outcomeOf(call, { host = "localhost", blocked = "", csp = "" } = {}) {
  const tab = await stage.browser.open();
  const script = new URLSearchParams({ call, blocked });
  await tab.visit(`http://${host}:${port}/?${new URLSearchParams({ script, csp })}`);
  return until("the page has called it", () => tab.run(() => window.outcome));
}

/** The same in a frame that `make` puts into a page. */
async function inFrame(make) {
  const tab = await stage.browser.open();
  await tab.visit(`http://localhost:${port}/`);
  await tab.run(
    (make, script) => {
      addEventListener("message", ({ data }) => (window.outcome = data));
      const frame = document.createElement("iframe");
      if (make === "about:blank") {
        document.body.append(frame);
        const element = frame.contentDocument.createElement("script");
        frame.contentDocument.body.append(Object.assign(element, { type: "module", src: script }));
        return;
      }
      const html = `<!doctype html><body><script type="module" src="${script}"></script>`;
      if (make === "data:") frame.src = `data:text/html,${encodeURIComponent(html)}`;
      else frame.sandbox = "allow-scripts";
      if (make === "sandboxed srcdoc") frame.srcdoc = html;
      if (make === "sandboxed page") frame.src = `/?${new URLSearchParams({ script: "call=login" })}`;
      document.body.append(frame);
    },
    make,
    `http://localhost:${port}/bare.js?call=${make === "about:blank" ? "logout" : "login"}`,
  );
  return until("the frame has called it", () => tab.run(() => window.outcome));
}

test("WEB-6 a policy that forbids WebAssembly is an error that names the directive", async () => {
  for (const csp of ["script-src 'self'", "default-src 'self'; img-src data:"]) {
    const { imported, error, problems } = await outcomeOf("login", { csp });

    assert.deepEqual([imported, error.name, error.code, error.kind, problems], [true, "AuthError", "wasm_blocked", "environment", []]);
    assert.match(error.message, /script-src .*'wasm-unsafe-eval'/);
  }
});

test("WEB-13 on plain http a sign-in is an error that says so, and nothing else fails", { skip: env.BROWSER === "webkit" && "it takes no names from a driver" }, async () => {
  for (const call of ["login", "loginSilently"]) {
    const { secure, imported, status, storage, error, problems } = await outcomeOf(call, { host: "app.test" });

    assert.deepEqual({ secure, imported, status, storage, problems }, { secure: false, imported: true, status: "signed-out", storage: "memory", problems: [] });
    assert.deepEqual([error.name, error.code, error.kind], ["AuthError", "insecure_context", "environment"]);
    assert.match(error.message, /https/);
  }
});

test("WEB-13 a document without an origin imports the package, and is told that it has none", async () => {
  for (const make of ["sandboxed page", "sandboxed srcdoc", "data:"]) {
    const { opaque, imported, error, problems } = await inFrame(make);

    assert.deepEqual([make, opaque, imported, problems], [make, true, true, []]);
    assert.deepEqual([error.name, error.code, error.kind], ["AuthError", "insecure_context", "environment"]);
    assert.match(error.message, /origin/);
  }
});

test("a document at about:blank has its maker's origin, and a client that works", async () => {
  const { opaque, imported, error, problems, report } = await inFrame("about:blank");

  assert.deepEqual([opaque, imported, error, problems], [false, true, undefined, []]);
  assert.deepEqual([report.local.status, report.application], ["cleared", "failed"]);
});

test("STO-5 where all storage is blocked a client works in memory, and a sign-in says what it lacks", async () => {
  for (const call of ["login", "loginSilently", "loginWithPopup"]) {
    const { status, storage, error, problems } = await outcomeOf(call, { blocked: "all" });

    assert.deepEqual({ status, storage, problems }, { status: "signed-out", storage: "memory", problems: [] });
    // Nobody has clicked.
    const code = error.code === "popup_blocked" && call === "loginWithPopup" ? "storage_unavailable" : error.code;
    assert.deepEqual([error.name, code, error.kind], ["AuthError", "storage_unavailable", "environment"]);
  }
  const { report, error, problems } = await outcomeOf("logout", { blocked: "all" });
  assert.deepEqual([error, problems, report.local.status, report.local.residue], [undefined, [], "cleared", []]);
});
