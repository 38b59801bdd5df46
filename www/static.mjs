import { readFile } from "node:fs/promises";
import { extname, normalize, resolve, sep } from "node:path";

const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".md": "text/markdown; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ts": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/** The policy that the app is shown to run under: nothing inline, nothing from elsewhere, WebAssembly and two addresses to talk to. */
export function strictPolicy({ issuer, api }) {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self' ${issuer} ${api}`,
    `form-action 'self' ${issuer}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** The app's server: folders by path, the app's configuration, and its page for every address that is the app's own to interpret. */
export function staticApp({ mounts, config, csp, coop, control, session }) {
  const folders = Object.entries(mounts).sort(([one], [other]) => other.length - one.length);

  return async (req, res) => {
    const { pathname, searchParams } = new URL(req.url, "http://localhost");
    const send = (status, type, body) => {
      res.writeHead(status, {
        "Content-Type": type,
        // An address that ends with `?no-store` is served as pages are that nothing may keep.
        "Cache-Control": searchParams.has("no-store") ? "no-store" : "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        ...(csp ? { "Content-Security-Policy": csp } : {}),
        ...(coop.app ? { "Cross-Origin-Opener-Policy": coop.app } : {}),
      });
      res.end(req.method === "HEAD" ? undefined : body);
    };

    if (pathname === "/session" || pathname === "/session/end") return session(req, res);
    if (control && pathname === "/control") return control(req, res);
    if (req.method !== "GET" && req.method !== "HEAD") return send(405, types[".txt"], "only GET here\n");
    if (pathname === "/config.json") return send(200, types[".json"], JSON.stringify(config));

    const [mount, folder] = folders.find(([path]) => pathname.startsWith(path));
    const file = fileIn(folder, pathname.slice(mount.length));
    const content = file && (await readFile(file).catch(() => undefined));
    if (content !== undefined) return send(200, types[extname(file)] ?? "application/octet-stream", content);

    const isRoute = mount === "/" && extname(pathname) === "";
    if (isRoute) return send(200, types[".html"], await readFile(resolve(folder, "index.html")));
    return send(404, types[".txt"], "not found\n");
  };
}

// The path stays in its folder however it is written.
function fileIn(folder, path) {
  let decoded;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (decoded.includes("\0")) return undefined;
  const root = resolve(folder);
  const file = resolve(root, normalize(decoded.endsWith("/") || decoded === "" ? `./${decoded}index.html` : `./${decoded}`));
  return file.startsWith(root + sep) ? file : undefined;
}
