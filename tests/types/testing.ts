// Compiled by `cargo xtask check`, never run: what `nightlatch/testing` promises.
import type { Client } from "nightlatch";
import { createTestBrowser, createTestClient, findTraces, type TestClient, type TestTab } from "nightlatch/testing";
import { expectLoggedOut, type PageLike } from "nightlatch/testing/playwright";

declare const page: PageLike;

// It is a client, wherever one is wanted.
const auth: TestClient = createTestClient({ user: { sub: "ada", name: "Ada" }, storage: "tab", now: Date.now });
const client: Client = auth;

const browser = createTestBrowser({ user: "ada", idleTimeout: 600 });
const tab: TestTab = browser.openTab({ address: "/inbox", scope: "openid profile" });
browser.provider.fail("revocation", "hang");
browser.provider.fail("token", { status: 400, error: "invalid_grant" });
browser.provider.fail("token", async ({ parameters }) => (parameters["grant_type"] === "refresh_token" ? 503 : undefined));
browser.provider.recover();
browser.api.respond((request, { token }) => Response.json({ url: request.url, token }));
browser.isOffline = browser.isStorageRefused = true;
browser.residue = ["books (IndexedDB)"];
// @ts-expect-error: no such endpoint
browser.provider.fail("jwks", 503);
// @ts-expect-error: no such word
browser.provider.fail("token", "slow");
// @ts-expect-error: the client is the tab's
tab.client = auth;

// In the place of the module.
const { createClient, AuthError, logout } = tab.module;
createClient({ clientId: "spa" }).then(({ tab }) => tab.signIn("grace"));
const prompt: string | readonly string[] | undefined = tab.navigation?.parameters["prompt"];

expectLoggedOut(page, { client: "window.auth", tokens: ["opaque"], ignore: ["theme*"], timeout: 1000 });
expectLoggedOut(page, { client: () => client });
const names: Promise<string[]> = findTraces({ tokens: [] });
// @ts-expect-error: not a number
expectLoggedOut(page, { client: 1 });

export { AuthError, client, logout, names, prompt };
