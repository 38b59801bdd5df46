/** A call of the protected API, with whatever token there is. */
import { AuthError } from "/nightlatch/index.js";

import { byId, element } from "./elements.js";
import { note } from "./timeline.js";
import { errors, span } from "./words.js";

/** Lets the button call `GET /me` through the client's own fetch. */
export function apiCalls(client, api) {
  byId("call-api").addEventListener("click", async () => {
    const started = performance.now();
    try {
      const answer = await client.fetch(`${api}/me`);
      const body = await answer.json();
      show(answer.status, told(answer.status, body), performance.now() - started);
    } catch (error) {
      const took = performance.now() - started;
      if (error instanceof AuthError) show("Not sent.", `${errors[error.code]} (${error.code})`, took);
      else show("No answer.", "The API cannot be reached.", took);
    }
  });
}

/** Forgets the last answer: it was true of a token that is gone. */
export function forgetAnswer(text) {
  byId("api-result").replaceChildren(element("p", { class: "fine" }, text));
}

function told(status, body) {
  if (status === 200) return `Hello ${body.name}. Your token is good.`;
  if (status === 401 && body.error === "no_token") return "No token came with the call: refused.";
  if (status === 401) return "The provider says this token is no good: refused.";
  if (status === 503) return "The API cannot ask the provider, so it believes nobody.";
  return `The API answered ${body.error ?? status}.`;
}

function show(outcome, text, took) {
  const tone = outcome === 200 ? "good" : "bad";
  byId("api-result").replaceChildren(
    element("p", { class: "answer-line", "data-tone": tone }, element("strong", {}, String(outcome)), ` ${text}`),
    element("p", { class: "fine" }, `GET /me took ${span(took)}`),
  );
  note(typeof outcome === "number" ? `Called the API: ${outcome}` : `Called the API: ${outcome} ${text}`, tone);
}
