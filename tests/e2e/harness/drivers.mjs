/** How each browser is started and spoken to: WebDriver and nothing else, so that a test knows no browser by name. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";

import { start } from "./processes.mjs";
import { until } from "./until.mjs";

const browsers = {
  chromium: {
    driver: () => env.CHROMEDRIVER ?? "/usr/bin/chromedriver",
    args: (port) => [`--port=${port}`],
    capabilities: () => ({
      browserName: "chrome",
      "goog:chromeOptions": {
        binary: env.CHROMIUM ?? "/usr/bin/chromium",
        // A name that is this machine and that browsers do not trust as they trust `localhost`.
        args: ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP app.test 127.0.0.1"],
      },
    }),
  },
  firefox: {
    // The driver may ask the browser itself, not only its pages: what deletes everything (`cleaning.mjs`) is no page's to call.
    env: { MOZ_REMOTE_ALLOW_SYSTEM_ACCESS: "1" },
    driver: () => env.GECKODRIVER ?? "/usr/bin/geckodriver",
    args: (port) => [`--port=${port}`, "--websocket-port=0"],
    capabilities: () => ({
      browserName: "firefox",
      "moz:firefoxOptions": {
        binary: env.FIREFOX ?? "/usr/bin/firefox-esr",
        args: ["-headless"],
        // A driven page has listeners for `unload`; without this no page would enter the back/forward cache.
        prefs: { "docshell.shistory.bfcache.allow_unload_listeners": true, "network.dns.localDomains": "app.test" },
      },
    }),
  },
  webkit: {
    display: true,
    driver: () => env.WEBKITDRIVER ?? "/usr/bin/WebKitWebDriver",
    args: (port) => [`--port=${port}`, "--host=127.0.0.1"],
    capabilities: () => ({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": {
        binary: env.MINIBROWSER ?? "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
        args: ["--automation"],
      },
    }),
  },
};

/** Starts a driver, with a display where its browser needs one. Everything it writes goes into a folder that `stop` removes. */
export async function startDriver(name) {
  const browser = browsers[name];
  if (!browser) throw new RangeError(`BROWSER is one of ${Object.keys(browsers).join(", ")}, not ${name}`);

  const folder = await mkdtemp(join(tmpdir(), "nightlatch-e2e-"));
  const processes = [];
  const stop = async () => {
    for (const process of processes.reverse()) await process.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    const surroundings = { ...env, ...browser.env, TMPDIR: folder };
    if (browser.display) Object.assign(surroundings, await startDisplay(processes));
    const port = await freePort();
    const driver = await start(browser.driver(), browser.args(port), { env: surroundings });
    processes.push(driver);
    const url = `http://127.0.0.1:${port}`;
    await until(`${browser.driver()} is ready`, () => {
      if (driver.hasEnded()) throw new Error(`it ended: ${driver.output()}`);
      return isReady(url);
    });
    return { url, capabilities: browser.capabilities(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startDisplay(processes) {
  const display = await start(env.XVFB ?? "/usr/bin/Xvfb", ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
  processes.push(display);
  const [number] = await until("Xvfb names its display", () => /^\d+$/m.exec(display.output()));
  return { DISPLAY: `:${number}`, NO_AT_BRIDGE: "1", LIBGL_ALWAYS_SOFTWARE: "1" };
}

async function isReady(url) {
  const answer = await fetch(`${url}/status`);
  const { value } = await answer.json();
  return value.ready;
}

// geckodriver takes no request on a port that it has chosen itself: it holds the address that it was given to be the only right one.
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
