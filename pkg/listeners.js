// What an app is told, and what it is told with.

// Each subscription is a function of its own, so that one listener given twice is called and removed twice.
export function add(set, listener) {
  set.add(listener);
  return () => void set.delete(listener);
}

export function tell(listener, detail) {
  try {
    listener(detail);
  } catch (error) {
    reportError(error); // The app's mistake shows as its own and stops nothing.
  }
}

/** The members of a client that say how things stand, and whenever that changes: `snapshot` gives it, and those who listen are in `listeners` and `events`. */
export function telling(snapshot, listeners, events) {
  return {
    getUser: () => snapshot().user,
    get isAuthenticated() {
      return snapshot().isAuthenticated;
    },
    get status() {
      return snapshot().status;
    },
    getSnapshot: snapshot,
    subscribe: (listener) => add(listeners, () => listener()),
    on(name, listener) {
      if (!events.has(name)) events.set(name, new Set());
      return add(events.get(name), (detail) => listener(detail));
    },
  };
}

export function freeze(value) {
  if (value && typeof value === "object" && !(value instanceof Error)) Object.values(Object.freeze(value)).forEach(freeze);
}
