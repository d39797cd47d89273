// `/p/:slug`: one product. The picture left, what is needed to decide right, and it stays in view.

import { hasCode } from "@quickshop/api/problem";
import type { Product } from "@quickshop/api/types";
import { Failure } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { cx } from "@quickshop/ui/cx";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { NotFound } from "../../shared/not-found";
import { settings } from "../../shared/page-data";
import { knownProduct, productQuery } from "./catalog.api";
import { Gallery, galleryWidth } from "./gallery";
import { lowStockWords } from "./stock-words";

/** Longer than this a name is a sentence, and set as one. */
const LONG_NAME = 60;

const frame = "grid grid-cols-1 gap-x-10 gap-y-6 md:grid-cols-12 lg:gap-x-12";
const pictureSide = "-mx-4 sm:mx-0 md:col-span-6";
const buySide = "min-w-0 md:col-span-6 lg:pt-4 xl:col-span-5 xl:col-start-8";

interface ProductPageProps {
  slug: string;
  /** The buy button belongs to the cart; the route puts it here. */
  buy: (product: Product) => ReactNode;
}

export function ProductPage({ slug, buy }: ProductPageProps) {
  const queries = useQueryClient();
  const {
    data: product,
    error,
    isPlaceholderData,
    refetch,
  } = useQuery({
    ...productQuery(slug),
    placeholderData: () => knownProduct(queries, slug),
  });
  usePageTitle(product?.name);
  if (hasCode(error, "product_not_found")) {
    return <NotFound title="This is not for sale any more" text="It may have been renamed or sold for the last time." />;
  }
  if (error !== null && product === undefined) return <Failure error={error} onRetry={() => refetch()} />;
  if (product === undefined) return <ProductSkeleton />;
  return (
    <article className={frame}>
      <div className={pictureSide}>
        <Gallery name={product.name} picture={product.picture} />
      </div>
      <div className={cx(buySide, "md:sticky md:top-8 md:self-start")}>
        {product.category != null && (
          <Link to={`/c/${product.category.slug}`} className="tap inline-flex items-center text-sm text-muted hover:text-ink">
            {product.category.name}
          </Link>
        )}
        <h1 className={cx("display wrap-anywhere", product.name.length > LONG_NAME ? "text-2xl" : "text-3xl")}>
          <bdi>{product.name}</bdi>
        </h1>
        <p className="mt-3 text-lg">
          <Price money={product.price} />
          {settings.taxInclusive && <span className="ml-2 text-sm text-muted">tax included</span>}
        </p>
        {/* On a phone the button sticks to the lower edge, with the price beside it. */}
        <div
          data-bottom-bar
          className="fixed inset-x-0 bottom-0 z-(--qs-z-bar) flex items-center gap-4 border-t border-line bg-paper px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:static md:mt-8 md:block md:border-0 md:p-0"
        >
          <Price money={product.price} className="shrink-0 text-lg font-medium md:hidden" />
          <div className="min-w-0 flex-1">{buy(product)}</div>
        </div>
        <Facts product={product} />
        <div dir="auto" className="mt-8 max-w-prose wrap-anywhere whitespace-pre-line text-pretty">
          {isPlaceholderData ? <Skeleton className="h-24 w-full" /> : product.description}
        </div>
        <p className="mt-8 text-xs text-muted">Article {product.sku}</p>
      </div>
    </article>
  );
}

function Facts({ product }: { product: Product }) {
  return (
    <ul className="mt-4 space-y-1 text-sm text-muted md:mt-5">
      {/* What is sold out is said by the button. */}
      {product.availability !== "out_of_stock" && (
        <li className={product.availability === "in_stock" ? undefined : "text-ink"}>
          {lowStockWords(product.availability, product.available) ?? "In stock"}
        </li>
      )}
      {settings.deliveryRate !== null && (
        <li>
          Delivery <Price money={settings.deliveryRate} />
          {settings.freeDeliveryOver !== null && (
            <>
              , free over <Price money={settings.freeDeliveryOver} />
            </>
          )}
        </li>
      )}
    </ul>
  );
}

function ProductSkeleton() {
  return (
    <div role="status" className={frame}>
      <span className="sr-only">Loading the product</span>
      <div className={pictureSide}>
        <Skeleton className={cx(galleryWidth, "aspect-4/5 rounded-none")} />
      </div>
      <div className={buySide}>
        <Skeleton className="mt-3 h-5 w-24" />
        <Skeleton className="mt-3 h-[calc(var(--text-3xl)*1.06)] w-3/4" />
        <Skeleton className="mt-3 h-7 w-20" />
        <Skeleton className="mt-8 h-11 w-full max-md:hidden" />
        <Skeleton className="mt-5 h-6 w-40" />
        <Skeleton className="mt-8 h-24 w-full" />
      </div>
    </div>
  );
}
