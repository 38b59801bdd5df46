import { createSignal, onCleanup, Show } from "solid-js";

import { Inbox } from "./Inbox.jsx";
import { config } from "./auth.js";
import { path } from "./path.js";

export function App({ auth }) {
  const [name, setName] = createSignal("");
  const ask = async () => {
    const { api } = await config;
    setName((await (await auth.fetch(`${api}/me`)).json()).name);
  };
  // In every tab, whenever a session ends.
  onCleanup(auth.onLogout(() => setName(""), { name: "name" }));

  return (
    <>
      <nav>
        <a href="/">Home</a> <a href="/inbox">Inbox</a>
      </nav>
      <p>
        You are <output id="status">{auth.status}</output>. <output role="alert">{auth.error?.message}</output>
      </p>
      <button id="enter" disabled={auth.status !== "signed-out"} onClick={auth.login}>Sign in</button>
      <button id="leave" disabled={auth.status !== "signed-in"} onClick={auth.logout}>Sign out</button>
      <button id="ask" onClick={ask}>Who am I?</button> <output id="name">{name()}</output>
      <Show when={path() === "/inbox"}>
        <Inbox auth={auth} />
      </Show>
      <output id="report">{auth.report ? JSON.stringify(auth.report) : ""}</output>
    </>
  );
}
