// The key share that never reaches the disk: a session cookie (measured: browsers keep it in memory), unless the app has people kept signed in.

/** One client's share, kept for `lifetime` seconds or else until the browser is closed. Cookies know no ports, so the name carries the client's namespace. */
export function shareOf(namespace, lifetime) {
  const secure = location.protocol === "https:";
  const name = `${secure ? "__Host-" : ""}nightlatch-${namespace}=`;
  // Where cookies may not even be touched, as in a sandboxed frame, none are kept.
  const set = (value, seconds) => {
    try {
      document.cookie = `${name}${value}; Path=/; SameSite=Strict${secure ? "; Secure" : ""}${seconds ? `; Max-Age=${Math.ceil(seconds)}` : ""}`;
    } catch {}
  };
  const share = {
    /** The share, where it stands. */
    read() {
      try {
        return document.cookie.split("; ").find((cookie) => cookie.startsWith(name))?.slice(name.length) || undefined;
      } catch {}
    },
    /** Puts a share in place and tells whether the browser keeps it. */
    write(value) {
      set(value, lifetime);
      return share.read() === value;
    },
    /** Deletes the share, at once. */
    remove: () => set("", "0"),
    /** Whether this browser keeps cookies. */
    isKept() {
      if (share.read()) return true;
      const kept = share.write("probe");
      share.remove();
      return kept;
    },
  };
  return share;
}
