import assert from "node:assert/strict";
import { createServer } from "node:http";
import { env } from "node:process";
import { after, before, test } from "node:test";

import { close, listen } from "../../www/listen.mjs";
import { assertSignedIn, assertSignedOut, events, openSignedIn } from "./harness/app.mjs";
import { changeTokenAnswer, opened } from "./harness/forgery.mjs";
import { stage as setStage } from "./harness/stage.mjs";
import { until } from "./harness/until.mjs";

// The app's own policy forbids frames: an app that has such a page names the provider in it.
const stage = setStage({ csp: false });
const SID = "s-1815";
// There a frame has a database of its own for every page around it.
const isApart = env.BROWSER === "webkit";

/** Somebody else's page with a frame in it: as `localhost` on the app's site, as `127.0.0.1` on another. */
const elsewhere = createServer((_req, res) => {
  res.writeHead(200, { "Content-Type": "text/html" });
  res.end("<!doctype html><title>elsewhere</title><script>addEventListener('message', ({ data }) => { window.said = data })</script>");
});
let port;
before(async () => {
  port = await listen(elsewhere, 0, true);
});
after(() => close(elsewhere));

/** Signs in with an ID token that names the provider's session. */
async function signedIn() {
  const { world } = stage;
  changeTokenAnswer(world, (answer) => ({ ...answer, id_token: world.sign({ ...opened(answer.id_token).claims, sid: SID }) }));
  return openSignedIn(stage);
}

/** Embeds the app's page in somebody else's, and resolves to what it said. */
async function embed(host, parameters) {
  const { browser, world } = stage;
  const tab = await browser.open();
  await tab.visit(`http://${host}:${port}/`);
  await tab.run(
    (src) => {
      document.body.append(Object.assign(document.createElement("iframe"), { src }));
    },
    `${world.app}/e2e/front-channel.html?${new URLSearchParams(parameters)}`,
  );
  return until("the frame has answered", () => tab.run(() => window.said));
}

test("FCL-1 a provider on the app's own site ends the session that it names, in every tab", { skip: isApart && "no frame sees the session" }, async () => {
  const tab = await signedIn();
  assert.equal(await embed("localhost", { iss: stage.world.issuer, sid: SID }), "signed-out");
  await until("the tab is signed out", async () => (await events(tab, "signedOut")).length > 0);
  await assertSignedOut(tab);
  assert.equal(stage.world.requests.of("revocation").length, 2);
});

test("LOUT-12 FCL-2 A7 an address that does not name the provider and its session ends nothing", async () => {
  const tab = await signedIn();
  const { issuer } = stage.world;
  for (const parameters of [{}, { iss: issuer }, { sid: SID }, { iss: issuer, sid: "another" }, { iss: `${issuer}/`, sid: SID }, { iss: issuer, sid: "" }]) {
    assert.equal(await embed("localhost", parameters), isApart ? "partitioned" : "ignored");
  }
  await assertSignedIn(tab);
  assert.equal(stage.world.requests.of("revocation").length, 0);
});

test("LOUT-13 FCL-4 STO-11 a provider on another site is told that the frame's storage is another, and the session stands", async () => {
  const tab = await signedIn();
  for (const host of isApart ? ["localhost", "127.0.0.1"] : ["127.0.0.1"]) {
    assert.equal(await embed(host, { iss: stage.world.issuer, sid: SID }), "partitioned");
  }
  await assertSignedIn(tab);
  assert.equal(stage.world.requests.of("revocation").length, 0);
});

test("FCL-2 where nobody is signed in, a frame on the app's own site has nothing to end", async () => {
  assert.equal(await embed("localhost", { iss: stage.world.issuer, sid: SID }), isApart ? "partitioned" : "ignored");
});
