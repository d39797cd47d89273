import type { QueryClient } from "@tanstack/react-query";
import { productsQuery } from "../../features/catalog/catalog.api";
import { HomePage } from "../../features/catalog/home-page";

export const Component = HomePage;

export function preload(queries: QueryClient): void {
  void queries.prefetchInfiniteQuery(productsQuery({}));
}
