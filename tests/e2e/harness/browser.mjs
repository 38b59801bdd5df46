import { env } from "node:process";

import webdriver from "selenium-webdriver";
import { Executor, HttpClient } from "selenium-webdriver/http/index.js";

import { cleaning, commands, devTools } from "./cleaning.mjs";
import { startDriver } from "./drivers.mjs";
import { inTime, until } from "./until.mjs";

const { By, Capabilities, WebDriver } = webdriver;

const COMMAND_MS = 60_000;
const PAGE_MS = 30_000;
const QUIT_MS = 5000;
const CLEAN_MS = 15_000;

/** One browser with a new profile, or with one that was made as new. */
export class Browser {
  #driver;
  #end;
  #blank;
  #current;
  #isSpoilt = false;
  #turn = Promise.resolve();

  static async launch(name = env.BROWSER ?? "chromium") {
    const { url, capabilities, stop } = await startDriver(name);
    try {
      const executor = new Executor(new HttpClient(url));
      for (const [command, path] of Object.entries(commands)) executor.defineCommand(command, "POST", path);
      const driver = WebDriver.createSession(executor, new Capabilities(capabilities));
      const browser = new Browser(name, driver, stop);
      await inTime(`${name} opens`, driver.manage().setTimeouts({ pageLoad: PAGE_MS, script: PAGE_MS }), COMMAND_MS);
      browser.#blank = await driver.getWindowHandle();
      return browser;
    } catch (error) {
      await stop();
      throw error;
    }
  }

  constructor(name, driver, end) {
    this.name = name;
    this.#driver = driver;
    this.#end = end;
  }

