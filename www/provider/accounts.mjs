import { createHash, timingSafeEqual } from "node:crypto";

/** The people who can sign in. */
export const accounts = [
  person("u-1815", "ada", "lovelace", "Ada", "Lovelace"),
  person("u-1906", "grace", "hopper", "Grace", "Hopper"),
];

function person(sub, username, password, given, family) {
  const claims = {
    sub,
    name: `${given} ${family}`,
    given_name: given,
    family_name: family,
    preferred_username: username,
    email: `${username}@example.com`,
    email_verified: true,
  };
  return { sub, username, password, claims };
}

/** The account of a name and its password, or `undefined`. */
export function authenticate(username, password) {
  const account = accounts.find((candidate) => candidate.username === String(username).trim().toLowerCase());
  const right = timingSafeEqual(digest(password), digest(account?.password ?? ""));
  return account && right ? account : undefined;
}

/** An account in the form that oidc-provider asks for. */
export function findAccount(_ctx, sub) {
  const account = accounts.find((candidate) => candidate.sub === sub);
  return account && { accountId: sub, claims: () => account.claims };
}

function digest(text) {
  return createHash("sha256").update(String(text)).digest();
}
