import type { QueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";
import { productsQuery } from "../../features/catalog/catalog.api";
import { CategoryPage } from "../../features/catalog/category-page";
import { filtersFrom } from "../../features/catalog/filters";

export function Component() {
  const { slug = "" } = useParams();
  return <CategoryPage key={slug} slug={slug} />;
}

export function preload(queries: QueryClient, { slug }: { slug?: string | undefined }, search: URLSearchParams): void {
  void queries.prefetchInfiniteQuery(productsQuery(filtersFrom(search, slug)));
}
