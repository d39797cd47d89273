// `/checkout`: contact, delivery and payment on one page, with the summary beside them.

import type { Cart, Money, Order, User } from "@quickshop/api/types";
import { Failure, Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Button } from "@quickshop/ui/button";
import { buttonClass } from "@quickshop/ui/button-class";
import { cx } from "@quickshop/ui/cx";
import { Icon } from "@quickshop/ui/icon";
import { isPositive, lessMoney } from "@quickshop/ui/money";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Link } from "react-router";
import { AddressLines } from "../../shared/address-lines";
import { LineList } from "../../shared/line-list";
import { Totals } from "../../shared/totals";
import { checkoutCartQuery, type Details } from "./checkout.api";
import { DetailsForm } from "./details-form";
import { useCheckout } from "./use-checkout";

export interface PaymentSlot {
  amount: Money;
  email: string;
  order: () => Promise<{ id: string; token: string | null }>;
  onRefused: (error: Error) => boolean;
}

interface CheckoutPageProps {
  user: User | null;
  /** Where the customer is once the order exists: the address must say so, for a reload in between. */
  onOrder: (order: Order) => void;
  /** The payment belongs to another feature; the route puts it here. */
  payment: (slot: PaymentSlot) => ReactNode;
}

export function CheckoutPage({ user, onOrder, payment }: CheckoutPageProps) {
  const cart = useQuery(checkoutCartQuery);
  const checkout = useCheckout(onOrder);
  usePageTitle("Checkout");
  const { priced, order } = checkout;

  // Once there is a quote an empty cart may mean that the order exists and its answer was lost: the same key must ask again.
  if (order === null && priced === null && cart.data?.lines.length === 0) return <EmptyCheckout />;
  if (cart.isError && cart.data === undefined) return <Failure error={cart.error} onRetry={() => cart.refetch()} />;
  return (
    <>
      <h1 className="display mb-8 text-3xl md:mb-12">Checkout</h1>
      <div className="grid grid-cols-1 gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,46rem)_24rem] lg:justify-between">
        <div className="space-y-10 lg:order-first">
          {checkout.notice !== null && <CheckoutNotice text={checkout.notice} />}
          {checkout.editing || priced === null ? (
            <DetailsForm
              key={user?.id ?? "guest"}
              initial={priced?.details ?? remembered(user)}
              busy={checkout.pricing}
              delivery={<DeliveryChoice cart={cart.data} />}
              onSubmit={checkout.submitDetails}
            />
          ) : (
            <>
              <Given details={priced.details} onChange={order === null ? checkout.edit : null} />
              <PaymentHeading>
                {payment({
                  amount: priced.quote.total,
                  email: priced.details.email,
                  order: async () => {
                    const placed = await checkout.placeOnce(priced);
                    return { id: placed.id, token: placed.access_token ?? null };
                  },
                  onRefused: checkout.refused,
                })}
              </PaymentHeading>
            </>
          )}
          {(checkout.editing || priced === null) && <NextSection />}
        </div>
        <SummaryPanel total={priced?.quote.total ?? cart.data?.subtotal}>
          {priced === null ? <CartSoFar cart={cart.data} /> : <QuoteSummary lines={priced.quote.lines} sums={priced.quote} />}
        </SummaryPanel>
      </div>
    </>
  );
}

function remembered(user: User | null): Partial<Details> {
  if (user === null) return {};
  return { email: user.email, shipping_address: { full_name: user.full_name, line1: "", city: "", country: "" } };
}

function EmptyCheckout() {
  return (
    <Notice
      title="There is nothing to pay for"
      action={
        <Link to="/search" className={buttonClass("primary")}>
          Look around
        </Link>
      }
    >
      <p>Your cart is empty. If you have just ordered: a paid order’s receipt is in your mail.</p>
    </Notice>
  );
}

function CheckoutNotice({ text }: { text: string }) {
  return (
    <div role="alert" className="border-l-2 border-danger py-1 pl-4">
      <p className="text-danger">{text}</p>
      <Link to="/cart" className="tap link inline-flex items-center text-sm">
        Go to the cart
      </Link>
    </div>
  );
}

