// The cart's query and its changes. Changes of lines show at once and run one after the other; the server has the last word.

import { api } from "@quickshop/api/client";
import { hasCode } from "@quickshop/api/problem";
import type { CartLine } from "@quickshop/api/types";
import { useNotices } from "@quickshop/shared/notices";
import { sayError } from "@quickshop/shared/words";
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useUi } from "../../shared/ui-store";
import { withoutLine, withQuantity } from "./cart-changes";
import { warmDrawer } from "./load-drawer";

export const cartQuery = queryOptions({
  queryKey: ["cart"],
  queryFn: ({ signal }) => api.get("/cart", { signal }),
  staleTime: 15_000,
});

/** Changes of the cart wait for each other, so that two quick clicks arrive in their order. */
const CHANGE = { mutationKey: ["cart"], scope: { id: "cart" } };

export function useAddToCart() {
  const queries = useQueryClient();
  const setCartOpen = useUi((ui) => ui.setCartOpen);
  return useMutation({
    ...CHANGE,
    mutationFn: (item: { product_id: string; quantity: number }) => api.post("/cart/items", { body: item }),
    onMutate: warmDrawer,
    onSuccess: async () => {
      // The drawer opens with the new line in it, not a moment before.
      await queries.invalidateQueries(cartQuery);
      setCartOpen(true);
    },
    onError: () => queries.invalidateQueries(cartQuery),
  });
}

export function useSetQuantity() {
  const queries = useQueryClient();
  const say = useNotices((notices) => notices.say);
  return useMutation({
    ...CHANGE,
    mutationFn: ({ line, quantity }: { line: CartLine; quantity: number }) =>
      api.put("/cart/items/{id}", { path: { id: line.id }, body: { quantity } }),
    onMutate: async ({ line, quantity }) => {
      await queries.cancelQueries(cartQuery);
      queries.setQueryData(cartQuery.queryKey, (cart) => cart && withQuantity(cart, line.id, quantity));
    },
    onError: (error, { line }) => {
      // Without a connection nobody tells the true cart: what was shown ahead of the answer is taken back here.
      queries.setQueryData(cartQuery.queryKey, (cart) => cart && withQuantity(cart, line.id, line.quantity));
      say({ tone: "danger", text: quantityRefused(error, line) });
    },
    onSettled: () => settle(queries),
  });
}

export function useRemoveLine() {
  const queries = useQueryClient();
  const say = useNotices((notices) => notices.say);
  const putBack = useMutation({
    ...CHANGE,
    mutationFn: (line: CartLine) => api.post("/cart/items", { body: { product_id: line.product.id, quantity: line.quantity } }),
    onError: (error, { product }) =>
      say({ tone: "danger", text: `${product.name} is not back in your cart. ${sayError(error)}` }),
    onSettled: () => settle(queries),
  });
  return useMutation({
    ...CHANGE,
    mutationFn: (line: CartLine) => api.delete("/cart/items/{id}", { path: { id: line.id } }),
    onMutate: async (line) => {
      await queries.cancelQueries(cartQuery);
      const before = queries.getQueryData(cartQuery.queryKey);
      queries.setQueryData(cartQuery.queryKey, (cart) => cart && withoutLine(cart, line.id));
      return before;
    },
    // Not before it is true: undoing what never happened would add the things a second time.
    onSuccess: (_nothing, line) =>
      say({ text: `${line.product.name} is out of your cart.`, action: { label: "Undo", run: () => putBack.mutate(line) } }),
    onError: (error, { product }, before) => {
      queries.setQueryData(cartQuery.queryKey, before);
      say({ tone: "danger", text: `${product.name} is still in your cart. ${sayError(error)}` });
    },
    onSettled: () => settle(queries),
  });
}

/** Asks for the cart once the last change is through: an answer in between would show an older quantity for a moment. */
function settle(queries: QueryClient): Promise<void> | undefined {
  const last = queries.isMutating({ mutationKey: CHANGE.mutationKey }) === 1;
  return last ? queries.invalidateQueries(cartQuery) : undefined;
}

function quantityRefused(error: Error, line: CartLine): string {
  return hasCode(error, "out_of_stock")
    ? `Sorry, there are only ${line.available} of ${line.product.name}.`
    : `The quantity of ${line.product.name} stays as it was. ${sayError(error)}`;
}
