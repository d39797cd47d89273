// What a change does to the cart on the screen, before the server has answered.

import type { Cart, CartLine } from "@quickshop/api/types";
import { sumMoney, timesMoney } from "@quickshop/ui/money";

export function withQuantity(cart: Cart, lineId: string, quantity: number): Cart {
  return withLines(
    cart,
    cart.lines.map((line) =>
      line.id === lineId ? { ...line, quantity, line_total: timesMoney(line.unit_price, quantity) } : line,
    ),
  );
}

export function withoutLine(cart: Cart, lineId: string): Cart {
  return withLines(
    cart,
    cart.lines.filter((line) => line.id !== lineId),
  );
}

function withLines(cart: Cart, lines: CartLine[]): Cart {
  return {
    ...cart,
    lines,
    item_count: lines.reduce((sum, line) => sum + line.quantity, 0),
    subtotal: sumMoney(
      lines.map((line) => line.line_total),
      cart.subtotal,
    ),
  };
}