  /** Opens a tab; a hidden one is what the user does not look at, and stays so. */
  async open({ hidden = false } = {}) {
    // A tab that WebKitGTK opens stays hidden, a window does not; in the others every tab counts as seen until its window is minimised.
    const isWebkit = this.name === "webkit";
    const kind = hidden === isWebkit ? "tab" : "window";
    return this.#command(async (driver) => {
      await driver.switchTo().newWindow(kind);
      this.#current = await driver.getWindowHandle();
      if (hidden && !isWebkit) await driver.manage().window().minimize();
      return new Tab(this, this.#current);
    });
  }

  /** The tab that a page opens by itself while `act` runs. */
  async openedBy(act) {
    const handles = () => this.#command((driver) => driver.getAllWindowHandles());
    const before = new Set(await handles());
    await act();
    const handle = await until("a tab was opened", async () => (await handles()).find((handle) => !before.has(handle)));
    return new Tab(this, handle);
  }

  /** Runs driver commands in one tab. The driver looks at one tab at a time, so they wait for each other. */
  async inTab(handle, work) {
    return this.#command(async (driver) => {
      if (this.#current !== handle) await driver.switchTo().window(handle);
      this.#current = handle;
      return work(driver);
    });
  }

  forget(handle) {
    if (this.#current === handle) this.#current = undefined;
  }

  /** How many tabs there are, with the blank one that a browser begins with. */
  async tabs() {
    return (await this.#command((driver) => driver.getAllWindowHandles())).length;
  }

  /** Closes every tab, and resolves to whether the browser can be made as new: if not, it is to be closed. */
  async closeTabs() {
    return this.#clean(({ closeTabs }, driver) => closeTabs(driver, this.#blank));
  }

  /** Deletes everything that was ever kept here. Whoever could still write has to be gone: the tabs, and the servers that answer their last requests. */
  async wipe() {
    return this.#clean(({ wipe }, driver) => wipe(driver));
  }

  async #clean(work) {
    const how = cleaning[this.name];
    if (!how || this.#isSpoilt) return false;
    const cleaned = this.#command(async (driver) => {
      await work(how, driver);
      return true;
    });
    // Whatever went wrong, a new browser makes up for it.
    this.#isSpoilt = !(await inTime("the browser is cleaned", cleaned, CLEAN_MS).catch(() => false));
    this.#current = this.#blank;
    return !this.#isSpoilt;
  }

  /** A process of this browser was killed: nobody knows what that leaves behind. */
  spoil() {
    this.#isSpoilt = true;
  }

  /** Ends the browser and every process it started, whether it still answers or not. */
  async close() {
    await inTime("the browser quits", this.#driver.quit(), QUIT_MS).catch(() => {});
    await this.#end();
  }

  #command(work) {
    const result = this.#turn.then(() => inTime("the driver answers", work(this.#driver), COMMAND_MS));
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** One tab. What a test asks of it, it asks by functions that run in the page. */
export class Tab {
  #browser;
  #handle;

  constructor(browser, handle) {
    this.#browser = browser;
    this.#handle = handle;
  }

  visit(address) {
    return this.#do((driver) => driver.get(address));
  }

  reload() {
    return this.#do((driver) => driver.navigate().refresh());
  }

  address() {
    return this.#do((driver) => driver.getCurrentUrl());
  }

  /** Runs a function in the page and resolves to what it returns, awaited. What it throws is thrown here, with the members of an `AuthError`. */
  async run(work, ...args) {
    const { value, error } = await this.#do((driver) => driver.executeAsyncScript(script(work), ...args));
    if (error) throw Object.assign(new Error(error.message), error);
    return value ?? undefined;
  }

  /** Runs a function in the page as the handler of a click, and resolves to what it returns. Without one WebKit opens no window. */
  async runByClick(work, ...args) {
    const handler = `(...given) => {
      const button = document.body.appendChild(Object.assign(document.createElement("button"), { id: "by-click", textContent: "Click" }));
      window.clicked = new Promise((resolve, reject) => {
        button.onclick = () => {
          button.remove();
          Promise.resolve((${work})(...given)).then(resolve, reject);
        };
      });
    }`;
    await this.run(handler, ...args);
    await this.click("#by-click");
    return this.run(() => window.clicked);
  }

  async has(selector) {
    return (await this.#do((driver) => driver.findElements(By.css(selector)))).length > 0;
  }

  fill(selector, text) {
    return this.#do(async (driver) => {
      const field = await driver.findElement(By.css(selector));
      await field.clear();
      await field.sendKeys(text);
    });
  }

  async click(selector) {
    // Firefox clicks where the button stood when it looked: on a page that is still laid out, that is beside it.
    await until("the page is laid out", () => this.run(() => document.readyState === "complete"));
    return this.#do(async (driver) => (await driver.findElement(By.css(selector))).click());
  }

  text(selector) {
    return this.#do(async (driver) => (await driver.findElement(By.css(selector))).getText());
  }

  /** The cookies of this page: `{ name, value, expiry }`, with the time in seconds where it is no session cookie. */
  cookies() {
    return this.#do((driver) => driver.manage().getCookies());
  }

  /** Takes this tab off the network, or back. Chromium's driver alone can. */
  async offline(offline) {
    const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    for (const [cmd, params] of [["Network.enable", {}], ["Network.emulateNetworkConditions", conditions]]) {
      await this.#do((driver) => devTools(driver, cmd, params));
    }
  }

  /** Shows the page as on a screen of that many CSS pixels, to somebody who prefers `light` or `dark`. Chromium's driver alone can. */
  async seen({ width, height = 900, scheme }) {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    const features = [{ name: "prefers-color-scheme", value: scheme }, { name: "prefers-reduced-motion", value: "reduce" }];
    for (const [cmd, params] of [["Emulation.setDeviceMetricsOverride", metrics], ["Emulation.setEmulatedMedia", { features }]]) {
      await this.#do((driver) => devTools(driver, cmd, params));
    }
  }

  /** A picture of the whole page, PNG in base64. Chromium's driver alone can. */
  async picture() {
    const { data } = await this.#do((driver) => devTools(driver, "Page.captureScreenshot", { captureBeyondViewport: true }));
    return data;
  }

  /** Stops everything in the page, as the browser does with a tab that nobody looks at (Page Lifecycle). Chromium's driver alone can. */
  freeze() {
    return this.#lifecycle("frozen");
  }

  thaw() {
    return this.#lifecycle("active");
  }

  #lifecycle(state) {
    return this.#do((driver) => devTools(driver, "Page.setWebLifecycleState", { state }));
  }

  async close() {
    await this.#do((driver) => driver.close());
    this.#browser.forget(this.#handle);
  }

  /** Ends the tab's process, without a last word of its page. Where the browser cannot, the tab is closed. */
  async kill() {
    if (this.#browser.name !== "chromium") return this.close();
    this.#browser.spoil();
    await this.#do((driver) => devTools(driver, "Page.crash")).catch(() => {});
    this.#browser.forget(this.#handle);
  }

  #do(work) {
    return this.#browser.inTab(this.#handle, work);
  }
}

// The function's text is part of the script: the page's policy lets nobody evaluate a string.
function script(work) {
  return `
    const given = Array.prototype.slice.call(arguments);
    const done = given.pop();
    (async () => (${work})(...given))().then(
      (value) => done({ value: value === undefined ? null : value }),
      (thrown) => {
        const error = Object(thrown);
        const { name, code, kind, status, error: refusal, errorDescription } = error;
        done({ error: { name, code, kind, status, error: refusal, errorDescription, message: String(error.message ?? thrown) } });
      },
    );`;
}
