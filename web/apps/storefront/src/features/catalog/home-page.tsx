// `/`: the newest thing large, then what else is new, then the categories as an index.

import type { Category, ProductSummary } from "@quickshop/api/types";
import { Failure, Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { settings } from "../../shared/page-data";
import { categoriesQuery, productsQuery } from "./catalog.api";
import { ProductGrid, ProductGridSkeleton } from "./product-grid";

const SHOWN = 8;

export function HomePage() {
  const list = useInfiniteQuery(productsQuery({}));
  const categories = useQuery(categoriesQuery);
  usePageTitle("");
  if (list.isError && list.data === undefined) return <Failure error={list.error} onRetry={() => list.refetch()} />;
  const products = list.data?.pages[0]?.data;
  if (products?.length === 0) {
    return (
      <Notice title="The shelves are still empty">
        <p>There is nothing for sale yet. Please come back soon.</p>
      </Notice>
    );
  }
  return (
    <>
      <Opening product={products?.[0]} />
      <section aria-labelledby="new" className="mt-16 md:mt-28">
        <div className="mb-6 flex items-baseline justify-between gap-4 md:mb-8">
          <h2 id="new" className="display text-2xl">
            New in the shop
          </h2>
          <Link to="/search" className="tap link inline-flex items-center justify-end text-sm">
            See everything
          </Link>
        </div>
        {products === undefined ? <ProductGridSkeleton /> : <ProductGrid products={products.slice(1, 1 + SHOWN)} level={3} />}
      </section>
      {categories.data !== undefined && categories.data.data.length > 0 && <Index categories={categories.data.data} />}
    </>
  );
}

function Opening({ product }: { product: ProductSummary | undefined }) {
  return (
    <section className="grid grid-cols-1 gap-x-10 gap-y-8 lg:grid-cols-2 lg:items-center">
      <div className="lg:pb-2">
        <h1 className="display text-4xl">
          Fewer things, <br />
          better ones.
        </h1>
        <p className="mt-5 max-w-md text-lg text-muted md:mt-8">
          Everyday objects, clothes and small luxuries, picked one at a time.
          {settings.freeDeliveryOver !== null && (
            <>
              {" "}
              Delivery is free over <Price money={settings.freeDeliveryOver} />.
            </>
          )}
        </p>
        <Link to="/search" className={`${buttonClass("primary")} mt-7 md:mt-10`}>
          Look around
        </Link>
      </div>
      {/* The whole picture with its name is in sight at once, however low the window. */}
      <div className="w-full lg:max-w-[max(22rem,calc((100dvh-12rem)*0.8))] lg:justify-self-end">
        {product === undefined ? <FeatureSkeleton /> : <Feature product={product} />}
      </div>
    </section>
  );
}

function Feature({ product }: { product: ProductSummary }) {
  return (
    <article className="group relative">
      <Picture picture={product.picture} alt="" shape="own" sizes="(min-width: 62rem) 46vw, 100vw" eager />
      <div className="mt-3 flex items-baseline justify-between gap-4 text-sm">
        <h2 className="line-clamp-3 min-w-0 wrap-anywhere font-medium">
          <Link
            to={`/p/${product.slug}`}
            className="after:absolute after:inset-0 group-hover:underline group-hover:underline-offset-4"
          >
            <bdi>{product.name}</bdi>
          </Link>
        </h2>
        <Price money={product.price} />
      </div>
    </article>
  );
}

function FeatureSkeleton() {
  return (
    <div role="status">
      <span className="sr-only">Loading the newest thing</span>
      <Skeleton className="aspect-4/5 rounded-none" />
      <Skeleton className="mt-3 h-[1.40625rem] w-1/3" />
    </div>
  );
}

function Index({ categories }: { categories: readonly Category[] }) {
  return (
    <section aria-labelledby="index" className="mt-20 md:mt-32">
      <h2 id="index" className="mb-4 text-sm font-medium text-muted">
        By kind
      </h2>
      <ul className="border-t border-line">
        {categories.map((category) => (
          <li key={category.id} className="border-b border-line">
            <Link to={`/c/${category.slug}`} className="group flex items-baseline justify-between gap-6 py-5 md:py-7">
              <span className="display text-3xl decoration-1 underline-offset-8 group-hover:underline">{category.name}</span>
              <span className="text-sm text-muted tabular-nums">
                {category.product_count}
                <span className="sr-only"> products</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
