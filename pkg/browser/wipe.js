// Local and session storage. Both may refuse to be touched, and then they count as empty.

/** Clears both: one client's keys, or all. Gives the names of what was removed and of what is still there. */
export function wipe(namespace, all) {
  const prefix = `nightlatch.${namespace}.`;
  const areas = [() => localStorage, () => sessionStorage].flatMap(touch);
  const ours = (area) => Array.from({ length: area.length }, (_, at) => area.key(at)).filter((name) => all || name.startsWith(prefix));
  const removed = areas.flatMap((area) => ours(area).map((name) => (area.removeItem(name), name)));
  return { removed, residue: areas.flatMap(ours) };
}

function touch(area) {
  try {
    return area() ?? []; // None, where a WebView has them turned off.
  } catch {
    return [];
  }
}
