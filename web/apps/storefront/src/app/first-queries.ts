import type { FirstQuery } from "@quickshop/shared/page-data";

/** Lists that are read page by page keep their pages together; the server only knows the first one. */
const PAGED = ["products", "search"];

/** The server's answers in the form in which the storefront's queries keep them. */
export function firstQueries(queries: readonly FirstQuery[]): FirstQuery[] {
  return queries.map(({ key, data }) => {
    const paged = typeof key[0] === "string" && PAGED.includes(key[0]);
    return { key, data: paged ? { pages: [data], pageParams: [null] } : data };
  });
}
