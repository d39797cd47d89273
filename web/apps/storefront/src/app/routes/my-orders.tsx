import type { QueryClient } from "@tanstack/react-query";
import { MyOrdersPage } from "../../features/orders/my-orders-page";
import { myOrdersQuery } from "../../features/orders/orders.api";

export const Component = MyOrdersPage;

export function preload(queries: QueryClient): void {
  void queries.prefetchInfiniteQuery(myOrdersQuery);
}
