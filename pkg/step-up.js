// A sign-in that begins by itself when an API asks for another: RFC 9470 §4.

// The challenges that a sign-in of this tab has carried, and when.
const KEY = "nightlatch.step-up";
// How many there may be until a sign-out: an API whose challenges are never the same is not followed for ever.
const MOST = 5;
// How soon a challenge with `max_age` may be followed once more, in milliseconds.
const SOON_MS = 60_000;

export function followStepUp(auth, options) {
  const follow = (detail) => {
    // Calls that fail together ask for one sign-in.
    if (auth.status !== "signed-in") return;
    const challenge = JSON.stringify(detail);
    const carried = read();
    const at = carried[challenge];
    // A sign-in that carried it did not help; but time alone makes it old for a `max_age`.
    const again = detail.maxAge !== undefined && Math.abs(Date.now() - at) > Math.max(detail.maxAge * 1000, SOON_MS);
    if (at === undefined ? Object.keys(carried).length >= MOST : !again) return;
    write({ ...carried, [challenge]: Date.now() });
    auth.login({ ...options, ...detail }).catch(() => write(carried)); // It could not begin.
  };
  const ends = [auth.on("stepUpRequired", follow), auth.on("signedOut", () => write({}))];
  return () => ends.forEach((end) => end());
}

function read() {
  try {
    return { ...JSON.parse(sessionStorage.getItem(KEY)) };
  } catch {
    return {}; // Where there is no session storage, `login` says so.
  }
}

function write(carried) {
  try {
    if (Object.keys(carried).length > 0) sessionStorage.setItem(KEY, JSON.stringify(carried));
    else sessionStorage.removeItem(KEY);
  } catch {}
}
