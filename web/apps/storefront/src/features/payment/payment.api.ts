import { api } from "@quickshop/api/client";
import type { PaymentIntent } from "@quickshop/api/types";
import { queryOptions } from "@tanstack/react-query";
import type { PaymentProvider } from "./provider";

export function createIntent(order: { id: string; token: string | null }, key: string): Promise<PaymentIntent> {
  return api.post("/payments/intent", {
    body: { order_id: order.id },
    headers: { "Idempotency-Key": key, ...(order.token === null ? {} : { "X-Order-Token": order.token }) },
  });
}

/** The provider's code, loaded when the payment is on the screen and not before. */
export function providerQuery(name: PaymentIntent["provider"]) {
  return queryOptions({
    queryKey: ["payment-provider", name],
    queryFn: (): Promise<PaymentProvider> =>
      (name === "stripe" ? import("./stripe-provider") : import("./sandbox-provider")).then((module) => module.provider),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
