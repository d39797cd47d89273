// Remembers, over a reload of the page, that a card was sent for an order and nobody has answered yet.

/** By then the shop has asked the payment provider itself. */
const UNDER_WAY_MS = 180_000;

const name = (order: string) => `quickshop.paying.${order}`;

export function beginAttempt(order: string): void {
  attempt(() => sessionStorage.setItem(name(order), String(Date.now())));
}

export function endAttempt(order: string): void {
  attempt(() => sessionStorage.removeItem(name(order)));
}

export function isUnderWay(order: string): boolean {
  const begun = Number(attempt(() => sessionStorage.getItem(name(order))) ?? 0);
  return Date.now() - begun < UNDER_WAY_MS;
}

/** A browser that forbids storing forgets the attempt; an intent is charged once all the same. */
function attempt<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
