// A filtered list with its bar: the body of the category page and of the search page.

import { Failure, Notice } from "@quickshop/shared/screen-state";
import { Button } from "@quickshop/ui/button";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { productsQuery, searchQuery } from "./catalog.api";
import { FilterBar } from "./filter-bar";
import { type Filters, isFiltered } from "./filters";
import { More, ProductGrid, ProductGridSkeleton } from "./product-grid";
import { useFilterParams } from "./use-filter-params";

interface ProductResultsProps {
  query: ReturnType<typeof productsQuery> | ReturnType<typeof searchQuery>;
  filters: Filters;
  byRelevance?: boolean;
  /** Said when nothing is there although nothing was filtered. */
  emptyTitle: string;
  emptyText: string;
  /** Where to go from there. */
  emptyAction?: ReactNode;
}

export function ProductResults({ query, filters, byRelevance = false, emptyTitle, emptyText, emptyAction }: ProductResultsProps) {
  const list = useInfiniteQuery({ ...query, placeholderData: keepPreviousData });
  const { update } = useFilterParams();
  const products = list.data?.pages.flatMap((page) => page.data) ?? [];
  const total = list.data?.pages[0]?.total ?? 0;
  const filtered = isFiltered(filters);
  const clear = () => update((current) => new URLSearchParams([...current].filter(([name]) => name === "q")));

  if (list.isError && list.data === undefined) return <Failure level={2} error={list.error} onRetry={() => list.refetch()} />;
  return (
    <>
      <FilterBar filters={filters} byRelevance={byRelevance}>
        {list.isPending ? "Looking…" : countWords(total)}
      </FilterBar>
      <div className="pt-8 md:pt-10">
        {list.isPending && <ProductGridSkeleton />}
        {list.isSuccess && products.length > 0 && <ProductGrid products={products} stale={list.isPlaceholderData} eager />}
        {list.isSuccess && products.length === 0 && (
          <Notice
            level={2}
            title={filtered ? "Nothing fits these filters" : emptyTitle}
            action={filtered ? <Button onClick={clear}>Clear the filters</Button> : emptyAction}
          >
            <p>{filtered ? "Widen the price, or show what is out of stock as well." : emptyText}</p>
          </Notice>
        )}
        {list.hasNextPage && (
          <More
            shown={products.length}
            total={total}
            busy={list.isFetchingNextPage}
            failed={list.isFetchNextPageError}
            onMore={() => list.fetchNextPage()}
          />
        )}
      </div>
    </>
  );
}

function countWords(total: number): string {
  return total === 1 ? "1 product" : `${total} products`;
}
