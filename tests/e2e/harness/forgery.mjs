/** Answers that the provider would never give. */

/** Lets the provider do its work, and changes what it answers to the next token requests. */
export function changeTokenAnswer(world, change) {
  world.faults.set("token", (_req, res, next) => {
    const end = res.end.bind(res);
    res.end = (body) => {
      const answer = JSON.parse(String(body));
      const changed = answer.access_token ? JSON.stringify(change(answer)) : String(body);
      res.setHeader("Content-Length", Buffer.byteLength(changed));
      return end(changed);
    };
    next();
  });
}

/** Header and claims of a JWT. */
export function opened(token) {
  const [header, claims] = token.split(".", 2).map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
  return { header, claims };
}
