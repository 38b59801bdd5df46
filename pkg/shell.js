// Performs what the core asks for, and replies. It decides nothing.
import { end } from "./browser/application.js";
import { clean, leave } from "./browser/navigation.js";
import { recordOf } from "./browser/record.js";
import { prepare, proofOf } from "./browser/proof.js";
import { MAX_DELAY, send } from "./browser/request.js";
import { listen } from "./browser/signals.js";
import { digest } from "./browser/vault.js";
import { hide, reveal } from "./browser/visibility.js";
import { wipe } from "./browser/wipe.js";

/**
 * What the core calls: `perform(name, id, part, value)`. `core()` gives the core, `settle(id, error, value)` answers the
 * app, `notify(name, detail)` tells it what happened, `cleanUp(plan)` has it clean up; `application`, `idleTimeout`, `keepSignedIn`,
 * `outbox` and `provider` are the app's options of these names. What is given lets an extension put its own in the place of an effect.
 */
export function shell(core, settle, notify, cleanUp, { application, idleTimeout, keepSignedIn, outbox, provider }) {
  let namespace;
  let record;
  let box;
  let signals;
  const reply = (id, part, name, value) => core().tell(name, id, part, value);
  const effects = {
    // What outlives the page goes by the outbox, where there is one.
    send: (request) => (request.keepalive && box ? box : { send }).send(request),
    open(id, part, value) {
      namespace = value;
      record = recordOf(namespace, keepSignedIn);
      signals = listen(namespace, (name, value) => reply(0, 0, name, value), idleTimeout);
      box = outbox?.(namespace);
    },
    shut: () => record.shut(),
    forget: () => record.forget(),
    close() {
      signals.close();
      record.close();
      reveal(namespace, null); // Nobody will look any more.
      box?.close();
    },
    post: (id, part, message) => signals.post(message),
    hide: () => hide(namespace),
    reveal: (id, part, to) => reveal(namespace, to),
    clean: (id, part, url) => clean(url),
    navigate: (id, part, navigation) => leave(provider?.leave(navigation) ?? navigation),
    done: (id) => settle(id),
    settle: (id, part, value) => settle(id, undefined, value),
    reject: (id, part, error) => settle(id, error),

    // These are replied to.
    async commit(id, part, plan) {
      const [name, value] = await record.commit(plan, (head, slot, share) => reply(id, part, "apply", { head, slot, share }));
      reply(id, part, name, value);
    },
    application: async (id, part, timeoutMs) => reply(id, part, "answer", await end(application, timeoutMs)),
    digest: async (id, part, text) => reply(id, part, "digest", await digest(text).catch(() => undefined)),
    probe: async (id, part) => reply(id, part, "probed", await record.probe()),
    // In the provider's own words.
    async request(id, part, request) {
      const { keys, timeoutMs } = request;
      if (keys) prepare(keys, timeoutMs);
      const answer = await (provider ?? effects).send(request, effects.send);
      if (keys) answer.proof = await proofOf(answer.body, keys, timeoutMs);
      reply(id, part, "answer", answer);
    },
    wait: (id, part, ms) => setTimeout(() => reply(id, part, "woken"), Math.min(ms, MAX_DELAY)),
    wipe(id, part, plan) {
      // The app comes first: what it leaves or holds open is met by the wipe.
      cleanUp(plan).then((outcomes) => reply(id, part, "cleanedUp", outcomes));
      wipe(namespace, plan).then((names) => reply(id, part, "wiped", names));
    },
  };
  return {
    effects,
    perform(name, id, part, value) {
      try {
        if (Object.hasOwn(effects, name)) effects[name](id, part, value);
        else notify(name, value);
      } catch {} // What the browser refuses stops nothing of what follows.
    },
  };
}
