// Paying for one order: shows the provider's form, places the order when it is not placed yet, and says what the bank said.

import type { Money, PaymentIntent } from "@quickshop/api/types";
import { Failure } from "@quickshop/shared/screen-state";
import { sayError } from "@quickshop/shared/words";
import { Skeleton } from "@quickshop/ui/skeleton";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { newIdempotencyKey } from "../../shared/idempotency-key";
import { orderAddress } from "../../shared/order-address";
import { settings } from "../../shared/page-data";
import { beginAttempt, endAttempt } from "./attempt";
import { createIntent, providerQuery } from "./payment.api";
import type { Outcome, Prepared } from "./provider";

const UNREACHED = "Your bank could not be reached. Nothing was charged and your order is kept: please try again.";

export interface PayableOrder {
  id: string;
  token: string | null;
}

interface PaymentSectionProps {
  amount: Money;
  email: string;
  /** The order to pay; placed on the first call, the same one afterwards. */
  order: () => Promise<PayableOrder>;
  /** The card was accepted; or nobody answered, and the order itself will say. */
  onSent: (order: PayableOrder, outcome: "succeeded" | "unknown") => void;
  /** The order or intent was refused. True: said elsewhere, this section need not. */
  onRefused?: (error: Error) => boolean;
  /** What went wrong before this section was opened. */
  firstNotice?: string | null;
}

export function PaymentSection({ amount, email, order, onSent, onRefused, firstNotice = null }: PaymentSectionProps) {
  const [notice, setNotice] = useState(firstNotice);
  const [intent, setIntent] = useState<PaymentIntent | null>(null);
  const [key] = useState(newIdempotencyKey);
  const placed = useRef<PayableOrder | null>(null);
  const wanted = intent?.provider ?? settings.payment?.provider ?? "sandbox";
  const provider = useQuery(providerQuery(wanted));

  const prepare = async (): Promise<Prepared> => {
    setNotice(null);
    const current = await order();
    placed.current = current;
    // One intent for the order: it outlives a declined card.
    const ready = intent ?? (await createIntent(current, key));
    setIntent(ready);
    if (ready.provider !== wanted) throw new FormChanged();
    beginAttempt(current.id);
    return { intent: ready, returnUrl: new URL(orderAddress(current.id, current.token), window.location.origin).href };
  };
  const conclude = (outcome: Outcome) => {
    if (placed.current !== null) endAttempt(placed.current.id);
    if (outcome.kind === "declined") setNotice(`${outcome.message} Nothing was charged. Your order is kept: try another card.`);
    if (outcome.kind === "unreached") setNotice(UNREACHED);
    if (placed.current === null) return;
    if (outcome.kind === "confirmed") onSent(placed.current, "succeeded");
    if (outcome.kind === "unknown") onSent(placed.current, "unknown");
  };
  const fail = (error: Error) => {
    if (placed.current !== null) endAttempt(placed.current.id);
    if (error instanceof FormChanged) setNotice(error.message);
    else if (!onRefused?.(error)) setNotice(sayError(error));
  };

  if (provider.isError && provider.data === undefined)
    return <Failure level={2} error={provider.error} onRetry={() => provider.refetch()} />;
  if (provider.isPending) return <PaymentSkeleton />;
  const { Form } = provider.data;
  return (
    <Form
      amount={amount}
      email={email}
      publishableKey={intent?.publishable_key ?? settings.payment?.publishableKey ?? ""}
      prepare={prepare}
      onOutcome={conclude}
      onFailure={fail}
      notice={<PaymentNotice text={notice} />}
    />
  );
}

/** The page was served before the shop changed its provider. */
class FormChanged extends Error {
  constructor() {
    super("The card form has changed. Please enter your card once more; nothing was charged.");
  }
}

function PaymentNotice({ text }: { text: string | null }) {
  const box = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (text !== null) box.current?.focus();
  }, [text]);
  if (text === null) return null;
  return (
    <p ref={box} tabIndex={-1} role="alert" className="border-l-2 border-danger py-1 pl-4 text-danger">
      {text}
    </p>
  );
}

function PaymentSkeleton() {
  return (
    <div role="status" className="space-y-4">
      <span className="sr-only">Loading the card form</span>
      <Skeleton className="h-19" />
      <div className="grid grid-cols-2 gap-4">
        <Skeleton className="h-19" />
        <Skeleton className="h-19" />
      </div>
      <Skeleton className="h-12" />
      <Skeleton className="h-20" />
    </div>
  );
}
