// The cart as a drawer: opens on adding, is edited in place, the total always in view.

import { Failure } from "@quickshop/shared/screen-state";
import { buttonClass } from "@quickshop/ui/button-class";
import { Drawer } from "@quickshop/ui/overlay";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useUi } from "../../shared/ui-store";
import { cartQuery } from "./cart.api";
import { CartLines } from "./cart-lines";
import { CartSkeleton } from "./cart-skeleton";
import { CartSummary } from "./cart-summary";

export function CartDrawer() {
  const { cartOpen, setCartOpen } = useUi();
  const cart = useQuery(cartQuery);
  const close = () => setCartOpen(false);
  const lines = cart.data?.lines ?? [];
  return (
    <Drawer open={cartOpen} onOpenChange={setCartOpen} title="Your cart">
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5">
        {cart.isPending && <CartSkeleton />}
        {cart.isError && cart.data === undefined && <Failure level={2} error={cart.error} onRetry={() => cart.refetch()} />}
        {cart.isSuccess && lines.length === 0 && (
          <div className="py-16">
            <p className="text-lg text-muted">There is nothing in it yet.</p>
            <Link to="/search" onClick={close} className={`${buttonClass("outline")} mt-6`}>
              Look around
            </Link>
          </div>
        )}
        <CartLines lines={lines} onLeave={close} />
      </div>
      {cart.data !== undefined && lines.length > 0 && (
        <footer className="border-t border-line px-5 pt-4 pb-[max(1.25rem,env(safe-area-inset-bottom))]">
          <CartSummary cart={cart.data} onLeave={close} />
          <Link to="/cart" onClick={close} className="tap link mt-1 flex items-center justify-center text-sm">
            Open the cart as a page
          </Link>
        </footer>
      )}
    </Drawer>
  );
}
