// Money as the API speaks it: a decimal string beside a currency. Sums are made of integers; no float ever holds an amount.

interface Amount {
  amount: string;
  currency: string;
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,4}))?$/;
const SCALE = 4;

/** "19.99" USD in en-US is "$19.99". An amount that is not a decimal is shown as it came. */
export function formatMoney({ amount, currency }: Amount, locale: string): string {
  if (!isDecimal(amount)) return `${amount} ${currency}`;
  return new Intl.NumberFormat(locale, { style: "currency", currency }).format(amount);
}

export function timesMoney(money: Amount, count: number): Amount {
  return fromUnits(toUnits(money) * BigInt(count), money);
}

export function sumMoney(parts: readonly Amount[], zero: Amount): Amount {
  return fromUnits(
    parts.reduce((sum, part) => sum + toUnits(part), 0n),
    zero,
  );
}

/** `a - b`, in the currency of `a`. */
export function lessMoney(a: Amount, b: Amount): Amount {
  return fromUnits(toUnits(a) - toUnits(b), a);
}

export function isPositive(money: Amount): boolean {
  return toUnits(money) > 0n;
}

/** The amount in the smallest unit Stripe counts in: cents for USD, yen for JPY. */
export function minorUnits({ amount, currency }: Amount): number {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return Number(toUnits({ amount, currency }) / 10n ** BigInt(SCALE - digits));
}

function toUnits({ amount }: Amount): bigint {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(amount) ?? [];
  if (whole === undefined) return 0n;
  const units = BigInt(whole + fraction.padEnd(SCALE, "0"));
  return sign === "-" ? -units : units;
}

function fromUnits(units: bigint, like: Amount): Amount {
  const fractionDigits = like.amount.split(".")[1]?.length ?? 0;
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, "0");
  const whole = digits.slice(0, -SCALE);
  const fraction = digits.slice(-SCALE).slice(0, fractionDigits);
  const sign = units < 0n ? "-" : "";
  return { amount: `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`, currency: like.currency };
}

function isDecimal(amount: string): amount is `${number}` {
  return DECIMAL.test(amount);
}
