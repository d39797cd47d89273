// What is typed into a card form: how it is shown, and what it must be before it is sent.

const MAX_NUMBER_DIGITS = 19;
const MIN_NUMBER_DIGITS = 12;

export function showNumber(typed: string): string {
  const digits = typed.replace(/\D/g, "").slice(0, MAX_NUMBER_DIGITS);
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

/** "1230" becomes "12 / 30"; a single digit over 1 is a whole month. */
function showExpiry(typed: string): string {
  const digits = typed.replace(/\D/g, "");
  // Autofill may write a year of four digits.
  const short = digits.length === 6 ? digits.slice(0, 2) + digits.slice(4) : digits.slice(0, 4);
  const padded = /^[2-9]$/.test(short) ? `0${short}` : short;
  return padded.length > 2 ? `${padded.slice(0, 2)} / ${padded.slice(2)}` : padded;
}

/** Deleting at the end must not bring the slash back that was just deleted. */
export function editExpiry(before: string, now: string): string {
  const deleted = before.startsWith(now) && before !== now;
  return deleted ? now.replace(/\s*\/?\s*$/, "") : showExpiry(now);
}

export interface CardErrors {
  number?: string;
  expiry?: string;
  cvc?: string;
}

export function checkCard(card: { number: string; expiry: string; cvc: string }): CardErrors {
  const errors: CardErrors = {};
  const digits = card.number.replace(/\D/g, "");
  if (digits.length < MIN_NUMBER_DIGITS) errors.number = "Enter the whole card number.";
  const month = Number(card.expiry.slice(0, 2));
  if (!/^\d\d \/ \d\d$/.test(card.expiry) || month < 1 || month > 12) errors.expiry = "Enter month and year.";
  if (!/^\d{3,4}$/.test(card.cvc)) errors.cvc = "Enter the 3 or 4 digits.";
  return errors;
}
