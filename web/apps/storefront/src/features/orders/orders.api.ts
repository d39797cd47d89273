import { api } from "@quickshop/api/client";
import type { Order, OrderPage } from "@quickshop/api/types";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

const ORDERS_PER_PAGE = 20;
const FIRST_WAIT_MS = 700;
const LONGEST_WAIT_MS = 8_000;
const GROWTH = 1.35;
/** About two minutes in all; after that a person decides whether to look again. */
export const MAX_LOOKS = 24;

/**
 * One order. While its payment is being confirmed it is asked for again, at growing distances and not for ever. `sentAfter`: how
 * many looks there had been when the card was sent; null while no payment is awaited.
 */
export function orderQuery(id: string, token: string | null, sentAfter: number | null = null) {
  return queryOptions({
    queryKey: ["order", id, token],
    queryFn: ({ signal }) =>
      api.get("/orders/{id}", { path: { id }, signal, ...(token === null ? {} : { headers: { "X-Order-Token": token } }) }),
    staleTime: 0,
    refetchInterval: ({ state }) => (sentAfter === null ? false : nextLook(state.data, looksOf(state) - sentAfter)),
  });
}

export function isWaiting(order: Order): boolean {
  return order.status === "pending";
}

/** Milliseconds until the order is asked for again, or false: it is settled, or we have looked often enough. */
export function nextLook(order: Order | undefined, looks: number): number | false {
  if ((order !== undefined && !isWaiting(order)) || looks >= MAX_LOOKS) return false;
  return Math.min(FIRST_WAIT_MS * GROWTH ** looks, LONGEST_WAIT_MS);
}

/** How often the order was asked for so far, with or without an answer. */
export function looksOf(state: { dataUpdateCount: number; errorUpdateCount: number } | undefined): number {
  return state === undefined ? 0 : state.dataUpdateCount + state.errorUpdateCount;
}

const firstPage: string | null = null;

export const myOrdersQuery = infiniteQueryOptions({
  queryKey: ["my-orders"],
  queryFn: ({ pageParam, signal }) =>
    api.get("/users/orders", { query: { limit: ORDERS_PER_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal }),
  initialPageParam: firstPage,
  getNextPageParam: (page: OrderPage) => page.next_cursor ?? null,
});
