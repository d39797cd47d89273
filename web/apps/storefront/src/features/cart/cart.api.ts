// The cart's query and its changes. Changes of lines show at once and run one after the other; the server has the last word.

import { api } from "@quickshop/api/client";
import { hasCode } from "@quickshop/api/problem";
import type { CartLine } from "@quickshop/api/types";
import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useUi } from "../../shared/ui-store";
import { sayError } from "../../shared/words";
import { withoutLine, withQuantity } from "./cart-changes";

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
  const say = useUi((ui) => ui.say);
  return useMutation({
    ...CHANGE,
    mutationFn: ({ line, quantity }: { line: CartLine; quantity: number }) =>
      api.put("/cart/items/{id}", { path: { id: line.id }, body: { quantity } }),
    onMutate: async ({ line, quantity }) => {
      await queries.cancelQueries(cartQuery);
      queries.setQueryData(cartQuery.queryKey, (cart) => cart && withQuantity(cart, line.id, quantity));
    },
    onError: (error, { line }) => say({ tone: "danger", text: quantityRefused(error, line) }),
    onSettled: () => settle(queries),
  });
}

export function useRemoveLine() {
  const queries = useQueryClient();
  const say = useUi((ui) => ui.say);
  const putBack = useMutation({
    ...CHANGE,
    mutationFn: (line: CartLine) => api.post("/cart/items", { body: { product_id: line.product.id, quantity: line.quantity } }),
    onError: (error) => say({ tone: "danger", text: sayError(error) }),
    onSettled: () => settle(queries),
  });
  return useMutation({
    ...CHANGE,
    mutationFn: (line: CartLine) => api.delete("/cart/items/{id}", { path: { id: line.id } }),
    onMutate: async (line) => {
      await queries.cancelQueries(cartQuery);
      queries.setQueryData(cartQuery.queryKey, (cart) => cart && withoutLine(cart, line.id));
      say({ text: `${line.product.name} is out of your cart.`, action: { label: "Undo", run: () => putBack.mutate(line) } });
    },
    onError: (error) => say({ tone: "danger", text: sayError(error) }),
    onSettled: () => settle(queries),
  });
}

/** Asks for the cart once the last change is through: an answer in between would show an older quantity for a moment. */
function settle(queries: QueryClient): Promise<void> | undefined {
  const last = queries.isMutating({ mutationKey: CHANGE.mutationKey }) === 1;
  return last ? queries.invalidateQueries(cartQuery) : undefined;
}

function quantityRefused(error: Error, line: CartLine): string {
  return hasCode(error, "out_of_stock") ? `Sorry, there are only ${line.available} of ${line.product.name}.` : sayError(error);
}
