// `/c/:slug`: one category with filters and order in the address.

import { Failure } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { NotFound } from "../../shared/not-found";
import { categoriesQuery, productsQuery } from "./catalog.api";
import { filtersFrom } from "./filters";
import { ProductResults } from "./product-results";

export function CategoryPage({ slug }: { slug: string }) {
  const categories = useQuery(categoriesQuery);
  const [params] = useSearchParams();
  const category = categories.data?.data.find((candidate) => candidate.slug === slug);
  usePageTitle(category?.name);
  const filters = filtersFrom(params, slug);

  if (categories.isError && category === undefined)
    return <Failure error={categories.error} onRetry={() => categories.refetch()} />;
  if (categories.isSuccess && category === undefined) {
    return <NotFound title="No such category" text="It may have been renamed. Everything we have is one click away." />;
  }
  return (
    <>
      <header className="mb-8 md:mb-12">
        {category === undefined ? (
          <Skeleton className="h-[calc(var(--text-3xl)*1.06)] w-56" />
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
        emptyText="This shelf is empty at the moment."
        emptyAction={
          <Link to="/search" className={buttonClass("outline")}>
            See everything
          </Link>
        }
      />
    </>
  );
}
