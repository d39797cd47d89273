// The sandbox speaks Stripe's protocol for browsers: form-encoded, keyed by the intent's client secret.

import type { PaymentIntent } from "@quickshop/api/types";
import axios from "axios";
import type { Outcome } from "./provider";

const DEFAULT_BASE = "/_sandbox";
const TIMEOUT_MS = 20_000;

export interface Card {
  number: string;
  month: string;
  year: string;
  cvc: string;
}

interface ConfirmAnswer {
  status?: string;
  next_action?: { redirect_to_url?: { url?: string } } | null;
  error?: { message?: string; code?: string };
}

export async function confirmCard(intent: PaymentIntent, card: Card, returnUrl: string): Promise<Outcome> {
  const form = new URLSearchParams({
    key: intent.publishable_key,
    client_secret: intent.client_secret,
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": card.number,
    "payment_method_data[card][exp_month]": card.month,
    "payment_method_data[card][exp_year]": card.year,
    "payment_method_data[card][cvc]": card.cvc,
    return_url: returnUrl,
  });
  const url = `${intent.api_base ?? DEFAULT_BASE}/v1/payment_intents/${encodeURIComponent(intent.payment_intent_id)}/confirm`;
  const { data, status } = await axios.post<ConfirmAnswer>(url, form, {
    timeout: TIMEOUT_MS,
    validateStatus: (code) => code < 500,
  });
  if (data.error !== undefined) return { kind: "declined", message: data.error.message ?? "Your card was declined." };
  if (status >= 400) throw new Error(`the sandbox answered ${status}`);
  const challenge = data.next_action?.redirect_to_url?.url;
  if (data.status === "requires_action" && challenge !== undefined) {
    window.location.assign(challenge);
    return { kind: "leaving" };
  }
  return { kind: "confirmed" };
}
