// `/cart`: the cart as a page of its own.

import { Failure, Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { cartQuery } from "./cart.api";
import { CartLines } from "./cart-lines";
import { CartSkeleton } from "./cart-skeleton";
import { CartSummary } from "./cart-summary";

export function CartPage() {
  const cart = useQuery(cartQuery);
  usePageTitle("Your cart");
  if (cart.isError && cart.data === undefined) return <Failure error={cart.error} onRetry={() => cart.refetch()} />;
  if (cart.data?.lines.length === 0) {
    return (
      <Notice
        title="Your cart is empty"
        action={
          <Link to="/search" className={buttonClass("primary")}>
            Look around
          </Link>
        }
      >
        <p>What you choose waits here, also when you close the window.</p>
      </Notice>
    );
  }
  return (
    <>
      <h1 className="display mb-6 text-3xl md:mb-10">Your cart</h1>
      <div className="grid grid-cols-1 gap-x-16 gap-y-8 lg:grid-cols-[minmax(0,46rem)_24rem] lg:justify-between">
        <section aria-label="Things in your cart" className="border-t border-line lg:border-b">
          {cart.data === undefined ? <CartSkeleton /> : <CartLines lines={cart.data.lines} />}
        </section>
        {cart.data !== undefined && (
          <aside aria-label="Summary" className="border-t border-line pt-6 lg:sticky lg:top-8 lg:self-start">
            <CartSummary cart={cart.data} />
          </aside>
        )}
      </div>
    </>
  );
}
