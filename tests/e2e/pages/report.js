// Defines the element after it stands in the page and has its report, and once more under another name. (Here and not in a test's own script: Firefox's driver runs
// those where no element can be constructed.)
import { defineReport } from "/nightlatch/report.js";

await window.ready;
const report = await window.auth.logout();
const element = document.querySelector("nightlatch-report");
element.report = report;
const before = !!customElements.get("nightlatch-report");
defineReport();
defineReport();
defineReport("app-report");
element.headingLevel = 9;
const own = Object.assign(document.createElement("app-report"), { report, lang: "de" });
document.body.append(own);
window.outcome = { before, titles: [element, own].map(({ shadowRoot }) => shadowRoot.querySelector("#title").outerHTML) };
