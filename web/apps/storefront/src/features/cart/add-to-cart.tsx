import { hasCode } from "@quickshop/api/problem";
import { sayError } from "@quickshop/shared/words";
import { Button } from "@quickshop/ui/button";
import { useAddToCart } from "./cart.api";

interface AddToCartProps {
  productId: string;
  soldOut: boolean;
}

/** The one button of a product. What was added is shown by the drawer; what was refused is said here. */
export function AddToCart({ productId, soldOut }: AddToCartProps) {
  const add = useAddToCart();
  const gone = soldOut || hasCode(add.error, "product_not_on_sale");
  return (
    <>
      <Button wide disabled={gone} busy={add.isPending} onClick={() => add.mutate({ product_id: productId, quantity: 1 })}>
        {gone ? "Sold out" : "Add to cart"}
      </Button>
      <p role="status" className={add.error === null ? "sr-only" : "mt-2 text-sm text-danger"}>
        {add.isSuccess && "It is in your cart."}
        {add.error !== null && refusal(add.error)}
      </p>
    </>
  );
}

function refusal(error: Error): string {
  return hasCode(error, "out_of_stock") ? "Sorry, there are no more of these than you already have." : sayError(error);
}
