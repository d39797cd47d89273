import { cx } from "@quickshop/ui/cx";
import { useQuery } from "@tanstack/react-query";
import { useUi } from "../../shared/ui-store";
import { cartQuery } from "./cart.api";
import { warmDrawer } from "./load-drawer";

/** Opens the drawer; says how many things are in it. */
export function CartButton({ className }: { className: string }) {
  const setCartOpen = useUi((ui) => ui.setCartOpen);
  const { data } = useQuery(cartQuery);
  const count = data?.item_count ?? 0;
  return (
    <button
      type="button"
      className={className}
      aria-haspopup="dialog"
      aria-label={`Cart ${count} ${count === 1 ? "thing" : "things"}`}
      onPointerEnter={warmDrawer}
      onFocus={warmDrawer}
      onClick={() => setCartOpen(true)}
    >
      Cart {/* The place of the digit is kept, so that the header does not move when the count arrives. */}
      <span className={cx("min-w-[1ch] tabular-nums", data === undefined && "invisible")}>{count}</span>
    </button>
  );
}
