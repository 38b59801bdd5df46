/** What could not be done, in words; the code stands below for those who look it up. */
import { AuthError } from "/nightlatch/index.js";

import { byId } from "./elements.js";
import { note } from "./timeline.js";
import { errors } from "./words.js";

/** Shows an error of nightlatch. Any other error is a mistake of this page and goes where such errors go. */
export function explain(error) {
  if (!(error instanceof AuthError)) throw error;
  const sentence = errors[error.code] ?? error.message;
  const provider = [error.error, error.errorDescription].filter(Boolean).join(": ");
  byId("notice-text").textContent = provider ? `${sentence} It says: ${provider}.` : sentence;
  byId("notice-code").textContent = [error.code, error.kind, error.status && `HTTP ${error.status}`].filter(Boolean).join(" · ");
  byId("notice").hidden = false;
  note(`${sentence} (${error.code})`, "bad");
}

/** Takes the notice away. */
export function dismiss() {
  byId("notice").hidden = true;
}

byId("notice-close").addEventListener("click", dismiss);
