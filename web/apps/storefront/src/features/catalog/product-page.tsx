// `/p/:slug`: one product. The picture left, what is needed to decide right, and it stays in view.

import { hasCode } from "@quickshop/api/problem";
import type { Product } from "@quickshop/api/types";
import { Icon } from "@quickshop/ui/icon";
import { Dialog } from "@quickshop/ui/overlay";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { NotFound } from "../../shared/not-found";
import { settings } from "../../shared/page-data";
import { Failure } from "../../shared/screen-state";
import { usePageTitle } from "../../shared/use-page-title";
import { knownProduct, productQuery } from "./catalog.api";
import { lowStockWords } from "./stock-words";

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
    <article className="grid grid-cols-1 gap-x-12 gap-y-6 lg:grid-cols-12">
      <div className="-mx-4 sm:mx-0 lg:col-span-6">
        <Gallery product={product} />
      </div>
      <div className="lg:sticky lg:top-8 lg:col-span-6 lg:self-start lg:pt-4 xl:col-span-5 xl:col-start-8">
        {product.category != null && (
          <Link to={`/c/${product.category.slug}`} className="tap inline-flex items-center text-sm text-muted hover:text-ink">
            {product.category.name}
          </Link>
        )}
        <h1 className="display text-3xl">{product.name}</h1>
        <p className="mt-3 text-lg">
          <Price money={product.price} />
          {settings.taxInclusive && <span className="ml-2 text-sm text-muted">tax included</span>}
        </p>
        {/* On a phone the button sticks to the lower edge, with the price beside it. */}
        <div
          data-bottom-bar
          className="fixed inset-x-0 bottom-0 z-(--qs-z-bar) flex items-center gap-4 border-t border-line bg-paper px-4 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] lg:static lg:mt-8 lg:block lg:border-0 lg:p-0"
        >
          <Price money={product.price} className="text-lg font-medium lg:hidden" />
          <div className="min-w-0 flex-1">{buy(product)}</div>
        </div>
        <Facts product={product} />
        <div className="mt-8 max-w-prose whitespace-pre-line text-pretty">
          {isPlaceholderData ? <Skeleton className="h-24 w-full" /> : product.description}
        </div>
        <p className="mt-8 text-xs text-muted">Article {product.sku}</p>
      </div>
    </article>
  );
}

function Facts({ product }: { product: Product }) {
  return (
    <ul className="mt-4 space-y-1 text-sm text-muted lg:mt-5">
      <li className={product.availability === "in_stock" ? undefined : "text-ink"}>
        {lowStockWords(product.availability, product.available) ?? "In stock"}
      </li>
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

function Gallery({ product }: { product: Product }) {
  const [zoomed, setZoomed] = useState(false);
  if (product.picture == null) return <Picture picture={null} sizes="100vw" shape="square" />;
  return (
    <>
      <button type="button" className="group relative block w-full cursor-zoom-in" onClick={() => setZoomed(true)}>
        <Picture picture={product.picture} shape="own" sizes="(min-width: 62rem) 38rem, 100vw" eager />
        <span className="absolute right-3 bottom-3 grid size-11 place-items-center rounded-full bg-paper opacity-90">
          <Icon name="zoom" />
        </span>
        <span className="sr-only">Look closer</span>
      </button>
      <Dialog open={zoomed} onOpenChange={setZoomed} title={product.name}>
        {/* Larger than the window on purpose: it is moved by scrolling or with a finger. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable with the keyboard */}
        <section className="min-h-0 flex-1 overflow-auto" aria-label="Enlarged picture" tabIndex={0}>
          <Picture picture={product.picture} shape="own" sizes="160vw" className="mx-auto w-[max(100%,46rem)] max-w-[90rem]" />
        </section>
      </Dialog>
    </>
  );
}

function ProductSkeleton() {
  return (
    <div role="status" className="grid grid-cols-1 gap-x-12 gap-y-6 lg:grid-cols-12">
      <span className="sr-only">Loading the product</span>
      <Skeleton className="-mx-4 aspect-4/5 rounded-none sm:mx-0 lg:col-span-6" />
      <div className="lg:col-span-6 lg:pt-4 xl:col-span-5 xl:col-start-8">
        <Skeleton className="mt-3 h-5 w-24" />
        <Skeleton className="mt-4 h-12 w-3/4" />
        <Skeleton className="mt-4 h-6 w-20" />
        <Skeleton className="mt-10 h-12 w-full max-lg:hidden" />
        <Skeleton className="mt-8 h-32 w-full" />
      </div>
    </div>
  );
}
