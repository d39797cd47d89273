// What has happened to an order and what happens next, in words.

import type { Order } from "@quickshop/api/types";
import { Button } from "@quickshop/ui/button";
import { buttonClass } from "@quickshop/ui/button-class";
import { LocaleContext } from "@quickshop/ui/locale";
import { type ReactNode, use } from "react";
import { Link } from "react-router";

interface OrderHeadlineProps {
  order: Order;
  /** The card was sent from this browser, and accepted or not answered; the shop may not have heard of it yet. */
  sent: "succeeded" | "unknown" | null;
  /** We have looked often enough. */
  tired: boolean;
  onLook: () => void;
  onPayAgain: () => void;
}

/** A live region that stays while its words change: "one moment" becoming "paid" is read out. */
export function OrderHeadline(props: OrderHeadlineProps) {
  return (
    // As high as its longest state: what stands below does not move either.
    <div role="status" className={props.sent === null ? undefined : "min-h-72 sm:min-h-60"}>
      <Words {...props} />
    </div>
  );
}

function Words({ order, sent, tired, onLook, onPayAgain }: OrderHeadlineProps) {
  switch (order.status) {
    case "pending":
      if (sent === null) return <Unpaid order={order} />;
      if (sent === "unknown") return <Checking tired={tired} onLook={onLook} onPayAgain={onPayAgain} />;
      return <Confirming tired={tired} onLook={onLook} onPayAgain={onPayAgain} />;
    case "processing":
      return (
        <Headline title="Thank you, it is paid.">
          <p>
            The receipt is on its way to <strong className="font-medium text-ink">{order.email}</strong>.
          </p>
          <Steps
            steps={[
              { text: "Ordered and paid", done: true },
              { text: "We pack your things", done: false },
              { text: "You get a mail when the parcel leaves", done: false },
            ]}
          />
        </Headline>
      );
    case "shipped":
      return (
        <Headline title="It is on its way.">
          <p>The parcel has left us.</p>
        </Headline>
      );
    case "delivered":
      return (
        <Headline title="It has arrived.">
          <p>We hope you like it.</p>
        </Headline>
      );
    case "cancelled":
      return (
        <Headline title="This order was cancelled.">
          <p>
            {order.paid_at == null
              ? "Nothing was charged. If your bank has taken money all the same, it goes back by itself."
              : "What you paid goes back to your card."}
          </p>
          <Link to="/search" className={`${buttonClass("outline")} mt-6 text-base text-ink print:hidden`}>
            Look around
          </Link>
        </Headline>
      );
  }
}

/** Nobody knows yet whether the card was charged. The shop asks the payment provider by itself before this page is tired. */
function Checking({ tired, onLook, onPayAgain }: Pick<OrderHeadlineProps, "tired" | "onLook" | "onPayAgain">) {
  if (!tired) {
    return (
      <Headline title="We are checking your payment…">
        <p className="waiting">
          Your bank has not answered. Please do not pay again: this page tells you as soon as we know, and your order is kept.
        </p>
      </Headline>
    );
  }
  return (
    <Headline title="No payment has arrived.">
      <p>
        We asked again and found none. If you try again you cannot pay twice: an order is charged once, also when the first
        attempt should still arrive.
      </p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button onClick={onPayAgain}>Try again</Button>
        <Button look="outline" onClick={onLook}>
          Look again
        </Button>
      </div>
    </Headline>
  );
}

function Confirming({ tired, onLook, onPayAgain }: Pick<OrderHeadlineProps, "tired" | "onLook" | "onPayAgain">) {
  if (!tired) {
    return (
      <Headline title="One moment…">
        <p className="waiting">Your card was accepted. We are waiting for the last word from the bank.</p>
      </Headline>
    );
  }
  return (
    <Headline title="This takes longer than usual.">
      <p>Your order is safe. As soon as the bank has answered you get a mail; you need not wait here.</p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button onClick={onLook}>Look again</Button>
        <Button look="outline" onClick={onPayAgain}>
          Pay with another card
        </Button>
      </div>
    </Headline>
  );
}

function Unpaid({ order }: { order: Order }) {
  const locale = use(LocaleContext);
  const until = order.hold_expires_at == null ? null : new Date(order.hold_expires_at);
  return (
    <Headline title="Not paid yet.">
      <p>
        Your order is kept.
        {until !== null && (
          <>
            {" "}
            We put your things aside until{" "}
            <time dateTime={until.toISOString()}>{until.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" })}</time>
            .
          </>
        )}
      </p>
    </Headline>
  );
}

function Headline({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h1 className="display text-3xl">{title}</h1>
      <div className="mt-4 max-w-prose wrap-anywhere text-lg text-muted">{children}</div>
    </>
  );
}

function Steps({ steps }: { steps: readonly { text: string; done: boolean }[] }) {
  return (
    <ol className="mt-6 space-y-2 border-l border-line text-base">
      {steps.map(({ text, done }) => (
        <li key={text} className={done ? "-ml-px border-l-2 border-accent pl-4 text-ink" : "pl-4"}>
          {text}
          {done && <span className="sr-only"> (done)</span>}
        </li>
      ))}
    </ol>
  );
}
