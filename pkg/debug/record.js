// What a transaction on the record came to, read off what was there before and what is there after it (ARCHITECTURE.md,
// "Generations"). Kinds of notes and numbers: a record's head and slot hold no secret.

const NOTES = {
  exchange: "a code is about to be sent",
  refresh: "this tab sends the refresh token",
  leaving: "the page is about to leave, to end the provider's session",
  logout: "tokens whose revocation is not confirmed",
  provider: "the provider's session was to be ended, and was not",
  replaced: "another sign-in's tokens were replaced",
  unopened: "a session without its key was found",
};

/** The entry of a transaction, as `{ name, text, detail }`; nothing where it was a look that changed nothing. */
export function recordEntry({ session, begins, looks }, { before, next }, call) {
  if (looks || !next) return undefined;
  if (!next.write) return unchanged(session, begins, before, call);
  const { generation } = next.head;
  const notes = { added: [], cleared: [] };
  const [old, fresh] = [before.head?.ledger ?? [], next.head.ledger];
  for (const { id, kind } of fresh) if (!old.some((note) => note.id === id && note.kind === kind)) notes.added.push(kind);
  for (const { id, kind } of old) if (!fresh.some((note) => note.id === id)) notes.cleared.push(kind);
  const noted = notes.added.length > 0 ? `; noted: ${notes.added.join(", ")}` : "";
  const detail = { generation, added: notes.added.join(" "), cleared: notes.cleared.join(" ") };
  const entry = (name, text) => ({ name, text: `${text}${noted}`, detail });

  const wasThere = before.slot?.present;
  if (next.content === "remove") return entry("ended", `${wasThere ? "the session is taken out" : "there was no session"}, generation ${generation}`);
  if (next.content === "replace" && begins) return entry("begun", `the session is put in place, generation ${generation}`);
  if (next.content === "replace" && !wasThere) return entry("begun", `a session begins, generation ${generation}`);
  if (next.content === "replace") return entry("renewed", "the refreshed session is put in place");
  if (notes.added.length > 0) return { name: notes.added.includes("refresh") ? "refresh" : "noted", text: NOTES[notes.added[0]], detail };
  if (notes.cleared.length > 0) return { name: "cleared", text: `nothing is open any more of: ${notes.cleared.join(", ")}`, detail };
  if (before.slot?.sent && !next.slot.sent) return { name: "released", text: "the right to refresh is given back", detail };
  return undefined;
}

function unchanged(session, begins, { slot }, call) {
  const entry = (name, text) => ({ name, text, detail: {} });
  if (session && begins) return entry("superseded", "a sign-in or sign-out came first: the new tokens are revoked");
  if (session) return entry("superseded", "the session was ended or refreshed meanwhile: the late tokens are not stored");
  if (call === "callback") return entry("superseded", "a sign-in or sign-out came first: the code is not sent");
  if (call === "token" && slot?.present && slot.sent) return entry("wait", "another tab is refreshing: this one waits");
  return undefined;
}
