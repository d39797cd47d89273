import { ApiError } from "@quickshop/api/problem";
import { QueryClient } from "@tanstack/react-query";
import type { FirstQuery } from "./page-data";

const RETRIES = 2;

/** The client, filled with what the server already put in the page. */
export function createQueryClient(first: readonly FirstQuery[] = []): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      // Without a connection a call fails and says so, instead of waiting in silence for one.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        staleTime: 30_000,
        // A refusal stays a refusal; a lost connection or a restarting server deserves another try.
        retry: (count, error) => count < RETRIES && !(error instanceof ApiError && error.status < 500),
        retryDelay: (count) => 400 * 2 ** count,
      },
    },
  });
  for (const { key, data } of first) queries.setQueryData(key, data);
  return queries;
}
