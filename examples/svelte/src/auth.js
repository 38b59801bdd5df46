import { authStore } from "nightlatch/svelte";

import { goTo } from "./path.js";

/** Where the provider and the API are: this deployment's own. */
export const config = fetch("/config.json").then((answer) => answer.json());

/** The options of the client. The provider has to know both addresses. */
export async function options() {
  const { issuer, clientId, api } = await config;
  return {
    issuer,
    clientId,
    redirectUri: location.origin + "/callback",
    postLogoutRedirectUri: location.origin + "/",
    scope: "openid profile offline_access",
    allowedOrigins: [api],
  };
}

export const auth = authStore(options, { onError: console.error, onReturn: goTo });
