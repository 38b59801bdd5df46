/** The provider's pages: one frame, no script but its own file, no style but its own file. */
const provider = "Lanternhouse";

/** Text as HTML that says just that text. */
export function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** A whole page around `body`, which is HTML. */
export function page(title, body, { script } = {}) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${escape(title)} · ${provider}</title>
  <link rel="icon" href="/assets/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/pages.css">
  ${script ? `<script src="${script}" defer></script>` : ""}
</head>
<body>
  <header><img src="/assets/mark.svg" alt="" width="28" height="28"><span>${provider}</span></header>
  <main>
    <h1>${escape(title)}</h1>
    ${body}
  </main>
  <footer>An OpenID provider of its own, on its own site. It keeps your session; the app only borrows it.</footer>
</body>
</html>`;
}

/** Headers of every answer. Set first, because the library adds its own scripts' hashes to the policy that it finds. */
export function pageHeaders(origins, coop) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // The forms' answers lead back to the app, and Chromium holds that redirect against this directive.
    `form-action 'self' ${origins.join(" ")}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join("; ");

  return async (ctx, next) => {
    ctx.set("Content-Security-Policy", policy);
    ctx.set("X-Content-Type-Options", "nosniff");
    ctx.set("Referrer-Policy", "no-referrer");
    if (coop.provider) ctx.set("Cross-Origin-Opener-Policy", coop.provider);
    await next();
  };
}

/** What a person sees when a request cannot be carried out. */
export function errorPage(ctx, out) {
  ctx.type = "html";
  ctx.body = page(
    "That did not work",
    `<p>The request that brought you here cannot be carried out.</p>
    <dl id="error">${Object.entries(out)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`)
      .join("")}</dl>`,
  );
}
