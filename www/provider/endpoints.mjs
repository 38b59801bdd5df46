/** The provider's addresses under the names that faults and the request log use. */
const paths = new Map([
  ["/.well-known/openid-configuration", "discovery"],
  ["/.well-known/oauth-authorization-server", "discovery"],
  ["/auth", "authorization"],
  ["/request", "pushed_authorization_request"],
  ["/token", "token"],
  ["/token/revocation", "revocation"],
  ["/token/introspection", "introspection"],
  ["/session/end", "end_session"],
  ["/session/end/request", "end_session_page"],
  ["/session/end/confirm", "end_session_page"],
  ["/session/end/success", "end_session_page"],
  ["/jwks", "jwks"],
  ["/me", "userinfo"],
  ["/session/check", "check_session"],
]);

/** Every endpoint that can be named. `interaction` is the sign-in form, `end_session_page` what follows a request to `end_session`. */
export const endpoints = [...new Set(paths.values()), "interaction", "assets"];

/** Where the metadata states an endpoint (RFC 8414 §2, OpenID Connect Discovery 1.0 §3, RP-Initiated Logout 1.0 §2.1). */
export const metadataMember = {
  authorization: "authorization_endpoint",
  pushed_authorization_request: "pushed_authorization_request_endpoint",
  token: "token_endpoint",
  revocation: "revocation_endpoint",
  introspection: "introspection_endpoint",
  end_session: "end_session_endpoint",
  jwks: "jwks_uri",
  userinfo: "userinfo_endpoint",
  check_session: "check_session_iframe",
};

/** The name of what stands at a path; `undefined` where nothing does. */
export function endpointAt(path) {
  if (path.startsWith("/auth/")) return "authorization";
  if (path.startsWith("/interaction/")) return "interaction";
  if (path.startsWith("/assets/")) return "assets";
  return paths.get(path);
}
