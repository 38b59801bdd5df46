import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { AuthProvider } from "nightlatch/react";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./App.jsx";
import { options } from "./auth.js";

const queries = new QueryClient();

createRoot(document.querySelector("#app")).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <AuthProvider options={options} onError={console.error} fallback={<p>One moment …</p>}>
        <App />
      </AuthProvider>
    </QueryClientProvider>
  </StrictMode>,
);
