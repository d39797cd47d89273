// What an intent's own status says of a payment whose answer was an error or never came.

import type { Outcome } from "./provider";

export interface IntentNow {
  status?: string | undefined;
}

/**
 * The provider's word on the intent as it is now. One intent is charged once: a status that says paid outranks any error.
 * Its `last_payment_error` is not read: it may be the word on an earlier card.
 */
export function outcomeOf({ status }: IntentNow): Outcome {
  switch (status) {
    case "succeeded":
    case "processing":
    case "requires_capture":
      return { kind: "confirmed" };
    case "requires_payment_method":
    case "requires_confirmation":
      return { kind: "unreached" };
    default:
      // Ended meanwhile, or something this version does not know: the order's page tells what became of it.
      return { kind: "unknown" };
  }
}

export function isTaken(intent: IntentNow | undefined): boolean {
  return intent !== undefined && outcomeOf(intent).kind === "confirmed";
}
