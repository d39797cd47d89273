import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Navigate, useNavigate, useSearchParams } from "react-router";
import { meQuery } from "../../features/account/account.api";
import { CheckoutPage } from "../../features/checkout/checkout-page";
import { CheckoutSkeleton } from "../../features/checkout/checkout-skeleton";
import { PaymentSection } from "../../features/payment/payment-section";
import { orderAddress } from "../../shared/order-address";

export function Component() {
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const { data: user, isPending } = useQuery(meQuery);
  // Loaded again between placing the order and paying it: the order's own page takes payments too.
  const [unpaid] = useState(params.get("order"));
  if (unpaid !== null) return <Navigate replace to={orderAddress(unpaid, params.get("token"))} />;
  if (isPending) return <CheckoutSkeleton />;
  return (
    <CheckoutPage
      user={user ?? null}
      onOrder={(order) =>
        setParams(order.access_token ? { order: order.id, token: order.access_token } : { order: order.id }, {
          replace: true,
          preventScrollReset: true,
        })
      }
      payment={({ amount, email, order, onRefused }) => (
        <PaymentSection
          amount={amount}
          email={email}
          order={order}
          onRefused={onRefused}
          onSent={({ id, token }, outcome) => navigate(orderAddress(id, token, outcome), { replace: true })}
        />
      )}
    />
  );
}
