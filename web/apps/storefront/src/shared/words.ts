// Errors in words: what happened, and what to do.

import { ApiError } from "@quickshop/api/problem";

const KNOWN: Record<string, string> = {
  out_of_stock: "Sorry, there is not enough of this left.",
  product_not_on_sale: "Sorry, this is no longer for sale.",
  product_not_found: "Sorry, this is no longer for sale.",
  quantity_out_of_range: "You can order between 1 and 99 of each.",
  credentials_invalid: "E-mail or password is not right. Please try again.",
  email_taken: "There is already an account with this e-mail. Sign in instead.",
  payment_provider_unavailable: "Card payments do not answer at the moment. Nothing was charged. Please try again in a minute.",
  order_not_payable: "This order cannot be paid any more.",
  hold_expired: "We could not keep your things aside any longer. Nothing was charged.",
  cart_already_checked_out: "This cart has already been ordered.",
};

export function sayError(error: Error): string {
  if (!(error instanceof ApiError)) return "We could not reach the shop. Check your connection and try again.";
  if (error.status === 429) return "That was a lot at once. Wait a moment and try again.";
  if (error.status >= 500 && KNOWN[error.code] === undefined)
    return "Something went wrong on our side. Nothing was lost. Please try again.";
  return KNOWN[error.code] ?? error.message;
}
