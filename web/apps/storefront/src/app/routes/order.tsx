import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useNavigate, useParams, useSearchParams } from "react-router";
import { meQuery } from "../../features/account/account.api";
import { AccountAfterOrder } from "../../features/account/account-after-order";
import { OrderPage } from "../../features/orders/order-page";
import { endAttempt, isUnderWay } from "../../features/payment/attempt";
import { PaymentSection } from "../../features/payment/payment-section";
import { orderAddress } from "../../shared/order-address";

const CHALLENGE_FAILED =
  "Your bank could not confirm that it was you. Nothing was charged and your order is kept: try again, or use another card.";

const SECRETS = ["payment_intent", "payment_intent_client_secret", "source_type"];

function withoutSecrets(search: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...search].filter(([name]) => !SECRETS.includes(name)));
}

function asUnknown(search: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(search);
  if (!next.has("redirect_status")) next.set("redirect_status", "unknown");
  return next;
}

export function Component() {
  const { id = "" } = useParams();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const me = useQuery(meQuery);
  const token = search.get("token");
  useEffect(() => {
    // What the bank's page appended for scripts, the client secret among it, must not stay in the address that people copy.
    if (SECRETS.some((name) => search.has(name))) setSearch(withoutSecrets, { replace: true, preventScrollReset: true });
  }, [search, setSearch]);
  useEffect(() => {
    // Loaded again while the bank was being asked: whether the card was charged is not known, so nobody is asked to pay.
    if (!isUnderWay(id)) return;
    endAttempt(id);
    setSearch(asUnknown, { replace: true, preventScrollReset: true });
  }, [id, setSearch]);
  return (
    <OrderPage
      key={id}
      id={id}
      token={token}
      redirectStatus={search.get("redirect_status")}
      payment={(order, failed) => (
        <PaymentSection
          amount={order.total}
          email={order.email}
          order={() => Promise.resolve({ id, token })}
          onSent={(_, outcome) => navigate(orderAddress(id, token, outcome), { replace: true })}
          firstNotice={failed ? CHALLENGE_FAILED : null}
        />
      )}
      account={(order) =>
        token === null || me.isPending ? null : (
          <AccountAfterOrder email={order.email} fullName={order.shipping_address.full_name} signedIn={me.data != null} />
        )
      }
    />
  );
}
