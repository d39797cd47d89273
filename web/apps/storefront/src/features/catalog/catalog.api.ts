// Reading the catalogue. The keys are those the server fills in the page's first data.

import { api } from "@quickshop/api/client";
import type { Product, ProductPage } from "@quickshop/api/types";
import { infiniteQueryOptions, type QueryClient, queryOptions } from "@tanstack/react-query";
import type { Filters } from "./filters";

const CATALOGUE_STALE_MS = 60_000;
const CATEGORY_LIMIT = 100;

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: ({ signal }) => api.get("/categories", { query: { limit: CATEGORY_LIMIT }, signal }),
  staleTime: 5 * CATALOGUE_STALE_MS,
});

const firstPage: string | null = null;
const nextPage = (page: ProductPage) => page.next_cursor ?? null;

export function productsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ["products", filters],
    queryFn: ({ pageParam, signal }) => api.get("/products", { query: { ...wire(filters), ...at(pageParam) }, signal }),
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    staleTime: CATALOGUE_STALE_MS,
  });
}

export function searchQuery(words: string, filters: Filters) {
  return infiniteQueryOptions({
    queryKey: ["search", words, filters],
    queryFn: ({ pageParam, signal }) =>
      api.get("/products/search", { query: { q: words, ...wire(filters), ...at(pageParam) }, signal }),
    initialPageParam: firstPage,
    getNextPageParam: nextPage,
    staleTime: CATALOGUE_STALE_MS,
  });
}

export function productQuery(slug: string) {
  return queryOptions({
    queryKey: ["product", slug],
    queryFn: ({ signal }) => api.get("/products/{id}", { path: { id: slug }, signal }),
    staleTime: CATALOGUE_STALE_MS / 2,
  });
}

/** What a list already knows about a product, so that its page opens with name, price and picture at once. */
export function knownProduct(queries: QueryClient, slug: string): Product | undefined {
  const lists = queries.getQueriesData<{ pages: ProductPage[] }>({
    predicate: ({ queryKey: [name] }) => name === "products" || name === "search",
  });
  for (const [, list] of lists) {
    const found = list?.pages.flatMap((page) => page.data).find((product) => product.slug === slug);
    if (found) return { ...found, description: "", created_at: "", updated_at: "" };
  }
  return undefined;
}

function wire({ in_stock, ...rest }: Filters) {
  return { ...rest, ...(in_stock === "true" ? { in_stock: true } : {}) };
}

function at(cursor: string | null) {
  return cursor === null ? {} : { cursor };
}
