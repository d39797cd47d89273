import type { OrderStatus } from "@quickshop/api/types";

interface StatusWords {
  word: string;
  tone: "plain" | "good" | "bad";
}

/** One word for each state; `processing` means that the money is here. */
export const STATUS_WORDS: Record<OrderStatus, StatusWords> = {
  pending: { word: "Not paid", tone: "plain" },
  processing: { word: "Paid", tone: "good" },
  shipped: { word: "On its way", tone: "good" },
  delivered: { word: "Delivered", tone: "good" },
  cancelled: { word: "Cancelled", tone: "bad" },
};

/** Accepted by the bank as far as this browser knows; "not paid" would frighten. */
export const CONFIRMING: StatusWords = { word: "Confirming", tone: "plain" };
