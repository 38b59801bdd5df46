import { useQueryClient } from "@tanstack/react-query";
import { RequireAuth, useAuth } from "nightlatch/react";
import { useEffect } from "react";

import { Inbox } from "./Inbox.jsx";
import { Who } from "./Who.jsx";

export function App() {
  const { error, login, logout, onLogout, report, status } = useAuth();

  // What the queries hold goes with every session, in every tab.
  const queries = useQueryClient();
  useEffect(() => onLogout(() => queries.clear(), { name: "queries" }), [onLogout, queries]);

  return (
    <>
      <nav>
        <a href="/">Home</a> <a href="/inbox">Inbox</a>
      </nav>
      <p>
        You are <output id="status">{status}</output>. <output role="alert">{error?.message}</output>
      </p>
      <button id="enter" disabled={status !== "signed-out"} onClick={login}>Sign in</button>
      <button id="leave" disabled={status !== "signed-in"} onClick={logout}>Sign out</button>
      <button id="leave-provider" disabled={status !== "signed-in"} onClick={() => logout({ scope: "provider", redirectTo: location.pathname })}>
        Sign out at the provider too
      </button>
      {location.pathname === "/inbox" ? (
        <RequireAuth fallback={<p>On the way …</p>} signedOut={<p id="signed-out">Sign in to see your inbox.</p>}>
          <Inbox />
        </RequireAuth>
      ) : (
        <Who />
      )}
      <output id="report">{report && JSON.stringify(report)}</output>
    </>
  );
}
