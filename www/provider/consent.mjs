/**
 * The app belongs to the provider's own house, so the user is asked who they are and nothing else: whatever the app asks for is granted.
 */

/** The grant of one sign-in. Each has its own, so that a test which sees a token die knows which revocation did it. */
export async function standingGrant(ctx) {
  const { provider, client, account, params } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

/**
 * The library drops `offline_access` unless `prompt=consent` stands beside it (OpenID Connect Core 1.0 §11). The consent is given, so it is put there
 * for the app. A silent request cannot carry it: there the scope is dropped, as the standard has it.
 */
export async function offlineAccessWithoutAsking(ctx, next) {
  const { scope = "", prompt } = ctx.query;
  const prompts = String(prompt ?? "").split(" ").filter(Boolean);
  const applies = ctx.path === "/auth" && String(scope).split(" ").includes("offline_access");
  if (applies && !prompts.includes("none") && !prompts.includes("consent")) {
    ctx.query = { ...ctx.query, prompt: [...prompts, "consent"].join(" ") };
  }
  await next();
}

/** The library's policy without the question that the line above would otherwise raise. */
export function signInPolicy(interactionPolicy) {
  const policy = interactionPolicy.base();
  policy.get("consent").checks.remove("consent_prompt");
  return policy;
}
