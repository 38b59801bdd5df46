// What is in order for the client, and not as good as it should be: at the provider, at an API, in the page. Each is said once.

/** Looks at what passes, and says what deserves it: `warn(name, text)`. */
export function warningsOf(warn, { dpop, scope = "", storage = "browser", metadata }) {
  // Refresh tokens on their way, for as long as that takes.
  const sent = new Map();
  const isElsewhere = (url) => new URL(url, location.href).origin !== location.origin;
  const asksOffline = scope.split(" ").includes("offline_access");
  const described = (metadata) => {
    if (!metadata) return;
    if (!metadata.revocation_endpoint) warn("no_revocation", "the provider names no revocation endpoint (RFC 7009): tokens outlive a sign-out");
    if (!metadata.end_session_endpoint) warn("no_end_session", "the provider names no end-session endpoint: its own session outlives a sign-out");
  };

  const judges = {
    discovery: (request, body) => described(body),
    authorization_code(request, body) {
      if (asksOffline && !body.refresh_token) warn("no_refresh_token", "`offline_access` was asked for, and no refresh token was given: the session ends with its access token");
    },
    // Who has stolen a refresh token that is neither replaced nor bound uses it beside the app, and nobody notices.
    refresh_token(request, body) {
      const isSame = !body.refresh_token || body.refresh_token === request.get("refresh_token");
      if (isSame && !dpop) warn("refresh_token_not_rotated", "the provider does not rotate this public client's refresh tokens, and they are not bound to a key (RFC 9700 §2.2.2)");
    },
  };

  return {
    asked(name, id, part, value) {
      if (name === "request") sent.set(`${id}.${part}`, value);
      if (name === "snapshot" && value.storage !== storage) {
        warn("storage_refused", `the browser refuses what the storage "${storage}" needs: a session lives in memory, and ends with the page`);
      }
    },
    told(name, id, part, value) {
      if (name === "start") described(metadata);
      if (name === "callback" && isFramedAnswer(value)) {
        warn("framed_callback", "the page that takes the provider's answer stands in a frame: whoever frames it can act around it (Content-Security-Policy: frame-ancestors)");
      }
      const request = sent.get(`${id}.${part}`);
      if (name !== "answer" || !request) return;
      sent.delete(`${id}.${part}`);
      const { status, body, proof, retryAfter } = value;
      if ((status === 429 || status === 503) && !retryAfter && isElsewhere(request.url)) {
        warn("retry_after_hidden", `the provider answered ${status} without a \`Retry-After\` that this page may read: it has to name it in Access-Control-Expose-Headers`);
      }
      if (proof === "keys") warn("keys_unreadable", "the provider's keys (`jwks_uri`) cannot be read by this page: no ID token is proven");
      const parsed = status === 200 ? parse(body) : undefined;
      if (!parsed) return;
      const form = new URLSearchParams(request.form ?? "");
      const kind = request.form === null ? "discovery" : form.get("grant_type");
      if (Object.hasOwn(judges, kind)) judges[kind](form, parsed);
    },
    called({ url }, answer, hasToken) {
      if (hasToken && answer?.status === 401 && !answer.headers.has("WWW-Authenticate") && isElsewhere(url)) {
        warn("challenge_hidden", `${new URL(url).origin} answered 401 without a \`WWW-Authenticate\` that this page may read: it has to name it in Access-Control-Expose-Headers`);
      }
    },
  };
}

/** Whether this is an answer, in a frame that is not the one of a silent sign-in. */
function isFramedAnswer(given) {
  const { searchParams } = new URL(given?.url ?? given ?? location.href, location.href);
  return window.top !== window && window.name !== "nightlatch-silent" && searchParams.has("state") && (searchParams.has("code") || searchParams.has("error"));
}

function parse(text) {
  try {
    const parsed = JSON.parse(text);
    return parsed && typeof parsed === "object" ? parsed : undefined;
  } catch {}
}
