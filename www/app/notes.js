/** What may still be valid at the provider, from earlier: the notes of `capabilities()`, in plain words. */
import { byId, element } from "./elements.js";
import { clock } from "./words.js";

const sentences = {
  exchange: "A sign-in was being completed, and its tokens never arrived here.",
  refresh: "A token was being refreshed, and the answer never arrived here.",
  logout: "Somebody signed out, and the provider did not confirm that their tokens are revoked.",
  leaving: "A tab went to end the session at the provider and did not come back.",
  provider: "The session at the provider was to be ended and was not. The next sign-in asks for the password.",
  replaced: "Somebody else signed in, and the tokens before theirs were not confirmed as revoked.",
  unopened: "A stored session could not be opened any more, so nobody could revoke its tokens.",
};

/** Shows them, the newest first; nothing where there are none. */
export function showNotes({ mayBeAlive }) {
  const notes = [...mayBeAlive].reverse();
  byId("notes-count").textContent = notes.length === 1 ? "One thing" : `${notes.length} things`;
  byId("notes").replaceChildren(
    ...notes.map(({ kind, at }) => element("li", {}, element("time", { datetime: new Date(at).toISOString() }, clock(at)), element("span", {}, sentences[kind]))),
  );
  byId("alive").hidden = notes.length === 0;
}
