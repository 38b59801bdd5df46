// For the tests of apps: a client without network, browser or WebAssembly, and what a sign-out must leave in a real browser.
import { TestBrowser } from "./testing/browser.js";

export { AuthError } from "./error.js";
export { findTraces } from "./testing/traces.js";

export function createTestBrowser(options) {
  return new TestBrowser(options);
}

export function createTestClient(options) {
  return createTestBrowser(options).openTab().client;
}
