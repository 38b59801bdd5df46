// The challenges of a `WWW-Authenticate` header: RFC 9110 §11.6.1.

// A scheme, or the name of a parameter with its value, quoted or not.
const PARTS = /([^\s",=]+)(?:\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s",]+)))?/g;

/** The parameters of each challenge of a scheme, the first where a name stands twice. What is no challenge is passed over. */
export function bearer(header, scheme = /^bearer$/i) {
  const found = [];
  let parameters = {};
  for (const [, name, quoted, plain] of header.matchAll(PARTS)) {
    const value = quoted?.replace(/\\(.)/g, "$1") ?? plain;
    if (value !== undefined) parameters[name.toLowerCase()] ??= value;
    else {
      parameters = { __proto__: null }; // One may be called `constructor`.
      if (scheme.test(name)) found.push(parameters);
    }
  }
  return found;
}
