// The key share that never reaches the disk: a session cookie (measured: browsers keep it in memory).

/** One client's share. Cookies know no ports, so the name carries the client's namespace. */
export function shareOf(namespace) {
  const secure = location.protocol === "https:";
  const name = `${secure ? "__Host-" : ""}nightlatch-${namespace}=`;
  // Where cookies may not even be touched, as in a sandboxed frame, none are kept.
  const set = (value, lifetime) => {
    try {
      document.cookie = `${name}${value}; Path=/; SameSite=Strict${secure ? "; Secure" : ""}${lifetime}`;
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
      set(value, "");
      return share.read() === value;
    },
    /** Deletes the share, at once. */
    remove: () => set("", "; Max-Age=0"),
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
