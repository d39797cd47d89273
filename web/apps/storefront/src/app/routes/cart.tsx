import type { QueryClient } from "@tanstack/react-query";
import { cartQuery } from "../../features/cart/cart.api";
import { CartPage } from "../../features/cart/cart-page";

export const Component = CartPage;

export function preload(queries: QueryClient): void {
  void queries.prefetchQuery(cartQuery);
}
