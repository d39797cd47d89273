// The sandbox speaks Stripe's protocol for browsers: form-encoded, keyed by the intent's client secret.

import type { PaymentIntent } from "@quickshop/api/types";
import axios from "axios";
import { type IntentNow, isTaken, outcomeOf } from "./outcome";
import type { Outcome } from "./provider";

const DEFAULT_BASE = "/_sandbox";
/** What the protocol answers when the bank refuses a card. */
const DECLINED = 402;
/** Longer than the shop lets any answer take. */
const CONFIRM_WITHIN_MS = 12_000;
const LOOK_WITHIN_MS = 5_000;
/** Before each look at a payment whose answer never came. */
const LOOK_PAUSES_MS = [300, 1_000, 2_000];

export interface Card {
  number: string;
  month: string;
  year: string;
  cvc: string;
}

interface SandboxIntent extends IntentNow {
  next_action?: { redirect_to_url?: { url?: string } } | null;
}

interface ConfirmAnswer extends SandboxIntent {
  error?: { message?: string; code?: string; payment_intent?: SandboxIntent };
}

export async function confirmCard(intent: PaymentIntent, card: Card, returnUrl: string): Promise<Outcome> {
  const form = new URLSearchParams({
    ...credentials(intent),
    "payment_method_data[type]": "card",
    "payment_method_data[card][number]": card.number,
    "payment_method_data[card][exp_month]": card.month,
    "payment_method_data[card][exp_year]": card.year,
    "payment_method_data[card][cvc]": card.cvc,
    return_url: returnUrl,
  });
  const answer = await axios
    .post<ConfirmAnswer>(`${address(intent)}/confirm`, form, { timeout: CONFIRM_WITHIN_MS, validateStatus: isAnswer })
    .catch(() => null);
  // A connection that broke says nothing about the card.
  if (answer === null) return lookUp(intent);
  const { error } = answer.data;
  if (isTaken(error?.payment_intent)) return { kind: "confirmed" };
  if (answer.status === DECLINED) return { kind: "declined", message: error?.message ?? "Your card was declined." };
  // Too often, too late, ended meanwhile: no word on the card.
  if (error !== undefined) return outcomeOf(error.payment_intent ?? {});
  if (answer.status >= 400) throw new Error(`the sandbox answered ${answer.status}`);
  return goOn(answer.data);
}

/** Asks for the intent as it is now, a few times. */
async function lookUp(intent: PaymentIntent): Promise<Outcome> {
  for (const pause of LOOK_PAUSES_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const found = await axios
      .get<SandboxIntent>(address(intent), { params: credentials(intent), timeout: LOOK_WITHIN_MS })
      .catch(() => null);
    if (found !== null) return goOn(found.data);
  }
  return { kind: "unknown" };
}

/** Leaves for the bank's page when the bank asks for the customer. */
function goOn(intent: SandboxIntent): Outcome {
  const challenge = intent.next_action?.redirect_to_url?.url;
  if (intent.status !== "requires_action" || challenge === undefined) return outcomeOf(intent);
  window.location.assign(challenge);
  return { kind: "leaving" };
}

function credentials({ publishable_key, client_secret }: PaymentIntent) {
  return { key: publishable_key, client_secret };
}

function address({ api_base, payment_intent_id }: PaymentIntent): string {
  return `${api_base ?? DEFAULT_BASE}/v1/payment_intents/${encodeURIComponent(payment_intent_id)}`;
}

function isAnswer(status: number): boolean {
  return status < 500;
}
