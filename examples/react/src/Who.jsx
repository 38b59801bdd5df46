import { useQuery } from "@tanstack/react-query";
import { useAuth } from "nightlatch/react";

import { config } from "./auth.js";

/** Asks the API who the access token is about. */
export function Who() {
  const { fetch } = useAuth();
  const { data, refetch } = useQuery({
    queryKey: ["me"],
    queryFn: async () => {
      const { api } = await config;
      return (await fetch(`${api}/me`)).json();
    },
    enabled: false,
  });
  return (
    <p>
      <button id="ask" onClick={() => refetch()}>Who am I?</button> <output id="name">{data?.name}</output>
    </p>
  );
}
