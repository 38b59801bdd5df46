import type { ClientOptions } from "./index.js";

/** The words for what an answer means, whatever its status: `refused` stands in the report as `failed`. */
export type AnswerMeaning = "revoked" | "refused" | "unknown" | "unsupported";

/** How a provider revokes tokens, as far as it deviates from RFC 7009. */
export interface RevocationRow {
  /** Why no page can do it. No request leaves the browser then, and the report says `unsupported`. An `endpoint` of your own takes its place. */
  unsupported?: string;
  /** Whether the reason is that it takes the client's secret. */
  secret?: boolean;
  /** Where, with `{names}` to be filled. Default: what the metadata says. */
  endpoint?: string;
  /** Which tokens it takes. The others are `unsupported`. Default: both. */
  tokens?: ("access_token" | "refresh_token")[];
  /** Whether the token that it takes ends the other too, which then shares its outcome. */
  together?: boolean;
  /** `false`: an access token that is a JWT cannot be revoked. */
  jwt?: boolean;
  /** The provider's names for `token`, `token_type_hint` and `client_id`; `null` leaves one out. */
  parameters?: Record<string, string | null>;
  /** Default `"POST"`. */
  method?: string;
  /** `"bearer"`: the token stands in the `Authorization` header, and there is no body. */
  credentials?: "bearer";
  /** `false`: the endpoint does not speak CORS. The request gets there, nobody may read the answer, and the outcome is `unknown`. Redirects are followed then. */
  cors?: boolean;
  /** What a revocation ends: {@link ClientOptions.revocationReach}. */
  reach?: "session" | "user" | "grant";
  /** What answers mean: the first entry whose status and regular expression (of the body) fit. Default: RFC 7009 §2.2. */
  answers?: { status?: number; body?: string; means: AnswerMeaning }[];
}

/** How a provider ends its own session, as far as it deviates from OpenID Connect RP-Initiated Logout 1.0. */
export interface LogoutRow {
  /** Why there is no way. */
  unsupported?: string;
  /** Where, with `{names}` to be filled. Default: what the metadata says. */
  endpoint?: string;
  /** `"get"`: never by the POST of a form. */
  method?: "get";
  /** The provider's names for `client_id`, `id_token_hint`, `post_logout_redirect_uri` and `state`; `null` leaves one out. */
  parameters?: Record<string, string | null>;
  /** Parameters that are claims of the ID token. */
  claims?: Record<string, string>;
  /**
   * What becomes of a sign-out without an ID token. `"toReturn"`: the provider asks, and does not send the person back. `"required"`: it shows an error, so
   * the page goes straight to `postLogoutRedirectUri`, and the report says `unknown`.
   */
  hint?: "required" | "toReturn";
  /** Whether `state` has to stand in the address to come back to. */
  stateInReturn?: boolean;
  /** `"withoutState"`: the person comes back, but nothing proves it, so the report of the way back is not to be had. */
  returns?: "withoutState";
}

/** An address of the provider's own, which takes an access token: for the user's sessions on other devices, or for the permission that they gave the app. */
export interface FurtherRow {
  /** Why no page can do it: what the person has to do. */
  unsupported?: string;
  /** Where, with `{issuer}`, `{origin}` (the issuer's), `{client_id}` and `{names}` of your own. Default: there is none. */
  endpoint?: string;
  /** Default `"POST"`. */
  method?: string;
  /** The scope that the access token needs. */
  scope?: string;
  /** Further headers. Default: none. */
  headers?: Record<string, string>;
  /** The member of a JSON body that carries the token. Default: the `Authorization` header, and no body. */
  member?: string;
  /** What a yes ends, in words. */
  ends?: string;
}

/** How one provider deviates from the standards: plain data. What a row does not say is as in the standards. */
export interface ProviderRow {
  /** What people call the provider. */
  name: string;
  /** The default of {@link ClientOptions.issuer}, with `{names}` to be filled. */
  issuer?: string;
  /** A regular expression for the issuers of it, where they are many. */
  matches?: string;
  /** Defaults of further options. */
  options?: Partial<ClientOptions>;
  /** How it revokes tokens. Default: RFC 7009. */
  revocation?: RevocationRow;
  /** How it ends its own session. Default: OpenID Connect RP-Initiated Logout 1.0. */
  logout?: LogoutRow;
  /** Where all of the user's sessions end, for `nightlatch/everywhere`. */
  devices?: FurtherRow;
  /** Where the permission for the app ends, for `nightlatch/disconnect`, if a revocation does not end it. */
  consent?: FurtherRow;
  /** What is believed and not verified, by member. None of it has an effect, but for an issuer: a wrong one is refused. `sources` says what is believed. */
  unverified?: string[];
}

