// `/orders/:id`: one order, from "not paid" to "delivered". Guests bring its token in the address.

import { ApiError } from "@quickshop/api/problem";
import type { Order } from "@quickshop/api/types";
import { Failure } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Badge } from "@quickshop/ui/badge";
import { LocaleContext } from "@quickshop/ui/locale";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, use, useState } from "react";
import { useSearchParams } from "react-router";
import { AddressLines } from "../../shared/address-lines";
import { LineList } from "../../shared/line-list";
import { NotFound } from "../../shared/not-found";
import { settings } from "../../shared/page-data";
import { Totals } from "../../shared/totals";
import { OrderHeadline } from "./order-headline";
import { isWaiting, looksOf, MAX_LOOKS, orderQuery } from "./orders.api";
import { CONFIRMING, STATUS_WORDS } from "./status-words";

interface OrderPageProps {
  id: string;
  token: string | null;
  /** What Stripe or the sandbox wrote in the return address: "succeeded", "failed" or nothing; "unknown" is our own word. */
  redirectStatus: string | null;
  /** The card form; it belongs to another feature and is put here by the route. */
  payment: (order: Order, failed: boolean) => ReactNode;
  /** The offer to make an account, for guests. */
  account: (order: Order) => ReactNode;
}

export function OrderPage({ id, token, redirectStatus, payment, account }: OrderPageProps) {
  const sent = redirectStatus === "succeeded" || redirectStatus === "unknown" ? redirectStatus : null;
  const queries = useQueryClient();
  const [, setParams] = useSearchParams();
  const looks = looksOf(queries.getQueryState(orderQuery(id, token).queryKey));
  const [from, setFrom] = useState({ sent, looks });
  // Another card is another wait: what was looked before it was sent does not count.
  if (from.sent !== sent) setFrom({ sent, looks });
  const query = orderQuery(id, token, sent === null ? null : from.looks);
  // Every look counts, also one that brought the same order again.
  const { data: order, error, refetch } = useQuery({ ...query, notifyOnChangeProps: "all" });
  usePageTitle(order === undefined ? null : `Order ${order.order_number}`);

  if (order === undefined) {
    if (error instanceof ApiError && [401, 403, 404].includes(error.status)) {
      return (
        <NotFound
          title="We cannot show this order"
          text="Use the whole link from your mail, or sign in with the account it was made with."
        />
      );
    }
    return error === null ? <OrderSkeleton /> : <Failure error={error} onRetry={() => refetch()} />;
  }
  const again = () => setParams(withoutRedirect, { replace: true });
  return (
    // On a phone: what happened, the things, the offer. What comes late is last, so that nothing moves under a finger.
    <div className="grid grid-cols-1 gap-x-16 gap-y-10 print:block print:max-w-[34rem] print:space-y-8 lg:grid-cols-[minmax(0,46rem)_24rem] lg:justify-between lg:grid-rows-[auto_1fr]">
      <div className="space-y-10">
        {/* What the header says on the screen. */}
        <p className="hidden font-serif text-xl font-[560] print:block">{settings.shopName}</p>
        <OrderHeadline
          order={order}
          sent={sent}
          tired={looks - from.looks >= MAX_LOOKS}
          heard={error === null}
          onLook={() => void refetch()}
          onPayAgain={again}
        />
        {isWaiting(order) && sent === null && (
          <section aria-labelledby="pay" className="max-w-lg space-y-4 print:hidden">
            <h2 id="pay" className="display text-xl">
              Payment
            </h2>
            {payment(order, redirectStatus === "failed")}
          </section>
        )}
      </div>
      <OrderContents order={order} confirming={isWaiting(order) && sent !== null} />
      {!isWaiting(order) && order.status !== "cancelled" && <div className="print:hidden">{account(order)}</div>}
    </div>
  );
}

function OrderContents({ order, confirming }: { order: Order; confirming: boolean }) {
  const locale = use(LocaleContext);
  const { word, tone } = confirming ? CONFIRMING : STATUS_WORDS[order.status];
  return (
    <aside aria-label="What you ordered" className="space-y-6 lg:col-start-2 lg:row-span-2 lg:row-start-1">
      <div className="flex items-start justify-between gap-4">
        <div>
          <h2 className="font-medium">Order {order.order_number}</h2>
          <time dateTime={order.placed_at} className="block text-sm text-muted">
            {new Date(order.placed_at).toLocaleDateString(locale, { dateStyle: "long" })}
          </time>
        </div>
        <Badge tone={tone}>{word}</Badge>
      </div>
      <LineList lines={order.lines} large />
      <div className="border-t border-line pt-4">
        <Totals sums={order} />
      </div>
      <section aria-labelledby="address" className="border-t border-line pt-4 text-sm">
        <h3 id="address" className="mb-1 text-muted">
          Goes to
        </h3>
        <AddressLines address={order.shipping_address} />
        <p className="wrap-anywhere mt-1 text-muted">{order.email}</p>
      </section>
    </aside>
  );
}

function withoutRedirect(current: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(current);
  next.delete("redirect_status");
  return next;
}

function OrderSkeleton() {
  return (
    <div role="status" className="grid grid-cols-1 gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,46rem)_24rem] lg:justify-between">
      <span className="sr-only">Loading your order</span>
      <div className="min-h-72 sm:min-h-60">
        <Skeleton className="h-[calc(var(--text-3xl)*1.06)] w-3/4" />
        <Skeleton className="mt-4 h-7 w-full max-w-md" />
        <Skeleton className="mt-6 h-28 w-56" />
      </div>
      <div className="space-y-6">
        <Skeleton className="h-12" />
        <Skeleton className="h-30" />
        <Skeleton className="h-36" />
      </div>
    </div>
  );
}