/** Contact and delivery once they are given: short, with a way back. */
function Given({ details, onChange }: { details: Details; onChange: (() => void) | null }) {
  return (
    <dl className="divide-y divide-line border-y border-line">
      {[
        { term: "Contact", value: details.email },
        { term: "Delivery", value: <AddressLines address={details.shipping_address} /> },
      ].map(({ term, value }) => (
        <div key={term} className="flex gap-4 py-4">
          <dt className="w-20 shrink-0 text-sm text-muted">{term}</dt>
          <dd className="wrap-anywhere min-w-0 flex-1">{value}</dd>
          {onChange !== null && (
            <dd>
              <Button look="plain" className="-my-2.5 text-sm" aria-label={`Change ${term.toLowerCase()}`} onClick={onChange}>
                Change
              </Button>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}

/** Takes the focus when the section opens, so that the next thing to do is read out. */
function PaymentHeading({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section aria-labelledby="payment" className="space-y-4">
      <h2 id="payment" ref={heading} tabIndex={-1} className="display scroll-mt-8 text-xl">
        Payment
      </h2>
      {children}
    </section>
  );
}

function NextSection() {
  return (
    <section aria-labelledby="payment-later" className="border-t border-line pt-6 text-muted">
      <h2 id="payment-later" className="display text-xl">
        Payment
      </h2>
      <p className="mt-1 text-sm">By card, as soon as we know where it goes.</p>
    </section>
  );
}

/** Beside the form where there is room; on a phone one line above it that opens. */
function SummaryPanel({ total, children }: { total: Money | undefined; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const body = useId();
  return (
    <aside
      aria-label="Your order"
      className="order-first bg-panel px-5 sm:px-7 lg:sticky lg:top-8 lg:order-none lg:self-start lg:py-7"
    >
      <button
        type="button"
        aria-expanded={open}
        aria-controls={body}
        className="flex min-h-14 w-full items-center gap-2 text-left lg:hidden"
        onClick={() => setOpen(!open)}
      >
        Your order
        <Icon name="chevron" className={cx("size-4 transition-transform", open && "rotate-180")} />
        {total !== undefined && <Price money={total} className="ml-auto text-lg font-semibold" />}
      </button>
      <div id={body} className={cx("pt-2 pb-6 lg:block lg:p-0", !open && "hidden")}>
        {children}
      </div>
    </aside>
  );
}

function DeliveryChoice({ cart }: { cart: Cart | undefined }) {
  return (
    <>
      <span>Standard delivery</span>
      {cart === undefined ? (
        <Skeleton className="h-5 w-14" />
      ) : deliversFree(cart) ? (
        "Free"
      ) : (
        <Price money={cart.delivery_rate} />
      )}
    </>
  );
}

function deliversFree({ free_delivery_over: limit, subtotal }: Cart): boolean {
  return limit != null && !isPositive(lessMoney(limit, subtotal));
}

function CartSoFar({ cart }: { cart: Cart | undefined }) {
  if (cart === undefined) return <Skeleton className="h-48" />;
  const lines = cart.lines.map((line) => ({
    ...line,
    product_id: line.product.id,
    name: line.product.name,
    picture: line.product.picture ?? null,
  }));
  return (
    <>
      <LineList lines={lines} />
      <p className="mt-6 flex items-baseline justify-between gap-4 border-t border-line pt-4">
        <span className="font-semibold">Subtotal</span>
        <Price money={cart.subtotal} className="text-xl font-semibold" />
      </p>
      <p className="mt-1 text-sm text-muted">Delivery and tax follow from your address.</p>
    </>
  );
}

function QuoteSummary({
  lines,
  sums,
}: {
  lines: Parameters<typeof LineList>[0]["lines"];
  sums: Parameters<typeof Totals>[0]["sums"];
}) {
  return (
    <>
      <LineList lines={lines} />
      <div className="mt-6 border-t border-line pt-4">
        <Totals sums={sums} />
      </div>
    </>
  );
}
