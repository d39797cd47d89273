// Errors in words: what happened, and what to do.

import { ApiError } from "@quickshop/api/problem";

const KNOWN: Record<string, string> = {
  out_of_stock: "Sorry, there is not enough of this left.",
  product_not_on_sale: "Sorry, this is no longer for sale.",
  product_not_found: "Sorry, this is no longer for sale.",
  quantity_out_of_range: "You can order between 1 and 99 of each.",
  credentials_invalid: "E-mail or password is not right. Please try again.",
  forbidden: "This account may not do that.",
  email_taken: "There is already an account with this e-mail. Sign in instead.",
  payment_provider_unavailable: "Card payments do not answer at the moment. Nothing was charged. Please try again in a minute.",
  order_not_payable: "This order cannot be paid any more.",
  hold_expired: "We could not keep your things aside any longer. Nothing was charged.",
  cart_already_checked_out: "This cart has already been ordered.",
};

/** What axios calls a request that was given up: the server may have done its work all the same. */
const TIMED_OUT = ["ECONNABORTED", "ETIMEDOUT"];
const SHORT_WAIT_S = 2;

export function sayError(error: Error): string {
  if (!(error instanceof ApiError)) {
    return "code" in error && TIMED_OUT.includes(String(error.code))
      ? "The shop took too long to answer. Nothing was lost. Please try again."
      : "We could not reach the shop. Nothing was lost. Check your connection and try again.";
  }
  if (error.status === 429) return `That was a lot at once. Please try again ${sayWait(error.retryAfterS)}.`;
  const known = KNOWN[error.code];
  if (known !== undefined) return known;
  if (error.status === 503)
    return `The shop is busy at the moment. Nothing was lost. Please try again ${sayWait(error.retryAfterS)}.`;
  return error.status >= 500 ? "Something went wrong on our side. Nothing was lost. Please try again." : error.message;
}

function sayWait(seconds: number | null): string {
  if (seconds === null || seconds <= SHORT_WAIT_S) return "in a moment";
  return seconds < 90 ? `in ${seconds} seconds` : `in ${Math.ceil(seconds / 60)} minutes`;
}
