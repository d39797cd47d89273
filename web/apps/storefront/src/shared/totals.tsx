// The sums of a cart, a quote or an order, one line each, the total last and largest.

import type { Money } from "@quickshop/api/types";
import { isPositive } from "@quickshop/ui/money";
import { Price } from "@quickshop/ui/price";
import type { ReactNode } from "react";

interface TotalsProps {
  sums: { subtotal: Money; discount: Money; shipping: Money; tax: Money; total: Money; tax_inclusive: boolean };
}

export function Totals({ sums }: TotalsProps) {
  return (
    <dl className="space-y-2 text-sm">
      <Row term="Subtotal">
        <Price money={sums.subtotal} />
      </Row>
      {isPositive(sums.discount) && (
        <Row term="Discount">
          −<Price money={sums.discount} />
        </Row>
      )}
      <Row term="Delivery">{isPositive(sums.shipping) ? <Price money={sums.shipping} /> : "Free"}</Row>
      {!sums.tax_inclusive && (
        <Row term="Tax">
          <Price money={sums.tax} />
        </Row>
      )}
      <div className="flex items-baseline justify-between gap-4 border-t border-line pt-3 text-base">
        <dt className="font-semibold">Total</dt>
        <dd className="text-xl font-semibold">
          <Price money={sums.total} />
        </dd>
      </div>
      {sums.tax_inclusive && (
        <Row term="Tax included">
          <Price money={sums.tax} />
        </Row>
      )}
    </dl>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4 text-muted">
      <dt>{term}</dt>
      <dd className="text-ink tabular-nums">{children}</dd>
    </div>
  );
}
