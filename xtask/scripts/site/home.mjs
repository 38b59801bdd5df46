/** The first page: what this is, and where to go on. */
import { escape } from "./markdown.mjs";
import { relative } from "./layout.mjs";

const layers = [
  ["local", "This browser", "Tokens leave memory and storage, and the key that could open what was sealed is destroyed. Done before the first answer is awaited."],
  ["tabs", "Every tab", "Open, hidden, frozen, in the back/forward cache. A tab looks at the record before it uses a token, told or not."],
  ["tokens", "The tokens", "RFC 7009: the refresh token, then the access token. One that arrives late is revoked too."],
  ["application", "Your own server", "Its session ends by a request that you describe, with your CSRF token."],
  ["provider", "The provider", "Its single sign-on session, by OpenID Connect RP-Initiated Logout or the provider's dialect."],
  ["devices", "Other devices", "Where the provider, or your server, has an address for it."],
];

export function home(path, quickStart) {
  const to = (target) => escape(relative(path, target));
  return `<section class="hero">
<h1>The door locks itself behind&nbsp;you.</h1>
<p>nightlatch is an OpenID Connect client for single-page apps. It signs people in, keeps their tokens sealed, and signs them <strong>out</strong>: completely, in every tab, whatever the network does. Then it says what it reached.</p>
<p class="row"><a class="button primary" href="${to("guide/quick-start.html")}">Quick start</a> <a class="button" href="${to("guide/signing-out.html")}">What a sign-out reaches</a></p>
</section>
<h2 id="layers">One call, six layers, an answer for each</h2>
<ul class="cards">
${layers.map(([name, title, text]) => `<li><h3>${title} <code>${name}</code></h3><p>${text}</p></li>`).join("\n")}
</ul>
${quickStart}
<h2 id="before">Before you choose it</h2>
<p>It is a client in the browser, and the IETF's draft for browser-based apps prefers a backend where you can have one. It does not stop a script on your page. <a href="${to("security.html")}">The threat model</a> says plainly what it withstands and what not. It needs <a href="${to("guide/content-security-policy.html")}"><code>'wasm-unsafe-eval'</code> in your Content-Security-Policy</a>.</p>
`;
}
