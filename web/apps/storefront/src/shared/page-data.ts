// What the server put in the page: the shop's settings and the first answers of this route (`#qs-data`).

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

interface PageData {
  settings: Settings;
  /** Query keys with the data the server already had in hand. */
  queries: { key: readonly unknown[]; data: unknown }[];
}

export function readPageData(root: ParentNode): PageData {
  const block = record(parse(root.querySelector("#qs-data")?.textContent));
  const settings = record(block.settings);
  return {
    settings: {
      shopName: text(settings.shop_name) ?? "QuickShop",
      locale: text(settings.locale) ?? "en-US",
      taxInclusive: settings.tax_inclusive === true,
      freeDeliveryOver: money(settings.free_delivery_over),
      deliveryRate: money(settings.delivery_rate),
      payment: payment(record(settings.payment)),
    },
    queries: list(block.queries).flatMap((entry) => {
      const [key, data] = list(entry);
      return Array.isArray(key) && data !== undefined ? [{ key, data }] : [];
    }),
  };
}

/**
 * The page's security policy belongs to the document that was loaded. Where a payment needs more than the shop's own host, the
 * pages that take payments must be loaded as documents of their own; the links to them ask for that.
 */
export function paymentNeedsDocument({ payment }: Settings): boolean {
  return payment !== null && (payment.provider === "stripe" || (payment.apiBase ?? "/").startsWith("http"));
}

/** Read once: the block belongs to the page that was loaded, not to the route shown later. */
const page = readPageData(document);
export const settings = page.settings;
export const firstQueries = page.queries;

function parse(source: string | null | undefined): unknown {
  if (!source) return null;
  try {
    return JSON.parse(source);
  } catch {
    // A damaged block costs a second request and nothing else.
    return null;
  }
}

function payment(value: Record<string, unknown>): PaymentSettings | null {
  const { provider } = value;
  if (provider !== "stripe" && provider !== "sandbox") return null;
  return { provider, publishableKey: text(value.publishable_key) ?? "", apiBase: text(value.api_base) };
}

function money(value: unknown): Amount | null {
  const { amount, currency } = record(value);
  return typeof amount === "string" && typeof currency === "string" ? { amount, currency } : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
