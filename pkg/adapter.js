// What the adapters of frameworks share: a client that is made once, what a view needs of it as one object, and the sign-in of views that need somebody.
import { createClient } from "./index.js";
import { add } from "./listeners.js";

/** Until it is known who is signed in; on a server for good. */
const UNKNOWN = {
  status: "loading",
  isAuthenticated: false,
  user: null,
  expiresAt: null,
  endsAt: null,
  scope: null,
  storage: null,
  client: null,
  error: null,
  report: null,
};

/**
 * A store around `given`: options, a client, a promise of either, or a function that gives one of these. Nothing happens before `open()`, `start()` or a call.
 * The handlers `handleCallback`, `onError` and `onReturn` are looked up when they are called.
 */
export function adapter(given, handlers = {}) {
  const cleaners = new Set();
  const guards = new Set();
  const listeners = new Set();
  let client;
  let life;
  let users = 0;
  let isSettled = false;
  // Whether a sign-in is the user's to begin: one has begun, has failed, or somebody was signed in on this page.
  let isHalted = false;

  const calls = {
    login(options) {
      // A client that could not be created is tried again when the user asks, and never by itself.
      if (isSettled && !client) close();
      show({ error: null });
      return told(using((client) => client.login(asked(options))));
    },
    logout(options) {
      const leaving = () => using((client) => client.logout(asked(options)));
      if (options?.dryRun) return leaving();
      isHalted = true;
      show({ error: null, report: null });
      return told(leaving(), (report) => show({ report }));
    },
    getAccessToken: (options) => using((client) => client.getAccessToken(options)),
    fetch: (input, init) => using((client) => client.fetch(input, init)),
    onLogout(cleaner, options) {
      const entry = { add: (client) => (entry.remove = client.onLogout(cleaner, options)), remove() {} };
      cleaners.add(entry);
      if (client) entry.add(client);
      return () => {
        cleaners.delete(entry);
        entry.remove();
      };
    },
  };
  const initial = Object.freeze({ ...UNKNOWN, ...calls });
  let state = initial;

  return {
    calls,
    close,
    members: Object.keys(UNKNOWN),
    getServerSnapshot: () => initial,
    getSnapshot: () => state,
    isSettled: () => isSettled,
    open: () => void open(),
    setHandlers: (next) => void (handlers = next),
    subscribe: (listener) => add(listeners, () => listener()),
    /** Opens it for one user more, and gives what that one calls when it goes. The last one to go closes it. */
    start() {
      users += 1;
      open();
      return () => {
        users -= 1;
        // Strict Mode goes and comes back at once.
        queueMicrotask(() => users === 0 && close());
      };
    },
    /** A view needs somebody signed in, until it calls what this gives: a sign-in begins, unless it is the user's to begin. */
    requireAuth(options) {
      const end = add(guards, { options });
      enter();
      return end;
    },
  };

  function open() {
    life ??= begin({ ends: [], isOver: false });
    return life.client;
  }

  function begin(life) {
    life.client = find(life);
    life.client.then(
      (client) => life.isOver || settle(life, client),
      (error) => life.isOver || lose(error),
    );
    return life;
  }

  async function find(life) {
    const found = await (typeof given === "function" ? given() : given);
    if (typeof found?.getSnapshot === "function") return found;
    const client = await createClient(found);
    life.ends.push(client.close);
    if (life.isOver) client.close();
    return client;
  }

  async function settle(life, found) {
    client = found;
    for (const cleaner of cleaners) cleaner.add(client);
    life.ends.unshift(
      client.subscribe(() => follow()),
      client.on("signedIn", () => show({ error: null, report: null })),
      () => cleaners.forEach(({ remove }) => remove()),
    );

    let answer = null;
    let error = null;
    try {
      const { handleCallback = ({ handleRedirectCallback }) => handleRedirectCallback() } = handlers;
      const answering = handleCallback(client);
      follow();
      answer = await answering;
    } catch (thrown) {
      error = thrown;
    }
    if (answer && !life.isOver) await arrive(answer);
    if (life.isOver) return;
    isSettled = true;
    isHalted ||= error !== null || answer?.kind === "logout";
    follow({ client, error, report: answer?.report ?? null });
    if (error) handlers.onError?.(error);
  }

  async function arrive(answer) {
    try {
      await (handlers.onReturn ?? goTo)(answer);
    } catch (error) {
      reportError(error); // The app's mistake shows as its own and stops nothing.
    }
  }

  function follow(changes) {
    const { status, isAuthenticated } = client.getSnapshot();
    isHalted ||= isAuthenticated;
    if (isSettled) {
      enter();
      show({ ...client.getSnapshot(), ...changes });
    } else if (status === "signing-in") {
      // Nobody is shown before the address is the app's own again.
      show({ status });
    }
  }

  function lose(error) {
    isSettled = true;
    fail(error, { status: "signed-out" });
  }

  function close() {
    if (!life) return;
    life.isOver = true;
    for (const end of life.ends) end();
    life = undefined;
    client = undefined;
    isSettled = false;
    show(UNKNOWN);
  }

  function enter() {
    const [guard] = guards;
    if (!guard || isHalted || !isSettled || client?.status !== "signed-out") return;
    isHalted = true;
    calls.login(guard.options);
  }

  // Without a wait where there is a client, so that what is shown changes at once.
  function using(work) {
    return client ? work(client) : open().then(work);
  }

  // What fails is shown, so nobody has to wait for the promise only to catch.
  function told(promise, done) {
    promise.then(done, fail);
    return promise;
  }

  function fail(error, changes) {
    isHalted = true;
    if (error === state.error) return; // It was why the client could not be created.
    show({ ...changes, error });
    handlers.onError?.(error);
  }

  function show(changes) {
    if (Object.keys(changes).every((name) => Object.is(changes[name], state[name]))) return;
    state = Object.freeze({ ...state, ...changes });
    for (const listener of [...listeners]) listener();
  }
}

// `onClick={login}` has it called with the click.
function asked(options) {
  return typeof options?.preventDefault === "function" ? undefined : options;
}

function goTo({ returnTo }) {
  const target = new URL(returnTo, location.href);
  if (target.origin === location.origin) return history.replaceState(history.state, "", target);
  location.replace(target);
  return new Promise(() => {}); // The page is leaving, and shows nobody meanwhile.
}
