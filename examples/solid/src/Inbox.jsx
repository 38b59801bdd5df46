import { Match, onCleanup, onMount, Switch } from "solid-js";

export function Inbox({ auth }) {
  // Whoever comes signed out goes to sign in and comes back here.
  onMount(() => onCleanup(auth.requireAuth()));

  return (
    <Switch fallback={<p>On the way …</p>}>
      <Match when={auth.user}>
        {(user) => (
          <section id="inbox">
            <h1>The inbox of {user().name ?? user().sub}</h1>
          </section>
        )}
      </Match>
      <Match when={auth.status === "signed-out"}>
        <p id="signed-out">Sign in to see your inbox.</p>
      </Match>
    </Switch>
  );
}
