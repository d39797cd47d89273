// The place of the drawer in the page: empty until the cart is opened for the first time.

import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { useUi } from "../../shared/ui-store";
import { loadDrawer } from "./load-drawer";

const CartDrawer = lazy(() =>
  loadDrawer().then(
    (module) => ({ default: module.CartDrawer }),
    () => ({ default: CartAsPage }),
  ),
);

export function CartOverlay() {
  const cartOpen = useUi((ui) => ui.cartOpen);
  const [needed, setNeeded] = useState(cartOpen);
  if (cartOpen && !needed) setNeeded(true);
  return (
    needed && (
      <Suspense>
        <CartDrawer />
      </Suspense>
    )
  );
}

/** Where the drawer's code could not be loaded, the cart is still a page. */
function CartAsPage(): ReactNode {
  const { cartOpen, setCartOpen } = useUi();
  const navigate = useNavigate();
  useEffect(() => {
    if (!cartOpen) return;
    setCartOpen(false);
    void navigate("/cart");
  }, [cartOpen, setCartOpen, navigate]);
  return null;
}
