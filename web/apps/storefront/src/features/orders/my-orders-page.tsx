// `/account/orders`: what a customer has bought, newest first.

import type { OrderSummary } from "@quickshop/api/types";
import { Failure } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { sayError } from "@quickshop/shared/words";
import { Badge } from "@quickshop/ui/badge";
import { Button } from "@quickshop/ui/button";
import { buttonClass } from "@quickshop/ui/button-class";
import { LocaleContext } from "@quickshop/ui/locale";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useInfiniteQuery } from "@tanstack/react-query";
import { use } from "react";
import { Link } from "react-router";
import { orderAddress } from "../../shared/order-address";
import { paymentNeedsDocument, settings } from "../../shared/page-data";
import { myOrdersQuery } from "./orders.api";
import { STATUS_WORDS } from "./status-words";

export function MyOrdersPage() {
  const list = useInfiniteQuery(myOrdersQuery);
  usePageTitle("My orders");
  const orders = list.data?.pages.flatMap((page) => page.data) ?? [];
  if (list.isError && list.data === undefined) return <Failure error={list.error} onRetry={() => list.refetch()} />;
  return (
    <>
      <h1 className="display mb-8 text-3xl">My orders</h1>
      {list.isPending && <OrdersSkeleton />}
      {list.isSuccess && orders.length === 0 && (
        <div>
          <p className="text-lg text-muted">You have not ordered anything with this account yet.</p>
          <Link to="/search" className={`${buttonClass("primary")} mt-6`}>
            Look around
          </Link>
        </div>
      )}
      {orders.length > 0 && (
        <ul className="max-w-4xl divide-y divide-line border-y border-line">
          {orders.map((order) => (
            <OrderRow key={order.id} order={order} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <div className="mt-8">
          <p role="status" className={list.isFetchNextPageError ? "mb-3 text-sm text-danger" : "sr-only"}>
            {list.isFetchNextPageError && `The earlier orders did not load. ${sayError(list.error)}`}
          </p>
          <Button look="outline" busy={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {list.isFetchNextPageError ? "Try again" : "Show earlier orders"}
          </Button>
        </div>
      )}
    </>
  );
}

function OrderRow({ order }: { order: OrderSummary }) {
  const locale = use(LocaleContext);
  const { word, tone } = STATUS_WORDS[order.status];
  return (
    <li className="relative flex items-center gap-4 py-4 sm:gap-6">
      <Picture picture={order.picture} alt="" sizes="5rem" className="w-16 shrink-0 sm:w-20" />
      <div className="min-w-0 flex-1">
        <h2 className="truncate font-medium">
          <Link
            to={orderAddress(order.id, null)}
            reloadDocument={order.status === "pending" && paymentNeedsDocument(settings)}
            className="after:absolute after:inset-0 hover:underline hover:underline-offset-4"
          >
            {order.names.join(", ") || `Order ${order.order_number}`}
          </Link>
        </h2>
        <p className="flex flex-wrap gap-x-3 text-sm text-muted">
          <time dateTime={order.placed_at}>{new Date(order.placed_at).toLocaleDateString(locale, { dateStyle: "medium" })}</time>
          <span className="tabular-nums">{order.order_number}</span>
        </p>
      </div>
      <div className="flex flex-col items-end gap-1.5 sm:flex-row-reverse sm:items-center sm:gap-6">
        <Price money={order.total} className="font-medium sm:w-24 sm:text-right" />
        <Badge tone={tone}>{word}</Badge>
      </div>
    </li>
  );
}

function OrdersSkeleton() {
  return (
    <div role="status" className="max-w-4xl divide-y divide-line border-y border-line">
      <span className="sr-only">Loading your orders</span>
      {["a", "b", "c"].map((key) => (
        <div key={key} className="flex items-center gap-4 py-4 sm:gap-6">
          <Skeleton className="aspect-4/5 w-16 shrink-0 rounded-none sm:w-20" />
          <div className="flex-1 space-y-1.5">
            <Skeleton className="h-5 w-1/2" />
            <Skeleton className="h-5 w-1/3" />
          </div>
        </div>
      ))}
    </div>
  );
}
