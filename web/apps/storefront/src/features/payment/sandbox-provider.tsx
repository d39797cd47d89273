// The sandbox's own card form: real fields, no real money.

import { Field } from "@quickshop/ui/field";
import { Icon } from "@quickshop/ui/icon";
import { useRef, useState } from "react";
import { type CardErrors, checkCard, editExpiry, showNumber } from "./card-input";
import { PayButton } from "./pay-button";
import type { PaymentFormProps, PaymentProvider } from "./provider";
import { confirmCard } from "./sandbox-client";

const TEST_CARDS = [
  { number: "4242424242424242", outcome: "Succeeds" },
  { number: "4000000000000002", outcome: "Is declined" },
  { number: "4000000000009995", outcome: "Has insufficient funds" },
  { number: "4000002500003155", outcome: "Asks for 3-D Secure" },
] as const;

const EMPTY = { number: "", expiry: "", cvc: "" };

function SandboxForm({ amount, prepare, onOutcome, onFailure, notice }: PaymentFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [card, setCard] = useState(EMPTY);
  const [errors, setErrors] = useState<CardErrors>({});
  const [busy, setBusy] = useState(false);

  const pay = async () => {
    const found = checkCard(card);
    setErrors(found);
    const [first] = Object.keys(found);
    if (first !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
      onOutcome({ kind: "incomplete" });
      return;
    }
    setBusy(true);
    try {
      const { intent, returnUrl } = await prepare();
      const [month = "", year = ""] = card.expiry.split(" / ");
      onOutcome(
        await confirmCard(
          intent,
          { number: card.number.replaceAll(" ", ""), month, year: `20${year}`, cvc: card.cvc },
          returnUrl,
        ),
      );
    } catch (error) {
      onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      ref={form}
      noValidate
      aria-label="Card"
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void pay();
      }}
    >
      <Field
        label="Card number"
        name="number"
        inputMode="numeric"
        autoComplete="cc-number"
        placeholder="1234 1234 1234 1234"
        required
        value={card.number}
        error={errors.number}
        onChange={(event) => setCard({ ...card, number: showNumber(event.target.value) })}
      />
      <div className="grid grid-cols-2 gap-4">
        <Field
          label="Expires"
          name="expiry"
          inputMode="numeric"
          autoComplete="cc-exp"
          placeholder="MM / YY"
          required
          value={card.expiry}
          error={errors.expiry}
          onChange={(event) => setCard({ ...card, expiry: editExpiry(card.expiry, event.target.value) })}
        />
        <Field
          label="Security code"
          name="cvc"
          inputMode="numeric"
          autoComplete="cc-csc"
          placeholder="CVC"
          maxLength={4}
          required
          value={card.cvc}
          error={errors.cvc}
          onChange={(event) => setCard({ ...card, cvc: event.target.value.replace(/\D/g, "") })}
        />
      </div>
      {notice}
      <PayButton amount={amount} busy={busy} note="A sandbox: no real money moves." />
      <TestCards onPick={(number) => setCard({ number: showNumber(number), expiry: "12 / 30", cvc: "123" })} />
    </form>
  );
}

function TestCards({ onPick }: { onPick: (number: string) => void }) {
  return (
    <details className="text-sm">
      <summary className="tap flex items-center justify-center gap-1 text-muted hover:text-ink">
        Use a test card
        <Icon name="chevron" className="size-4" />
      </summary>
      <ul className="divide-y divide-line border-y border-line">
        {TEST_CARDS.map((card) => (
          <li key={card.number}>
            <button
              type="button"
              className="tap flex w-full flex-wrap items-center justify-between gap-x-4 text-left hover:underline hover:underline-offset-4"
              onClick={() => onPick(card.number)}
            >
              <span className="tabular-nums">{showNumber(card.number)}</span>
              <span className="text-muted">{card.outcome}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

export const provider: PaymentProvider = { name: "sandbox", Form: SandboxForm };
