// What a sign-out would reach, layer by layer, and why not more: as data, and in words that an app can show. Nothing is ended
// by asking: it is made of dry runs and of the provider's row.
import { refusal } from "./beyond.js";

export async function explain(client, { provider, devices, consent } = {}) {
  const dry = (scope, revoke) => client.logout({ scope, dryRun: true, ...(revoke && { revoke }) });
  const [tab, app, whole, grant] = await Promise.all([dry("tab"), dry("app"), dry("provider"), dry("app", "grant")]);
  const layers = (report) => layersOf(report, provider);
  const otherDevices = beyondLayer("devices", refusal("devices", client, { provider, own: devices }), provider, devices);
  return {
    tab: [...layers(tab), elsewhere("scope")],
    app: [...layers(app), elsewhere("scope")],
    provider: [...layers(whole), elsewhere("scope")],
    everywhere: [...layers(whole), otherDevices],
    disconnect: [...layers(grant), permission(grant, client, provider, consent)],
  };
}

const nameOf = (provider) => provider?.row.name ?? "the provider";

function layersOf(report, provider) {
  return [local(report), tabs(report), tokens(report, provider), application(report), session(report, provider)];
}

const layer = (layer, reached, reason, text) => ({ layer, reached, ...(reason && { reason }), text });

function local({ scope }) {
  return layer("local", "yes", undefined, scope === "tab" ? "This tab forgets the sign-in." : "This browser forgets the sign-in.");
}

function tabs({ scope, capabilities }) {
  if (scope !== "tab") return layer("tabs", "yes", undefined, "Every other tab of the app is signed out too.");
  return layer("tabs", "no", "scope", capabilities.storage === "browser" ? "Other tabs stay signed in." : "Other tabs have sign-ins of their own, which stay.");
}

function tokens({ scope, tokens, capabilities }, provider) {
  const name = nameOf(provider);
  const { revocation = {} } = provider?.row ?? {};
  const { refreshToken, accessToken } = said(tokens, revocation);
  const both = [refreshToken, accessToken];
  const no = (reason, text) => layer("tokens", "no", reason, text);
  if (both.includes("planned")) {
    if (revocation.cors === false) return layer("tokens", "unknown", "unreadable", `${name} is asked to revoke the tokens, and its answer may not be read.`);
    if (revocation.jwt === false) return layer("tokens", "partly", "token_kind", `${name} revokes the refresh token, and the access token unless it is a JWT, which lives until it expires.`);
    if (both.includes("unsupported")) {
      const [lives, goes] = accessToken === "unsupported" ? ["access", "refresh"] : ["refresh", "access"];
      return layer("tokens", "partly", "token_kind", `${name} revokes the ${goes} token. The ${lives} token lives until it expires.`);
    }
    return layer("tokens", "yes", undefined, `${capital(name)} revokes the tokens.`);
  }
  if (both.includes("skipped")) {
    if (scope === "tab" && capabilities.storage === "browser") return no("scope", "The tokens stay good, for the other tabs.");
    return no("consent", `The tokens live until they expire: ${name} would take back your permission for the app, on all devices.`);
  }
  if (both.includes("unsupported")) {
    if (revocation.secret) return no("secret", `The tokens live until they expire: to revoke them, ${name} asks for a secret that no page can keep.`);
    return no("no_address", `The tokens live until they expire: ${name} revokes none.`);
  }
  return both.includes("failed") ? no("unreachable", `${capital(name)} cannot be asked how to revoke tokens.`) : no("not_signed_in", "There are no tokens here.");
}

/** What the core plans, less what the row knows that the provider does not take. */
function said({ refreshToken, accessToken }, { tokens, together }) {
  const taken = (kind, outcome) => (outcome === "planned" && tokens && !together && !tokens.includes(kind) ? "unsupported" : outcome);
  return { refreshToken: taken("refresh_token", refreshToken), accessToken: taken("access_token", accessToken) };
}

function application({ scope, application }) {
  if (application === "planned") return layer("application", "yes", undefined, "The app's own server ends its session.");
  if (scope === "tab") return layer("application", "no", "scope", "The app's own server, if it keeps a session, is not told.");
  return layer("application", "no", "not_configured", "The app has named no session of its own server.");
}

function session({ scope, provider: outcome }, provider) {
  const name = nameOf(provider);
  const stays = `You will still be signed in at ${name}`;
  if (outcome === "planned") {
    if (provider?.row.logout.returns === "withoutState") return layer("provider", "unknown", "unproven", `${capital(name)} ends its session. Nothing on the way back proves it.`);
    return layer("provider", "yes", undefined, `${capital(name)} ends its session: the page goes there and comes back.`);
  }
  if (scope !== "provider") return layer("provider", "no", "scope", `${stays}, and the next sign-in may ask for nothing.`);
  const asks = "The next sign-in here asks anew.";
  if (outcome === "failed") return layer("provider", "no", "unreachable", `${stays}: it cannot be reached. ${asks}`);
  return layer("provider", "no", "no_address", `${stays}: it has no way to end that from here. ${asks}`);
}

const elsewhere = (reason) => layer("devices", "no", reason, "Sign-ins on other devices stay.");

function beyondLayer(name, reason, provider, own) {
  if (reason) return layer(name, "no", reason.code, `Sign-ins on other devices stay. ${reason.text}`);
  if (own) return layer(name, "yes", undefined, "The app's own server is asked to sign you out on all devices.");
  return layer(name, "yes", undefined, `${capital(nameOf(provider))} is asked to end ${provider.row.devices.ends}.`);
}

function permission(report, client, provider, own) {
  const name = capital(nameOf(provider));
  if (!own && provider?.options.revocationReach === "grant") {
    const { reached, reason } = tokens(report, provider);
    // One token takes it along.
    const [sure, why] = reached === "partly" ? ["yes"] : [reached, reason];
    return layer("permission", sure, why, `${name} takes back your permission for the app, on all devices.`);
  }
  const reason = refusal("consent", client, { provider, own });
  if (reason) return layer("permission", "no", reason.code, `Your permission for the app stays. ${reason.text}`);
  return layer("permission", "yes", undefined, own ? "The app's own server takes your permission back." : `${name} is asked to end ${provider.row.consent.ends}.`);
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