/** What goes before a row, member by member. Further members fill its `{names}`. */
export interface OwnRow {
  /** As in {@link ProviderRow.options}. */
  options?: Partial<ClientOptions>;
  /** As in {@link ProviderRow.revocation}. */
  revocation?: RevocationRow;
  /** As in {@link ProviderRow.logout}. */
  logout?: LogoutRow;
  /** As in {@link ProviderRow.devices}. */
  devices?: FurtherRow;
  /** As in {@link ProviderRow.consent}. */
  consent?: FurtherRow;
  [name: string]: unknown;
}

/** A provider for {@link ClientOptions.provider}. */
export interface Provider {
  /** The row, with what goes before it. */
  readonly row: ProviderRow;
  /** The defaults that it gives. */
  readonly options: Partial<ClientOptions>;
  /** For the client alone: sends a request in the provider's words, and gives the answer in the standard's. */
  send(request: object, post: (request: object) => Promise<object>): Promise<object>;
  /** For the client alone: the navigation in the provider's words. */
  leave(navigation: object): object;
  /** For `nightlatch/everywhere` and `nightlatch/disconnect` alone: holds revocations back until then. */
  hold(until: Promise<unknown> | undefined): void;
  /** For `nightlatch/everywhere` and `nightlatch/disconnect` alone: the request to an address of the provider's own. */
  further(name: "devices" | "consent", user: object, token: string, timeoutMs: number): object | undefined;
}

/** Makes a provider of a row: one of your own, for a provider that is not here. Throws a `TypeError` for a meaning that there is not. */
export function dialect(row: ProviderRow, own?: OwnRow): Provider;

/** Apple, as its row has it. */
export function apple(own?: OwnRow): Provider;
/** `domain`: the tenant's. */
export function auth0(own?: OwnRow & { domain?: string }): Provider;
/** Auth0 with `/v2/logout`, for tenants whose metadata has no end of session. The way back has no `state`, so its report is not to be had. */
export function auth0Legacy(own: OwnRow & { domain: string }): Provider;
/** authentik, as its row has it. */
export function authentik(own?: OwnRow): Provider;
/** Better Auth, as its row has it. */
export function betterAuth(own?: OwnRow): Provider;
/** `domain`: the user pool's, for where its metadata lacks endpoints. The way back has no `state`, so its report is not to be had. */
export function cognito(own?: OwnRow & { domain?: string }): Provider;
/** Discord, as its row has it. */
export function discord(own?: OwnRow): Provider;
/** Dropbox, as its row has it. */
export function dropbox(own?: OwnRow): Provider;
/** Duende IdentityServer, as its row has it. */
export function duende(own?: OwnRow): Provider;
/** `tenant`: its identifier. */
export function entra(own?: OwnRow & { tenant?: string }): Provider;
/** Facebook, as its row has it. */
export function facebook(own?: OwnRow): Provider;
/** FusionAuth, as its row has it. */
export function fusionauth(own?: OwnRow): Provider;
/** GitHub, as its row has it. */
export function github(own?: OwnRow): Provider;
/** GitLab, as its row has it. */
export function gitlab(own?: OwnRow): Provider;
/** Google, as its row has it. */
export function google(own?: OwnRow): Provider;
/** Ory Hydra, as its row has it. */
export function hydra(own?: OwnRow): Provider;
/** `url`: the server's, and `realm`. */
export function keycloak(own?: OwnRow & { url?: string; realm?: string }): Provider;
/** LinkedIn, as its row has it. */
export function linkedin(own?: OwnRow): Provider;
/** Logto, as its row has it. */
export function logto(own?: OwnRow): Provider;
/** Okta, as its row has it. */
export function okta(own?: OwnRow): Provider;
/** `domain`: the part before `.my.salesforce.com`. */
export function salesforce(own?: OwnRow & { domain?: string }): Provider;
/** Slack, as its row has it. */
export function slack(own?: OwnRow): Provider;
/** Spotify, as its row has it. */
export function spotify(own?: OwnRow): Provider;
/** Twitch, as its row has it. */
export function twitch(own?: OwnRow): Provider;
/** X, as its row has it. */
export function x(own?: OwnRow): Provider;
/** ZITADEL, as its row has it. */
export function zitadel(own?: OwnRow): Provider;
