// `/c/:slug`: one category with filters and order in the address.

import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { NotFound } from "../../shared/not-found";
import { Failure } from "../../shared/screen-state";
import { usePageTitle } from "../../shared/use-page-title";
import { categoriesQuery, productsQuery } from "./catalog.api";
import { filtersFrom } from "./filters";
import { ProductResults } from "./product-results";

export function CategoryPage({ slug }: { slug: string }) {
  const categories = useQuery(categoriesQuery);
  const [params] = useSearchParams();
  const category = categories.data?.data.find((candidate) => candidate.slug === slug);
  usePageTitle(category?.name);
  const filters = filtersFrom(params, slug);

  if (categories.isError) return <Failure error={categories.error} onRetry={() => categories.refetch()} />;
  if (categories.isSuccess && category === undefined) {
    return <NotFound title="No such category" text="It may have been renamed. Everything we have is one click away." />;
  }
  return (
    <>
      <header className="mb-8 md:mb-12">
        {category === undefined ? (
          <Skeleton className="h-[calc(2.25rem*1.06)] w-56 md:h-14" />
        ) : (
          <h1 className="display text-3xl">{category.name}</h1>
        )}
        {category !== undefined && category.description !== "" && (
          <p className="mt-3 max-w-xl text-muted">{category.description}</p>
        )}
      </header>
      <ProductResults
        query={productsQuery(filters)}
        filters={filters}
        emptyTitle="Nothing here yet"
        emptyText="This shelf is empty at the moment. New things arrive often."
      />
    </>
  );
}
