/** Where an order is looked at; guests hold its token. */
export function orderAddress(id: string, token: string | null | undefined, sent: "succeeded" | "unknown" | null = null): string {
  const query = new URLSearchParams();
  if (token) query.set("token", token);
  // The word Stripe uses in its own return address: the card was confirmed, the shop may not know yet. Ours: nobody knows.
  if (sent !== null) query.set("redirect_status", sent);
  const tail = query.toString();
  return `/orders/${encodeURIComponent(id)}${tail === "" ? "" : `?${tail}`}`;
}
