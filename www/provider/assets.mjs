import { readFile } from "node:fs/promises";

const types = { "pages.css": "text/css", "sign-out.js": "text/javascript", "check-session.js": "text/javascript", "mark.svg": "image/svg+xml" };

/** The files that the provider's pages use. */
export async function assets(ctx, next) {
  const name = ctx.path.startsWith("/assets/") ? ctx.path.slice("/assets/".length) : undefined;
  if (name === undefined || !Object.hasOwn(types, name)) return next();
  ctx.type = types[name];
  ctx.set("Cache-Control", "no-cache");
  ctx.body = await readFile(new URL(`assets/${name}`, import.meta.url));
}
