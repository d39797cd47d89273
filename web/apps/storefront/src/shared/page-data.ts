// The storefront's part of the settings that the server put in the page.

import { record, text } from "@quickshop/shared/json";
import { page } from "@quickshop/shared/page-data";

interface Amount {
  amount: string;
  currency: string;
}

interface PaymentSettings {
  provider: "stripe" | "sandbox";
  publishableKey: string;
  apiBase: string | null;
}

export interface Settings {
  shopName: string;
  locale: string;
  taxInclusive: boolean;
  freeDeliveryOver: Amount | null;
  deliveryRate: Amount | null;
  /** Which card form to show; null where the page does not say, then the payment intent decides. */
  payment: PaymentSettings | null;
}

export function readSettings({ shopName, locale, settings }: Pick<typeof page, "shopName" | "locale" | "settings">): Settings {
  return {
    shopName,
    locale,
    taxInclusive: settings.tax_inclusive === true,
    freeDeliveryOver: money(settings.free_delivery_over),
    deliveryRate: money(settings.delivery_rate),
    payment: payment(record(settings.payment)),
  };
}

/**
 * The page's security policy belongs to the document that was loaded. Where a payment needs more than the shop's own host, the
 * pages that take payments must be loaded as documents of their own; the links to them ask for that.
 */
export function paymentNeedsDocument({ payment }: Settings): boolean {
  return payment !== null && (payment.provider === "stripe" || (payment.apiBase ?? "/").startsWith("http"));
}

export const settings = readSettings(page);

function payment(value: Record<string, unknown>): PaymentSettings | null {
  const { provider } = value;
  if (provider !== "stripe" && provider !== "sandbox") return null;
  return { provider, publishableKey: text(value.publishable_key) ?? "", apiBase: text(value.api_base) };
}

function money(value: unknown): Amount | null {
  const { amount, currency } = record(value);
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : null;
}
