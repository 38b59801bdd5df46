import { useAuth } from "nightlatch/react";

import { Who } from "./Who.jsx";

export function Inbox() {
  const { user } = useAuth();
  return (
    <section id="inbox">
      <h1>The inbox of {String(user.name ?? user.sub)}</h1>
      <Who />
    </section>
  );
}
