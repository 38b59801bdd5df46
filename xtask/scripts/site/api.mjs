/** One page of the API reference, for one entry of the package. */
import { relative } from "./layout.mjs";
import { escape, render } from "./markdown.mjs";

export function api({ path, title, about, declarations }, names) {
  const to = (name) => (names.has(name) ? relative(path, names.get(name)) : undefined);

  /** A text as it stands in a doc comment, with what it links to by name. */
  const prose = (text) => {
    const linked = text.replace(/\{@link ([\w.]+)(?:\(\))?\}/g, (_, name) => (to(name) ? `[\`${name}\`](${to(name)})` : `\`${name}\``));
    return render(linked, (href) => href).html;
  };

  /** Code, in which the names of the package lead to what is said of them. */
  const code = (text, own) =>
    escape(text).replace(/(&quot;.*?&quot;)|\b[A-Z]\w+\b/g, (word, quoted) => (quoted || word === own || !to(word) ? word : `<a href="${escape(to(word))}">${word}</a>`));

  const details = ({ text, parameters, returns }) =>
    [
      text && prose(text),
      parameters.length > 0 && `<dl>${parameters.map((each) => `<dt><code>${escape(each.name)}</code></dt><dd>${prose(each.text)}</dd>`).join("")}</dl>\n`,
      returns && prose(`Gives back: ${returns.charAt(0).toLowerCase()}${returns.slice(1)}`),
    ]
      .filter(Boolean)
      .join("");

  const member = (one, owner) =>
    `<section class="member" id="${escape(`${owner}.${one.name}`)}">\n<h3 class="signature"><code>${code(one.signature)}</code></h3>\n${details(one)}</section>\n`;

  const declaration = (one) =>
    [
      `<h2 id="${one.name}"><code>${one.name}</code> <span class="kind">${one.kind}</span> <a class="anchor" href="#${one.name}" aria-label="Link to ${one.name}">#</a></h2>\n`,
      // What is only a name says nothing that the heading does not.
      one.signature !== `${one.kind} ${one.name}` && `<pre class="signature" tabindex="0"><code>${code(one.signature, one.name)}</code></pre>\n`,
      details(one),
      ...one.members.map((each) => member(each, one.name)),
    ]
      .filter(Boolean)
      .join("");

  const specifier = `<pre tabindex="0"><code>import { … } from "${escape(title)}";</code></pre>\n`;
  const body = `<h1 id="top"><code>${escape(title)}</code></h1>\n${about ? prose(about) : ""}${specifier}${declarations.map(declaration).join("")}`;
  return { html: body, headings: declarations.map(({ name }) => ({ id: name, depth: 2, html: `<code>${name}</code>` })) };
}
