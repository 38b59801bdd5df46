// What the adapters of frameworks share, with a client that does what a test says. Real ones are in `adapters.test.mjs`.
import assert from "node:assert/strict";
import { setImmediate as soon } from "node:timers/promises";
import { test } from "node:test";

import { adapter } from "../../pkg/adapter.js";

const nobody = { status: "signed-out", isAuthenticated: false, user: null, expiresAt: null, endsAt: null, scope: null, storage: "browser" };
const ada = { ...nobody, status: "signed-in", isAuthenticated: true, user: { sub: "ada" }, scope: "openid" };

test("RESP-6 who comes, goes and comes back at once, as Strict Mode has it, has one client, and the last one to go lets go of it", async () => {
  const client = scripted();
  let asked = 0;
  const auth = adapter(() => (asked++, client));

  auth.start()();
  const [end, other] = [auth.start(), auth.start()];
  await soon();
  assert.deepEqual([asked, client.told.callbacks, client.listeners.size, auth.getSnapshot().status], [1, 1, 1, "signed-out"]);

  end();
  await soon();
  assert.equal(client.listeners.size, 1);
  other();
  await soon();
  assert.deepEqual([client.listeners.size, auth.getSnapshot().status, auth.isSettled()], [0, "loading", false]);

  auth.start();
  await soon();
  assert.deepEqual([asked, client.listeners.size, auth.getSnapshot().status], [2, 1, "signed-out"]);
});

test("nobody is shown before the app is where it wanted to be", async () => {
  const client = scripted({ snapshot: { ...nobody, status: "signing-in" } });
  const arrived = withResolvers();
  const auth = adapter(client, { onReturn: ({ returnTo }) => (client.told.returnTo = returnTo) && arrived.promise });
  auth.open();
  await soon();
  assert.equal(auth.getSnapshot().status, "signing-in");

  client.show(ada);
  client.answer({ kind: "login", returnTo: "/inbox", user: ada.user });
  await soon();
  assert.equal(client.told.returnTo, "/inbox");
  assert.deepEqual([auth.getSnapshot().status, auth.getSnapshot().user, auth.isSettled()], ["signing-in", null, false]);

  arrived.resolve();
  await soon();
  assert.deepEqual([auth.getSnapshot().status, auth.getSnapshot().user, auth.getSnapshot().client], ["signed-in", ada.user, client]);
});

test("views that need somebody begin one sign-in together, and only when it is known that nobody is signed in", async () => {
  const client = scripted({ answer: undefined });
  const auth = adapter(client);
  const statuses = seen(auth);
  for (const loginHint of ["ada", "bob"]) auth.requireAuth({ loginHint });
  auth.open();
  await soon();
  assert.deepEqual(client.told.logins, []);

  client.answer(null);
  await soon();
  assert.deepEqual(client.told.logins, [{ loginHint: "ada" }]);
  assert.deepEqual(statuses, ["signing-in"]);

  // Back from the provider's page, by the Back button.
  client.show(nobody);
  assert.equal(client.told.logins.length, 1);
  assert.deepEqual(statuses, ["signing-in", "signed-out"]);
});

test("a view that no longer needs somebody begins nothing", async () => {
  const client = scripted();
  const auth = adapter(client);
  auth.requireAuth()();
  auth.open();
  await soon();

  assert.deepEqual(client.told.logins, []);
});

test("once somebody was signed in on a page, no view brings anybody back, however the session ended", async () => {
  const client = scripted({ snapshot: ada });
  const auth = adapter(client);
  auth.requireAuth();
  auth.open();
  await soon();

  client.show({ ...nobody, status: "signing-out" });
  client.show(nobody);
  auth.requireAuth();
  await soon();

  assert.equal(auth.getSnapshot().status, "signed-out");
  assert.deepEqual(client.told.logins, []);
});

