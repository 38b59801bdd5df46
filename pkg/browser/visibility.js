// Whether the document is painted. It is hidden when the page leaves, so that nothing of a session shows on its return
// before the record was looked at.

const hidden = new Set();
let before;

/** Hides the document, for one client. */
export function hide(namespace) {
  const { style } = document.documentElement;
  if (!hidden.size) before = style.cssText;
  hidden.add(namespace);
  // What says of itself that it is visible is not opaque.
  style.cssText += ";visibility:hidden!important;opacity:0!important";
}

/** Shows it again, when no other client hides it; or loads it anew, at an address of its origin where one is given. */
export function reveal(namespace, to) {
  if (to !== null) {
    if (to) history.replaceState(null, "", origin + to); // An address that differs in its fragment alone loads nothing.
    return location.reload();
  }
  if (hidden.delete(namespace) && !hidden.size) document.documentElement.style.cssText = before;
}
