// The browser's fetch with the access token, for the addresses that the core allows.

export function fetchWith(allows, getAccessToken) {
  let controller = new AbortController();

  // Redirects are refused, since one would carry the token on; a sign-out ends what is under way.
  const send = (request, token) => {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${token}`);
    const redirect = request.redirect === "follow" ? "error" : request.redirect;
    const signal = AbortSignal.any([request.signal, controller.signal]);
    return fetch(new Request(request, { headers, redirect, signal }));
  };

  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      if (!allows(request.url)) return fetch(request);
      const token = await getAccessToken();
      const again = request.clone(); // Kept unsent, so that its body can be sent once more.
      const answer = await send(request, token);
      if (answer.status !== 401) return answer;
      let fresh = await getAccessToken();
      if (fresh === token) fresh = await getAccessToken({ forceRefresh: true }).catch(() => token);
      return fresh === token ? answer : send(again, fresh);
    },
    abort() {
      controller.abort();
      controller = new AbortController();
    },
  };
}
