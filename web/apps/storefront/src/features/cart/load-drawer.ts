// The drawer's code is asked for when somebody reaches for the cart: it would be a sixth of what the first page weighs.

export const loadDrawer = () => import("./cart-drawer");

/** Ahead of its use. A failure is nobody's business yet: opening the cart asks again. */
export function warmDrawer(): void {
  loadDrawer().catch(() => {});
}
