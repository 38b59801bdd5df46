import type { ClientOptions, LogoutReport } from "./index.js";

/**
 * What came of it. `ignored`: nobody is signed in here, or not in the session that the provider named. `partitioned`: the browser keeps the storage of
 * this frame apart from the app's own, because the provider is on another site, or in WebKit anywhere else than on the app's own origin; nothing was
 * touched, and a session that there may be is as it was.
 */
export type FrontChannelResult = { status: "signed-out"; report: LogoutReport } | { status: "ignored" | "partitioned" };

/**
 * Ends the app's session because the provider says so: call it on the page that is registered as `frontchannel_logout_uri`
 * (OpenID Connect Front-Channel Logout 1.0 §2), with the options of the app's client.
 *
 * It signs out with scope `app` if the address carries the `iss` and the `sid` of the ID token of who is signed in, and does nothing otherwise: an
 * address that anybody can write ends no session. The provider has to send both (`frontchannel_logout_session_required`), and its pages have to
 * be allowed to embed this one (`frame-ancestors`).
 *
 * @param address Default: the page's own.
 */
export function frontChannelLogout(options: ClientOptions, address?: string): Promise<FrontChannelResult>;
