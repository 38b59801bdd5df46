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

export function freeze(value) {
  if (value && typeof value === "object" && !(value instanceof Error)) Object.values(Object.freeze(value)).forEach(freeze);
}
