import { ApiError } from "@quickshop/api/problem";
import { QueryClient } from "@tanstack/react-query";

const RETRIES = 2;
/** Lists that are read page by page keep their pages together; the server only knows the first one. */
const PAGED = ["products", "search"];

/** The client, filled with what the server already put in the page. */
export function createQueryClient(first: readonly { key: readonly unknown[]; data: unknown }[] = []): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        // A refusal stays a refusal; a lost connection or a restarting server deserves another try.
        retry: (count, error) => count < RETRIES && !(error instanceof ApiError && error.status < 500),
        retryDelay: (count) => 400 * 2 ** count,
      },
    },
  });
  for (const { key, data } of first) {
    const paged = typeof key[0] === "string" && PAGED.includes(key[0]);
    queries.setQueryData(key, paged ? { pages: [data], pageParams: [null] } : data);
  }
  return queries;
}
