/**
 * How a browser becomes as new again: what a profile that has never been anywhere would not have is closed and deleted.
 *
 * WebDriver alone cannot do it: it deletes the cookies that the current page could see, and nothing that other origins keep. So each browser is
 * asked in its own words. One that is not listed here, as WebKitGTK, knows none, and every test gets a new one.
 */
import { Command } from "selenium-webdriver/lib/command.js";

import { until } from "./until.mjs";

export const commands = {
  devTools: "/session/:sessionId/goog/cdp/execute",
  context: "/session/:sessionId/moz/context",
};

export const cleaning = {
  chromium: {
    /** Closes every tab but `blank`, with the processes that died too: no driver command is run in any of them. */
    async closeTabs(driver, blank) {
      await driver.switchTo().window(blank);
      const others = (await driver.getAllWindowHandles()).filter((handle) => handle !== blank);
      await Promise.all(others.map((targetId) => devTools(driver, "Target.closeTarget", { targetId })));
      await until("the tabs are closed", async () => (await driver.getAllWindowHandles()).length === 1);
    },
    async wipe(driver) {
      // Of every origin, cookies too, of whatever host and path.
      await devTools(driver, "Storage.clearDataForOrigin", { origin: "*", storageTypes: "all" });
      await devTools(driver, "Network.clearBrowserCache");
      await devTools(driver, "Browser.resetPermissions");
      await until("no worker is left", async () => {
        const { targetInfos } = await devTools(driver, "Target.getTargets");
        return !targetInfos.some(({ type }) => type.endsWith("worker"));
      });
    },
  },
  firefox: {
    async closeTabs(driver, blank) {
      for (const handle of await driver.getAllWindowHandles()) {
        if (handle === blank) continue;
        await driver.switchTo().window(handle);
        await driver.close();
      }
      await driver.switchTo().window(blank);
    },
    async wipe(driver) {
      await driver.execute(new Command("context").setParameter("context", "chrome"));
      try {
        const failed = await driver.executeAsyncScript(`
          const [done] = arguments;
          Services.clearData.deleteData(Ci.nsIClearDataService.CLEAR_ALL, { onDataDeleted: done });`);
        if (failed !== 0) throw new Error(`Firefox has not deleted everything: ${failed}`);
      } finally {
        await driver.execute(new Command("context").setParameter("context", "content"));
      }
    },
  },
};

export function devTools(driver, cmd, params = {}) {
  return driver.execute(new Command("devTools").setParameters({ cmd, params }));
}
