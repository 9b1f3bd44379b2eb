import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter } from "react-router";
import { ApiProblem } from "../api/problem";
import { ErrorBoundary } from "./ErrorBoundary";
import { LocaleProvider } from "./locale";
import { AppRoutes } from "./routes";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // A refusal will not change by asking again; a hiccup may.
      retry: (count, error) => count < 2 && !(error instanceof ApiProblem && error.status < 500),
    },
    // What somebody does offline fails at once and is told; it does not wait to happen some other time.
    mutations: { networkMode: "always" },
  },
});

export function App() {
  return (
    <LocaleProvider>
      {() => (
        <ErrorBoundary>
          <QueryClientProvider client={queries}>
            <BrowserRouter>
              <AppRoutes />
            </BrowserRouter>
          </QueryClientProvider>
        </ErrorBoundary>
      )}
    </LocaleProvider>
  );
}
