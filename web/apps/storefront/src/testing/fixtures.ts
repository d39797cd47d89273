// Answers of the server, whole and valid; a test changes what it is about.

import type { Cart, CartLine, Order, PaymentIntent, Product, Quote, Session } from "@quickshop/api/types";

export const usd = (amount: string) => ({ amount, currency: "USD" });

export const mug: Product = {
  id: "p-mug",
  sku: "QS-1",
  slug: "mug",
  name: "Mug",
  price: usd("8.99"),
  picture: {
    url: "/media/mug.jpg",
    alt: "A mug",
    width: 800,
    height: 1000,
    sources: [{ url: "/media/mug-400.jpg", width: 400 }],
  },
  category: { id: "c-1", slug: "kitchen", name: "Kitchen" },
  availability: "in_stock",
  available: 12,
  description: "A heavy mug.",
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
};

const address = {
  full_name: "Ada Lovelace",
  line1: "12 Analytical Row",
  city: "Springfield",
  postal_code: "12345",
  country: "US",
};

export function cartLine(change: Partial<CartLine> = {}): CartLine {
  const { id, slug, name, sku, picture } = mug;
  return {
    id: "l-1",
    product: { id, slug, name, sku, picture: picture ?? null },
    quantity: 1,
    unit_price: usd("8.99"),
    line_total: usd("8.99"),
    available: 12,
    ...change,
  };
}

export function cart(lines: CartLine[] = [cartLine()]): Cart {
  return {
    id: "cart-1",
    lines,
    item_count: lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotal: lines[0]?.line_total ?? usd("0.00"),
    free_delivery_over: usd("50.00"),
    delivery_rate: usd("5.00"),
    tax_inclusive: false,
    updated_at: null,
  };
}

const sums = { subtotal: usd("8.99"), discount: usd("0.00"), shipping: usd("5.00"), tax: usd("1.12"), total: usd("15.11") };
const lines = [
  {
    product_id: mug.id,
    sku: mug.sku,
    name: mug.name,
    picture: null,
    quantity: 1,
    unit_price: mug.price,
    line_total: mug.price,
    tax: usd("0.72"),
  },
];

export function quote(change: Partial<Quote> = {}): Quote {
  return {
    quote: "signed-quote",
    expires_at: "2026-01-01T00:10:00Z",
    email: "ada@example.com",
    shipping_address: address,
    lines,
    ...sums,
    tax_inclusive: false,
    tax_rate: "0.08",
    shipping_method: "standard",
    ...change,
  };
}

export function order(change: Partial<Order> = {}): Order {
  return {
    id: "o-1",
    order_number: "7K3M9QWX2A",
    status: "pending",
    email: "ada@example.com",
    shipping_address: address,
    lines: lines.map((line) => ({ id: "ol-1", ...line })),
    ...sums,
    tax_inclusive: false,
    placed_at: "2026-01-01T00:00:00Z",
    paid_at: null,
    cancelled_at: null,
    hold_expires_at: null,
    access_token: "guest-token",
    ...change,
  };
}

export const intent: PaymentIntent = {
  payment_intent_id: "pi_1",
  client_secret: "pi_1_secret",
  amount: usd("15.11"),
  provider: "sandbox",
  publishable_key: "pk_test_sandbox",
  api_base: "/_sandbox",
};

export const session: Session = {
  access_token: "access-1",
  token_type: "Bearer",
  expires_in: 900,
  user: { id: "u-1", email: "ada@example.com", full_name: "Ada Lovelace", role: "customer", created_at: "2026-01-01T00:00:00Z" },
};
