import { api } from "@quickshop/api/client";
import type { Address, Order, Quote } from "@quickshop/api/types";
import { queryOptions } from "@tanstack/react-query";

/** What is being bought, as the cart feature keeps it under the same key. */
export const checkoutCartQuery = queryOptions({
  queryKey: ["cart"],
  queryFn: ({ signal }) => api.get("/cart", { signal }),
});

export interface Details {
  email: string;
  shipping_address: Address;
}

export function requestQuote(details: Details): Promise<Quote> {
  return api.post("/cart/checkout", { body: { ...details, shipping_method: "standard" } });
}

/** One order for one quote: the key is made with the quote and sent again with every repeat. */
export function placeOrder(quote: string, key: string): Promise<Order> {
  return api.post("/orders", { body: { quote }, headers: { "Idempotency-Key": key } });
}
