// The page's address, and leaving it.

/** Puts another address in place of the page's, without loading it. */
export const clean = (url) => history.replaceState(history.state, "", url);

/** Leaves for an address, by GET or by the POST of a form. (A policy needs the address in `form-action` for that.) */
export function leave({ url, form }) {
  if (form === null) return location.assign(url);
  const element = document.createElement("form");
  Object.assign(element, { method: "post", action: url, hidden: true });
  for (const [name, value] of new URLSearchParams(form)) {
    element.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(element);
  element.submit();
  element.remove(); // What it holds is not to be found in a page that comes back.
}