test("a page that opens while another tab signs out waits for its end, and then begins", async () => {
  const client = scripted({ snapshot: { ...nobody, status: "signing-out" } });
  const auth = adapter(client);
  auth.requireAuth();
  auth.open();
  await soon();
  assert.deepEqual([auth.getSnapshot().status, client.told.logins], ["signing-out", []]);

  client.show(nobody);
  assert.equal(client.told.logins.length, 1);
});

test("a sign-out of nobody, and the way back from one, begin no sign-in", async () => {
  const client = scripted();
  const auth = adapter(client);
  auth.open();
  await soon();
  await auth.calls.logout();
  auth.requireAuth();

  const back = scripted({ answer: { kind: "logout", returnTo: "/", report: { scope: "provider" } } });
  const returned = adapter(back, { onReturn() {} });
  returned.requireAuth();
  returned.open();
  await soon();

  assert.deepEqual([...client.told.logins, ...back.told.logins], []);
  assert.deepEqual(returned.getSnapshot().report, { scope: "provider" });
});

test("what fails is shown and heard, needs no catch, and is over with the next attempt", async () => {
  const refused = Object.assign(new Error("no"), { code: "network_error" });
  const client = scripted({ login: () => Promise.reject(refused) });
  const heard = [];
  const auth = adapter(client, { onError: (error) => heard.push(error.code) });
  auth.open();
  await soon();

  auth.calls.login();
  await soon();
  assert.deepEqual([auth.getSnapshot().error, heard], [refused, ["network_error"]]);
  await assert.rejects(auth.calls.login(), refused);

  client.login = () => new Promise(() => {});
  auth.calls.login();
  assert.equal(auth.getSnapshot().error, null);
});

test("an answer that is refused is shown, and not asked for again by itself", async () => {
  const refused = Object.assign(new Error("no"), { code: "authorization_refused" });
  const client = scripted({ answer: Promise.reject(refused) });
  const heard = [];
  const auth = adapter(client, { onError: (error) => heard.push(error.code) });
  auth.requireAuth();
  auth.open();
  await soon();

  assert.deepEqual([auth.getSnapshot().error, auth.getSnapshot().status, heard], [refused, "signed-out", ["authorization_refused"]]);
  assert.deepEqual(client.told.logins, []);
});

test("a client that cannot be created is told to everyone who asks", async () => {
  const heard = [];
  const auth = adapter({ issuer: "https://id.example", clientId: "spa", redirectUri: "https://app.example/" }, { onError: (error) => heard.push(error.code) });
  auth.open();
  await assert.rejects(auth.calls.getAccessToken(), { code: "insecure_context" });
  await soon();

  const { client, error, status } = auth.getSnapshot();
  assert.deepEqual([client, error.code, status, auth.isSettled(), heard], [null, "insecure_context", "signed-out", true, ["insecure_context"]]);
});

test("a client that could not be created is tried again when the user asks to sign in, and only then", async () => {
  const client = scripted();
  const heard = [];
  let asked = 0;
  const source = async () => {
    asked += 1;
    if (asked < 3) throw Object.assign(new Error("no answer"), { code: "network_error" });
    return client;
  };
  const auth = adapter(source, { onError: (error) => heard.push(error.code) });
  auth.start();
  auth.requireAuth();
  await soon();
  await assert.rejects(auth.calls.fetch("/"), { code: "network_error" });
  assert.deepEqual([asked, heard], [1, ["network_error"]]);

  await assert.rejects(auth.calls.login(), { code: "network_error" });
  assert.deepEqual([asked, heard, auth.getSnapshot().status], [2, ["network_error", "network_error"], "signed-out"]);

  auth.calls.login({ loginHint: "ada" });
  await soon();
  const { error, status } = auth.getSnapshot();
  assert.deepEqual([asked, client.told.logins, error, status], [3, [{ loginHint: "ada" }], null, "signing-in"]);
});

