// The course of one checkout: details -> quote -> order. Nothing here is drawn.

import { ApiError } from "@quickshop/api/problem";
import type { Order, Quote } from "@quickshop/api/types";
import { sayError } from "@quickshop/shared/words";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { newIdempotencyKey } from "../../shared/idempotency-key";
import { checkoutCartQuery, type Details, placeOrder, requestQuote } from "./checkout.api";

interface Priced {
  details: Details;
  quote: Quote;
  /** Belongs to the quote: a double click or a repeat after a lost answer gives the same order. */
  key: string;
}

/** The quote no longer holds, but asking again gives a new one. */
const QUOTE_IS_OLD = ["quote_changed", "quote_expired", "quote_invalid", "idempotency_key_reused"];
/** The cart must be changed first. */
const CART_IS_OLD = ["out_of_stock", "cart_empty", "cart_already_checked_out", "product_not_on_sale"];

export function useCheckout(onOrder: (order: Order) => void) {
  const queries = useQueryClient();
  const [priced, setPriced] = useState<Priced | null>(null);
  const [editing, setEditing] = useState(true);
  const [notice, setNotice] = useState<string | null>(null);
  const [order, setOrder] = useState<Order | null>(null);
  const placing = useRef<Promise<Order> | null>(null);

  const price = useMutation({
    mutationFn: requestQuote,
    onSuccess: (quote, details) => {
      setPriced({ details, quote, key: newIdempotencyKey() });
      setEditing(false);
    },
  });

  const place = async ({ quote, key }: Priced): Promise<Order> => {
    const placed = await placeOrder(quote.quote, key);
    setOrder(placed);
    onOrder(placed);
    void queries.invalidateQueries(checkoutCartQuery);
    return placed;
  };

  const cartRefused = (error: Error): boolean => {
    if (!(error instanceof ApiError && CART_IS_OLD.includes(error.code))) return false;
    setNotice(`${sayError(error)} Nothing was charged. Please look at your cart.`);
    void queries.invalidateQueries(checkoutCartQuery);
    return true;
  };

  return {
    priced,
    order,
    notice,
    editing: editing && order === null,
    pricing: price.isPending,
    edit: () => setEditing(true),
    submitDetails: async (details: Details) => {
      setNotice(null);
      const refusal = await price.mutateAsync(details).then(
        () => null,
        (error: Error) => error,
      );
      // A cart that changed under the checkout is no fault of a field.
      if (refusal !== null && !cartRefused(refusal)) throw refusal;
    },
    /** Places the order once: two clicks share the request, and a second card pays the same order. */
    placeOnce: (current: Priced): Promise<Order> => {
      placing.current ??= place(current).catch((error: unknown) => {
        placing.current = null;
        throw error;
      });
      return placing.current;
    },
    /** What a refused order means for this page. False: not for this page to say. */
    refused: (error: Error): boolean => {
      const code = error instanceof ApiError ? error.code : "";
      if (QUOTE_IS_OLD.includes(code) && priced !== null) {
        setNotice(
          "Something has changed since we added this up: please look at the new total before you pay. Nothing was charged.",
        );
        price.mutate(priced.details, { onError: (again) => setNotice(sayError(again)) });
        return true;
      }
      return cartRefused(error);
    },
  };
}
