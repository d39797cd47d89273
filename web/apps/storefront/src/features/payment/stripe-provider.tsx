// Stripe's Payment Element. Stripe.js comes from Stripe's own host and only when this module is loaded, at checkout.

import { Failure } from "@quickshop/shared/screen-state";
import { minorUnits } from "@quickshop/ui/money";
import { Elements, PaymentElement, useElements, useStripe } from "@stripe/react-stripe-js";
import type { Appearance } from "@stripe/stripe-js";
import { loadStripe } from "@stripe/stripe-js/pure";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { settings } from "../../shared/page-data";
import { isTaken, outcomeOf } from "./outcome";
import { PayButton } from "./pay-button";
import type { Outcome, PaymentFormProps, PaymentProvider } from "./provider";

/** The bank's page was shown over this one, and the customer did not pass it. */
const CHALLENGE_FAILED = "payment_intent_authentication_failure";

function StripeForm(props: PaymentFormProps) {
  const { amount, publishableKey } = props;
  const stripe = useQuery({
    queryKey: ["stripe", publishableKey],
    queryFn: () => loadStripe(publishableKey),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    // Not data: an object with methods, which must stay the one it is.
    structuralSharing: false,
  });
  const options = useMemo(
    () => ({
      mode: "payment" as const,
      amount: minorUnits(amount),
      currency: amount.currency.toLowerCase(),
      appearance: appearance(),
      loader: "always" as const,
    }),
    [amount],
  );
  // A blocked script stays blocked for this document; a new one may be allowed to load it.
  if (stripe.isError) return <Failure level={2} error={stripe.error} onRetry={() => window.location.reload()} />;
  return (
    <Elements stripe={stripe.data ?? null} options={options}>
      <ElementForm {...props} />
    </Elements>
  );
}

function ElementForm({ amount, email, prepare, onOutcome, onFailure, notice }: PaymentFormProps) {
  const stripe = useStripe();
  const elements = useElements();
  const [busy, setBusy] = useState(false);

  /** The form is checked before the order is placed; the intent comes after that. */
  const pay = async (): Promise<Outcome> => {
    if (stripe === null || elements === null) return { kind: "incomplete" };
    const checked = await elements.submit();
    if (checked.error !== undefined) return { kind: "incomplete" };
    const { intent, returnUrl } = await prepare();
    const result = await stripe.confirmPayment({
      elements,
      clientSecret: intent.client_secret,
      confirmParams: { return_url: returnUrl, receipt_email: email },
      redirect: "if_required",
    });
    if (result.error === undefined || isTaken(result.error.payment_intent)) return { kind: "confirmed" };
    const { type, code, message } = result.error;
    if (type === "card_error" || type === "validation_error" || code === CHALLENGE_FAILED)
      return { kind: "declined", message: message ?? "Your card was declined." };
    // Anything else says nothing about the card.
    const found = await stripe.retrievePaymentIntent(intent.client_secret).catch(() => null);
    return outcomeOf(found?.paymentIntent ?? {});
  };

  return (
    <form
      noValidate
      aria-label="Payment"
      className="space-y-4"
      onSubmit={async (event) => {
        event.preventDefault();
        if (busy) return;
        setBusy(true);
        try {
          onOutcome(await pay());
        } catch (error) {
          onFailure(error instanceof Error ? error : new Error(String(error)));
        } finally {
          setBusy(false);
        }
      }}
    >
      <div className="min-h-48">
        <PaymentElement options={{ defaultValues: { billingDetails: { email } }, business: { name: settings.shopName } }} />
      </div>
      {notice}
      <PayButton
        amount={amount}
        busy={busy || stripe === null}
        note="Your card goes straight to Stripe; this shop never sees it."
      />
    </form>
  );
}

/** The element lives in a frame of Stripe's and cannot read our tokens; it is told their values. */
function appearance(): Appearance {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--qs-${name}`).trim();
  return {
    theme: "flat",
    variables: {
      colorPrimary: token("accent"),
      colorBackground: token("paper"),
      colorText: token("ink"),
      colorTextSecondary: token("muted"),
      colorDanger: token("danger"),
      borderRadius: token("radius"),
      fontFamily: "system-ui, sans-serif",
    },
    rules: { ".Input": { border: `1px solid ${token("control")}`, boxShadow: "none" } },
  };
}

export const provider: PaymentProvider = { name: "stripe", Form: StripeForm };