test("calls may be handlers: an event is no options", async () => {
  const client = scripted();
  const { calls } = adapter(client);

  calls.login(new Event("click"));
  await calls.logout(new Event("click"));

  assert.deepEqual([client.told.logins, client.told.logouts], [[undefined], [undefined]]);
});

test("the report of a sign-out is shown until somebody has signed in; a dry run shows nothing", async () => {
  const client = scripted({ snapshot: ada });
  const auth = adapter(client);
  auth.open();
  await soon();
  const before = auth.getSnapshot();
  assert.deepEqual(await auth.calls.logout({ dryRun: true }), { complete: true });
  assert.equal(auth.getSnapshot(), before);

  await auth.calls.logout();
  assert.deepEqual(auth.getSnapshot().report, { complete: true });

  client.show(ada);
  client.happens("signedIn");
  assert.equal(auth.getSnapshot().report, null);
});

test("a cleaner that is given before there is a client is the client's, and can be taken off", async () => {
  const client = scripted();
  const auth = adapter(client);
  const [one, two, three] = [() => {}, () => {}, () => {}];
  auth.calls.onLogout(one, { name: "one" });
  auth.calls.onLogout(two)();
  auth.open();
  await soon();
  const off = auth.calls.onLogout(three);
  assert.deepEqual([...client.cleaners], [one, three]);

  off();
  assert.deepEqual([...client.cleaners], [one]);
  auth.close();
  assert.deepEqual([...client.cleaners], []);
});

test("what the app does wrong when it goes to its page shows as its own and stops nothing", async (t) => {
  const reported = [];
  globalThis.reportError = (error) => reported.push(error.message);
  t.after(() => delete globalThis.reportError);
  const client = scripted({ snapshot: ada, answer: { kind: "login", returnTo: "/", user: ada.user } });
  const auth = adapter(client, { onReturn: () => Promise.reject(new Error("no such route")) });
  auth.open();
  await soon();

  assert.deepEqual([reported, auth.getSnapshot().status, auth.getSnapshot().error], [["no such route"], "signed-in", null]);
});

/** A client whose snapshot, answer and calls a test decides on. Without `answer` in it there is none in the address; with `undefined` it is given later. */
function scripted({ snapshot = nobody, ...given } = {}) {
  const events = new Map();
  const later = withResolvers();
  const client = {
    listeners: new Set(),
    cleaners: new Set(),
    told: { callbacks: 0, logins: [], logouts: [] },
    answer: later.resolve,
    show(next) {
      snapshot = next;
      for (const listener of client.listeners) listener();
    },
    happens: (name) => events.get(name)(),
    get status() {
      return snapshot.status;
    },
    getSnapshot: () => snapshot,
    subscribe: (listener) => add(client.listeners, listener),
    on: (name, listener) => (events.set(name, listener), () => events.delete(name)),
    onLogout: (cleaner) => add(client.cleaners, cleaner),
    login(options) {
      client.told.logins.push(options);
      client.show({ ...snapshot, status: "signing-in" });
      return new Promise(() => {});
    },
    async logout(options) {
      client.told.logouts.push(options);
      return { complete: true };
    },
    handleRedirectCallback() {
      client.told.callbacks += 1;
      if ("answer" in given) return given.answer === undefined ? later.promise : Promise.resolve(given.answer);
      return snapshot.status === "signing-in" ? later.promise : Promise.resolve(null);
    },
  };
  if (given.login) client.login = given.login;
  return client;
}

/** Every status that a store shows. */
function seen(auth) {
  const statuses = [];
  auth.subscribe(() => statuses.at(-1) !== auth.getSnapshot().status && statuses.push(auth.getSnapshot().status));
  return statuses;
}

function add(set, item) {
  set.add(item);
  return () => set.delete(item);
}

function withResolvers() {
  const settled = {};
  settled.promise = new Promise((resolve, reject) => Object.assign(settled, { resolve, reject }));
  return settled;
}
