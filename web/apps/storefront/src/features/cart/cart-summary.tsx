// What the cart costs so far, what delivery will add, and the way on.

import type { Cart } from "@quickshop/api/types";
import { buttonClass } from "@quickshop/ui/button-class";
import { isPositive, lessMoney } from "@quickshop/ui/money";
import { Price } from "@quickshop/ui/price";
import { Link } from "react-router";
import { paymentNeedsDocument, settings } from "../../shared/page-data";

export function CartSummary({ cart, onLeave }: { cart: Cart; onLeave?: () => void }) {
  const short = cart.lines.some((line) => line.available < line.quantity);
  return (
    <div>
      <p aria-live="polite" className="flex items-baseline justify-between gap-4">
        <span className="font-medium">Subtotal</span>
        <Price money={cart.subtotal} className="text-xl font-semibold" />
      </p>
      <p className="mt-1 text-sm text-muted">
        <DeliveryWords cart={cart} />
      </p>
      {short ? (
        <p className="mt-4 text-sm text-danger">Something in your cart is short. Please change it before you go on.</p>
      ) : (
        <Link
          to="/checkout"
          reloadDocument={paymentNeedsDocument(settings)}
          onClick={onLeave}
          className={`${buttonClass("primary", true)} mt-4`}
        >
          Check out
        </Link>
      )}
    </div>
  );
}

function DeliveryWords({ cart }: { cart: Cart }) {
  const tax = cart.tax_inclusive ? "Tax is included." : "Tax is added at checkout.";
  if (cart.free_delivery_over == null) {
    return (
      <>
        Delivery is <Price money={cart.delivery_rate} />. {tax}
      </>
    );
  }
  const missing = lessMoney(cart.free_delivery_over, cart.subtotal);
  if (!isPositive(missing)) return <>Delivery is free. {tax}</>;
  return (
    <>
      <Price money={missing} className="text-ink" /> more and delivery is free instead of <Price money={cart.delivery_rate} />.{" "}
      {tax}
    </>
  );
}
