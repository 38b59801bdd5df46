// The page that the provider embeds to end a session: OpenID Connect Front-Channel Logout 1.0 §2.
import { AuthError, createClient } from "./index.js";

/** A session's key share: the cookie of any client on this host. */
const SHARE = /(^|; )(__Host-)?nightlatch-/;

export async function frontChannelLogout(options, address = location.href) {
  // A frame on another site has a storage of its own, and looks in vain for who is signed in.
  if ((await document.hasStorageAccess?.()) === false) return { status: "partitioned" };
  if (!URL.canParse(address)) throw new AuthError("invalid_options", "usage", "`address` is not an address");
  const { searchParams } = new URL(address);
  const client = await createClient(options);
  try {
    const user = client.getUser();
    // WebKit keeps the database of a frame apart on the app's own site too, where it lets it have the cookies; elsewhere neither, and it says that it has access.
    const isApart = client.getSnapshot().storage !== (options.storage ?? "browser") || (window !== top && SHARE.test(document.cookie));
    if (!user && isApart) return { status: "partitioned" };
    const matches = user?.sid && searchParams.get("sid") === user.sid && searchParams.get("iss") === user.iss;
    return matches ? { status: "signed-out", report: await client.logout() } : { status: "ignored" };
  } finally {
    client.close();
  }
}
