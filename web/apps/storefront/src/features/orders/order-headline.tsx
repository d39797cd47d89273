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
  /** The last look was answered. */
  heard: boolean;
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

function Words({ order, sent, ...wait }: OrderHeadlineProps) {
  switch (order.status) {
    case "pending":
      if (sent === null) return <Unpaid order={order} />;
      if (sent === "unknown") return <Checking {...wait} />;
      return <Confirming {...wait} />;
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

type WaitProps = Pick<OrderHeadlineProps, "tired" | "heard" | "onLook" | "onPayAgain">;

/** Nobody knows yet whether the card was charged. The shop asks the payment provider by itself before this page is tired. */
function Checking({ tired, heard, onLook, onPayAgain }: WaitProps) {
  if (!tired) {
    return (
      <Waiting title="We are checking your payment…">
        Your bank has not answered. Please do not pay again: this page tells you as soon as we know, and your order is kept.
      </Waiting>
    );
  }
  return (
    <Tired
      title={heard ? "No payment has arrived." : "We do not know yet."}
      actions={[
        { text: "Try again", run: onPayAgain },
        { text: "Look again", run: onLook },
      ]}
    >
      {heard
        ? "We have not heard of a payment yet. If you try again you cannot pay twice: an order is charged once, also when the first attempt should still arrive."
        : "We could not ask. Your order is kept; you cannot pay twice."}
    </Tired>
  );
}

function Confirming({ tired, onLook, onPayAgain }: WaitProps) {
  if (!tired)
    return <Waiting title="One moment…">Your card was accepted. We are waiting for the last word from the bank.</Waiting>;
  return (
    <Tired
      title="This takes longer than usual."
      actions={[
        { text: "Look again", run: onLook },
        { text: "Pay with another card", run: onPayAgain },
      ]}
    >
      Your order is safe. As soon as the bank has answered you get a mail; you need not wait here.
    </Tired>
  );
}

function Waiting({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Headline title={title}>
      <p className="waiting">{children}</p>
    </Headline>
  );
}

interface TiredProps {
  title: string;
  children: ReactNode;
  /** The better one first. */
  actions: readonly [Action, Action];
}

interface Action {
  text: string;
  run: () => void;
}

function Tired({ title, children, actions: [first, second] }: TiredProps) {
  return (
    <Headline title={title}>
      <p>{children}</p>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button onClick={first.run}>{first.text}</Button>
        <Button look="outline" onClick={second.run}>
          {second.text}
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
