import type { Availability } from "@quickshop/api/types";

/** The stock in words, or null where it need not be mentioned. */
export function lowStockWords(availability: Availability, available: number): string | null {
  if (availability === "out_of_stock") return "Sold out";
  return availability === "low_stock" ? `Only ${available} left` : null;
}
